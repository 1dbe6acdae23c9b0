"""A run's record elsewhere, by the libraries of those who keep it: MLflow and TensorBoard."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence

from dlplay.errors import UserError, shortened
from dlplay.runs import Point, Run, Store
from dlplay.settings import Settings

Mirror = Callable[[Run, Sequence[Point]], None]

_BATCH = 500
"""Metrics a request: MLflow takes at most a thousand."""


def mirrors() -> list[Mirror]:
    """Those the server's owner asked for.

    Raises:
        UserError: the package of one of them is missing.
    """
    asked: list[Mirror] = []
    if os.environ.get("MLFLOW_TRACKING_URI"):
        _need("mlflow", "mlflow-skinny", "MLFLOW_TRACKING_URI")
        asked.append(to_mlflow)
    if Settings().tensorboard_folder is not None:
        _need("tensorboard", "tensorboard", "DLPLAY_TENSORBOARD_FOLDER")
        asked.append(to_tensorboard)
    return asked


def hand_on(store: Store, run_id: str, asked: Sequence[Mirror]) -> None:
    """Mirror a run's record; a mirror that fails is named on the run and changes nothing else."""
    if not asked:
        return
    run, points = store.get(run_id), store.points(run_id, most=2**31)
    for mirror in asked:
        try:
            mirror(run, points)
        except Exception as error:  # each library has its own kinds
            said = f"{type(error).__name__}: {shortened(error)}"
            store.add_message(run_id, f"The record was not mirrored ({mirror.__name__}): {said}")


def to_mlflow(run: Run, points: Sequence[Point]) -> None:
    """A run of the experiment “dlplay” at ``MLFLOW_TRACKING_URI``: parameters, curves, scores."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param

    client = MlflowClient()
    known = client.get_experiment_by_name("dlplay")
    experiment = known.experiment_id if known else client.create_experiment("dlplay")
    began = run.started or run.created
    tags = {"mlflow.runName": run.title, "dlplay.run": run.id, "dlplay.state": run.state}
    theirs = client.create_run(experiment, int(1e3 * began), tags).info.run_id
    values = run.experiment.flat().items()
    client.log_batch(theirs, params=[Param(name, str(value)[:500]) for name, value in values])
    metrics = [
        Metric(name, value, int(1e3 * (began + point.seconds)), math.ceil(point.epoch))
        for point in points
        for name, value in point.metrics.items()
    ]
    ended = int(1e3 * (run.finished or began))
    test = run.summary.get("test", {}).items()
    epochs = run.summary.get("epochs", 0)
    metrics += [Metric(f"test_{name}", value, ended, epochs) for name, value in test]
    for first in range(0, len(metrics), _BATCH):
        client.log_batch(theirs, metrics=metrics[first : first + _BATCH])
    status = {"finished": "FINISHED", "stopped": "KILLED"}.get(run.state, "FAILED")
    client.set_terminated(theirs, status, ended)


def to_tensorboard(run: Run, points: Sequence[Point]) -> None:
    """An event file in a folder of the run's id: every epoch's metrics, the test's at the end."""
    from tensorboard.summary import Writer

    folder = Settings().tensorboard_folder
    if folder is None:
        return
    writer = Writer(str(folder.expanduser() / run.id))
    began = run.started or run.created
    for point in points:
        for name, value in point.metrics.items():
            writer.add_scalar(name, value, math.ceil(point.epoch), wall_time=began + point.seconds)
    for name, value in run.summary.get("test", {}).items():
        writer.add_scalar(f"test_{name}", value, run.summary["epochs"], wall_time=run.finished)
    writer.close()


def _need(package: str, distribution: str, variable: str) -> None:
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise UserError(
            f"{variable} asks for a mirror of every run, and {distribution} is not installed",
            fix=f"Install it with pip install {distribution}, or unset {variable}",
        )
