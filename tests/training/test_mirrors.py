"""The record in other people's stores, read back by their own libraries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from dlplay.experiment import Experiment
from dlplay.runs import Run, Store
from dlplay.training import mirrors
from dlplay.training.trainer import train

pytestmark = pytest.mark.xdist_group("training-mirrors")


def trained(store: Store) -> Run:
    """A run of three epochs."""
    values = {
        "dataset": {"name": "iris"}, "architecture": {"name": "mlp"},
        "training": {"epochs": 3, "batch_size": 64},
    }  # fmt: skip
    run = store.create(Experiment.parse(values), "A title")
    store.claim(run.id)
    return train(store, run)


def test_nothing_is_mirrored_unless_asked_for() -> None:
    assert mirrors.mirrors() == []


def test_mlflow_has_parameters_curves_and_scores(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"file://{tmp_path / 'mlruns'}")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    run = trained(store)
    assert (run.state, run.message) == ("finished", "")
    from mlflow import MlflowClient

    client = MlflowClient(f"file://{tmp_path / 'mlruns'}")
    experiment: Any = client.get_experiment_by_name("dlplay")
    (theirs,) = client.search_runs([experiment.experiment_id])
    assert theirs.info.run_name == "A title"
    assert theirs.info.status == "FINISHED"
    assert theirs.data.tags["dlplay.run"] == run.id
    assert theirs.data.params["training.epochs"] == "3"
    assert theirs.data.metrics["test_accuracy"] == pytest.approx(run.summary["test"]["accuracy"])
    curve = client.get_metric_history(theirs.info.run_id, "val_loss")
    ours = [point.metrics["val_loss"] for point in store.points(run.id)]
    assert [(m.step, m.value) for m in curve] == list(enumerate(ours, 1))


def test_tensorboard_reads_the_curves_from_its_event_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLPLAY_TENSORBOARD_FOLDER", str(tmp_path / "events"))
    run = trained(store)
    assert (run.state, run.message) == ("finished", "")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    events = EventAccumulator(str(tmp_path / "events" / run.id))
    events.Reload()
    curve = [(e.step, float(make_ndarray(e.tensor_proto))) for e in events.Tensors("val_loss")]
    ours = [point.metrics["val_loss"] for point in store.points(run.id)]
    assert [epoch for epoch, _ in curve] == [1, 2, 3]
    assert [value for _, value in curve] == pytest.approx(ours)
    assert "test_accuracy" in events.Tags()["tensors"]


def test_a_missing_package_is_said_before_anything_is_trained(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "file:///nowhere")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    run = trained(store)
    assert run.state == "failed"
    assert "mlflow-skinny is not installed" in run.message
    assert store.points(run.id) == []


def test_a_mirror_that_fails_is_named_and_changes_nothing_else(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(run: Run, points: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("dlplay.training.trainer.mirrors", lambda: [broken])
    run = trained(store)
    assert run.state == "finished"
    assert "was not mirrored (broken): OSError: no route to host" in run.message
