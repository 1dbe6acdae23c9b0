"""What recording costs: the share of a run's time spent outside the engine.

The trainer with a run store of its own against the bare engine, each in a fresh process, the same
experiment: points, progress, the writing thread and SQLite are the difference.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fitting import Task, warm_up
from benchmarks.sides import Figures, Measure, fresh_turns
from benchmarks.table import Row

_ROUNDS = 5
_LONG = 5_000
"""Epochs of the long run, where tracing no longer counts."""


def rows() -> Iterator[Row]:
    """A run as the preset has it, and a long one."""
    taken = fresh_turns({"trainer": iris_trainer, "engine": iris_bare}, _ROUNDS)
    for figure, what in (
        ("short", "iris-mlp, 100 epochs"),
        ("long", f"iris-mlp, {_LONG:,} epochs"),
    ):
        trainer, engine = taken["trainer"][figure], taken["engine"][figure]
        yield Row(
            f"{what}: a run's time outside the engine",
            f"{1 - engine / trainer:.0%} of {trainer:.2f} s",
            f"bare engine {engine:.2f} s",
            engine / trainer,
        )


def iris_trainer() -> Measure:
    """Seconds of training as a run reports them: all epochs, tracing included."""
    import os

    from dlplay.runs import open_store
    from dlplay.settings import Settings
    from dlplay.training import trainer

    warm_up()
    experiment = Task("iris-mlp").experiment
    home = tempfile.TemporaryDirectory(prefix="dlplay-benchmark-")
    os.environ["DLPLAY_HOME"] = home.name
    store = open_store(Settings(home=Path(home.name)))

    def seconds(epochs: int) -> float:
        training = experiment.training.model_copy(update={"epochs": epochs})
        run = store.create(experiment.model_copy(update={"training": training}))
        store.claim(run.id)
        return float(trainer.train(store, store.get(run.id)).summary["seconds"])

    def measure() -> Figures:
        figures = {"short": seconds(100), "long": seconds(_LONG)}
        home.cleanup()
        return figures

    return measure


def iris_bare() -> Measure:
    """The same epochs by the engine alone."""
    from dlplay.training.engine import Engine

    warm_up()
    task = Task("iris-mlp")

    def seconds(epochs: int) -> float:
        engine = Engine(
            task.model(), task.train, task.validation,
            batch_size=task.experiment.training.batch_size,
        )  # fmt: skip
        start = time.perf_counter()
        for epoch in range(epochs):
            for _ in engine.run_epoch(epoch):
                pass
        return time.perf_counter() - start

    return lambda: {"short": seconds(100), "long": seconds(_LONG)}
