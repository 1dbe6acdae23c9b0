"""A whole run in this process: what it leaves in the store and in its folder, however it ends."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy as np
import pytest

from dlplay.datasets import split
from dlplay.experiment import Experiment
from dlplay.runs import Run, Store
from dlplay.training.trainer import train
from dlplay.views import Snapshots

pytestmark = pytest.mark.xdist_group("training-trainer")


def experiment(dataset: str = "iris", **values: Any) -> Experiment:
    """A small network on a small dataset, a few epochs."""
    training = {"epochs": 3, "optimizer": {"name": "adam", "learning_rate": 0.02}}
    return Experiment.parse(
        {
            "dataset": {"name": dataset},
            "architecture": {"name": "mlp"},
            **values,
            "training": training | values.get("training", {}),
        }
    )


def trained(store: Store, wanted: Experiment) -> Run:
    """The run, at its end."""
    run = store.create(wanted)
    assert store.claim(run.id)
    return train(store, run)


def test_a_finished_run_has_curves_scores_and_a_model_that_gives_the_same_scores(
    store: Store,
) -> None:
    run = trained(store, experiment())
    assert (run.state, run.message, run.task) == ("finished", "", "classification")
    points = store.points(run.id)
    assert [point.epoch for point in points] == [1, 2, 3]
    assert points[-1].metrics == pytest.approx(run.summary["final"])
    assert points[-1].metrics["learning_rate"] == 0.02
    assert run.summary["best"]["val_loss"] == min(p.metrics["val_loss"] for p in points)
    model = keras.saving.load_model(run.model_file, compile=False)
    test = split(run.experiment.dataset, run.experiment.seed).test
    guesses = model.predict(test.inputs, verbose=0).argmax(axis=1)
    assert (guesses == test.targets).mean() == pytest.approx(run.summary["test"]["accuracy"])


def test_the_same_experiment_gives_the_same_numbers_and_another_seed_others(store: Store) -> None:
    first, again = (trained(store, experiment()) for _ in range(2))
    other = trained(store, experiment(seed=7))
    assert first.summary["final"] == again.summary["final"]
    assert first.summary["test"] == again.summary["test"]
    assert first.summary["final"]["loss"] != other.summary["final"]["loss"]


def test_errors_of_a_regression_are_in_the_unit_of_its_target(store: Store) -> None:
    run = trained(store, experiment("diabetes"))
    model = keras.saving.load_model(run.model_file, compile=False)
    parts = split(run.experiment.dataset, run.experiment.seed)
    assert parts.target_scaling is not None
    deviation = float(parts.target_scaling.deviation)
    guesses = model.predict(parts.test.inputs, verbose=0)[:, 0]
    mae = np.abs(guesses - parts.test.targets).mean() * deviation
    assert run.summary["test"]["mae"] == pytest.approx(mae, rel=1e-5)
    residual = ((guesses - parts.test.targets) ** 2).sum()
    spread = ((parts.test.targets - parts.test.targets.mean()) ** 2).sum()
    assert run.summary["test"]["r2"] == pytest.approx(1 - residual / spread, rel=1e-4)


def test_points_in_the_plane_leave_what_the_network_says_about_the_plane(store: Store) -> None:
    run = trained(store, experiment("blobs"))
    found = Snapshots(run.folder, "plane").latest()
    assert found is not None
    epoch, plane = found
    assert epoch == 3
    assert plane["answer"].shape == (60, 60, 3)
    assert np.allclose(plane["answer"].sum(axis=-1), 1.0, atol=1e-5)
    model = keras.saving.load_model(run.model_file, compile=False)
    scaling = split(run.experiment.dataset, run.experiment.seed).input_scaling
    assert scaling is not None
    corner = scaling.apply(np.array([[plane["x"][-1], plane["y"][0]]], np.float32))
    assert np.allclose(plane["answer"][0, -1], model.predict(corner, verbose=0)[0], atol=1e-5)


def test_early_stopping_ends_in_time_and_brings_the_best_weights_back(store: Store) -> None:
    wanted = experiment(
        "moons",
        training={
            "epochs": 400,
            "optimizer": {"name": "adam", "learning_rate": 0.3},
            "early_stopping": {"patience": 5},
        },
    )
    run = trained(store, wanted)
    losses = [point.metrics["val_loss"] for point in store.points(run.id)]
    best = int(np.argmin(losses))
    assert run.state == "finished"
    assert run.summary["epochs"] == len(losses) == best + 6 < 400
    assert f"after epoch {best + 1}" in run.message
    model = keras.saving.load_model(run.model_file, compile=False)
    parts = split(wanted.dataset, wanted.seed)
    probability = model.predict(parts.validation.inputs, verbose=0)[:, 0].astype(np.float64)
    chosen = np.where(parts.validation.targets == 1, probability, 1 - probability)
    assert -np.log(chosen).mean() == pytest.approx(losses[best], rel=1e-4)


def test_a_loss_that_stops_being_a_number_fails_the_run_with_the_step_and_advice(
    store: Store,
) -> None:
    wanted = experiment(
        "diabetes", training={"optimizer": {"name": "sgd", "learning_rate": 1000.0}, "epochs": 50}
    )
    run = trained(store, wanted)
    assert run.state == "failed"
    assert "stopped being a number at step" in run.message
    assert "learning rate of 100 in place of 1000" in run.message


def test_a_network_too_large_for_memory_is_refused_with_the_estimate(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLPLAY_MEMORY_GIGABYTES", "1")
    wanted = experiment(architecture={"name": "mlp", "units": [20_000, 20_000]})
    run = trained(store, wanted)
    assert run.state == "failed"
    assert "needs about 6.4 GB" in run.message
    assert "1.0 GB are free" in run.message


def test_a_stop_ends_the_run_between_two_calls_and_keeps_what_was_learnt(store: Store) -> None:
    run = store.create(experiment(training={"epochs": 100_000}))
    store.claim(run.id)

    def stop_when_training(progress: dict[str, Any]) -> None:
        if progress.get("epoch", 0) == 3:
            store.request_stop(run.id)

    ended = train(store, run, stop_when_training)
    assert ended.state == "stopped"
    assert 3 <= ended.summary["epochs"] < 100_000
    assert store.points(run.id)[-1].epoch == ended.summary["epochs"]
    assert ended.model_file.is_file()


def test_data_that_cannot_be_had_fail_the_run_with_the_sentence_of_the_dataset(
    store: Store,
) -> None:
    run = trained(store, experiment("csv"))
    assert run.state == "failed"
    assert "Expected an uploaded file" in run.message


def test_progress_tells_where_the_run_is_in_plain_values(store: Store) -> None:
    seen: list[dict[str, Any]] = []
    run = store.create(experiment())
    store.claim(run.id)
    train(store, run, seen.append)
    phases = list(dict.fromkeys(progress["phase"] for progress in seen))
    assert phases == [
        "loading data", "building the network", "preparing the first step", "training", "testing",
    ]  # fmt: skip
    training = [progress for progress in seen if progress["phase"] == "training"]
    assert training[-1]["share"] == 1.0
    assert training[-1]["samples_per_second"] > 0
    assert json.loads(json.dumps(seen)) == seen
