"""A frozen part is asked once, and training on its answers is training the whole network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlplay import uploads
from dlplay.datasets import split
from dlplay.experiment import Experiment
from dlplay.runs import Run, Store
from dlplay.training import frozen
from dlplay.training.compiling import build_model
from dlplay.training.recorder import Recorder
from dlplay.training.trainer import Trainer, train
from tests.photo_zip import photo_zip

pytestmark = pytest.mark.xdist_group("training-stages")

FINE_TUNING = {"blocks": 1, "epochs": 2, "learning_rate": 5e-4}


def experiment(**values: Any) -> Experiment:
    """Two photos told apart by their pieces."""
    name = uploads.keep(photo_zip())
    return Experiment.parse(
        {
            "dataset": {"name": "image-folder", "file": name, "side": 96},
            "architecture": {"name": "transfer", **values.pop("architecture", {})},
            "training": {"epochs": 3, "batch_size": 8},
            **values,
        }
    )


def trained(store: Store, wanted: Experiment) -> Run:
    """The run, at its end."""
    run = store.create(wanted)
    store.claim(run.id)
    return train(store, run)


def kept_features(home: Path) -> list[Path]:
    """Files of features."""
    return list((home / "cache").glob("features-*.npz"))


def test_a_head_on_kept_features_trains_to_the_numbers_of_the_whole_network_in_fit(
    store: Store,
) -> None:
    wanted = experiment(architecture={"units": [8]}, regularisation={"l2": 0.01})
    run = trained(store, wanted)
    assert (run.state, run.message) == ("finished", "")
    parts = split(wanted.dataset, wanted.seed)
    model = build_model(wanted, parts.facts, len(parts.train))
    random = np.random.default_rng
    losses = []
    for epoch in range(3):
        order = random((wanted.seed, epoch)).permutation(len(parts.train))
        encode = wanted.objective(parts.facts).encode
        inputs = parts.train.inputs[order]
        history = model.fit(
            inputs.astype(np.float32), encode(inputs, parts.train.targets[order]),
            batch_size=8, shuffle=False, verbose=0,
        ).history  # fmt: skip
        losses.append(history["loss"][0])
    points = [point.metrics["loss"] for point in store.points(run.id)]
    assert points == pytest.approx(losses, rel=1e-3)


def test_the_saved_model_is_the_whole_network_and_gives_the_scores_of_the_run(
    store: Store,
) -> None:
    run = trained(store, experiment())
    model = keras.saving.load_model(run.model_file, compile=False)
    test = split(run.experiment.dataset, run.experiment.seed).test
    assert model.input_shape == (None, 96, 96, 3)
    answers = np.asarray(model.predict(test.inputs.astype(np.float32), verbose=0))[:, 0]
    assert ((answers > 0.5) == test.targets).mean() == pytest.approx(
        run.summary["test"]["accuracy"]
    )
    assert run.summary["parameters"] == model.count_params()


def test_features_are_worked_out_once_for_the_same_images_whatever_else_changes(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained(store, experiment())
    assert len(kept_features(home)) == 1
    with monkeypatch.context() as patch:
        patch.setattr(frozen, "_work_out", None)
        again = trained(store, experiment(seed=7, architecture={"units": [4]}))
        assert again.state == "finished"
    larger = experiment().changed([("dataset.side", "128")])
    trained(store, larger)
    assert len(kept_features(home)) == 2


def test_with_augmentation_every_epoch_looks_anew_and_nothing_is_kept(
    store: Store, home: Path
) -> None:
    run = trained(store, experiment(regularisation={"augment": ["flip"]}))
    assert run.state == "finished"
    assert run.summary["epochs"] == 3
    assert kept_features(home) == []


def test_fine_tuning_comes_after_the_head_at_its_own_rate(store: Store) -> None:
    wanted = experiment(architecture={"fine_tuning": FINE_TUNING})
    run = trained(store, wanted)
    assert run.state == "finished"
    points = store.points(run.id)
    assert [point.epoch for point in points] == [1, 2, 3, 4, 5]
    rates = [point.metrics["learning_rate"] for point in points]
    assert rates == [0.001] * 3 + [5e-4] * 2
    assert run.summary["epochs"] == 5
    parts = split(wanted.dataset, wanted.seed)
    fresh = build_model(wanted, parts.facts, len(parts.train))
    model = keras.saving.load_model(run.model_file, compile=False)
    name = "efficientnet_lite0"
    changed = {
        ours.name
        for ours, theirs in zip(
            model.get_layer(name).layers, fresh.get_layer(name).layers, strict=True
        )
        for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True)
        if not np.array_equal(mine, other)
    }
    assert changed == {
        "blocks.15._expand_conv", "blocks.15._depthwise_conv", "blocks.15._project_conv",
        "conv_head",
    }  # fmt: skip


def test_early_stopping_of_the_head_leads_to_fine_tuning_all_the_same(store: Store) -> None:
    stopping = {"epochs": 50, "batch_size": 8, "early_stopping": {"patience": 1, "min_delta": 5.0}}
    run = trained(store, experiment(training=stopping, architecture={"fine_tuning": FINE_TUNING}))
    assert run.state == "finished"
    assert 3 <= run.summary["epochs"] <= 4


def test_a_stop_is_heard_while_images_are_looked_at(store: Store, home: Path) -> None:
    run = store.create(experiment())
    store.claim(run.id)
    run.folder.mkdir(parents=True)
    phases = []
    with Recorder(store, run.id) as recorder:

        def stop(progress: dict[str, Any]) -> None:
            phases.append(progress["phase"])
            recorder.stop_requested = progress["phase"] == "looking at the images"

        Trainer(store, run, recorder, stop).run()
    ended = store.get(run.id)
    assert (ended.state, ended.summary["epochs"]) == ("stopped", 0)
    assert phases[-1] == "looking at the images"
    assert kept_features(home) == []
    assert ended.model_file.is_file()
