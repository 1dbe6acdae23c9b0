"""Samples a second of presets, the engine against Keras' ``fit`` on the same compiled model.

Epochs of training alone, after as many untimed ones; both keep every metric of the preset.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.fitting import Task
from benchmarks.recursion import tree_engine, tree_loop
from benchmarks.sides import Figures, Measure, Side, take_turns
from benchmarks.table import Row, times_faster

_ROUNDS = 5
_MOST = 4_096
"""Samples of an epoch, so that every preset takes its turn within seconds."""


def rows() -> Iterator[Row]:
    """Every comparison."""
    for preset, engine, fit in (
        ("listops-tree-lstm", listops_engine, listops_fit),
        ("temperature-lstm", temperature_engine, temperature_fit),
    ):
        taken = _in_turns({"engine": engine, "fit": fit})
        ours, theirs = (taken[name]["samples_per_second"] for name in ("engine", "fit"))
        yield times_faster(
            f"{preset}, samples a second", f"{ours:,.0f}", f"fit {theirs:,.0f}", ours / theirs, 1.0
        )
    taken = _in_turns({"engine": tree_engine, "loop": tree_loop})
    ours, theirs = (taken[name]["trees_per_second"] for name in ("engine", "loop"))
    yield times_faster(
        "Tree-LSTM, trees a second", f"{ours:,.0f}", f"node by node, eager {theirs:,.1f}",
        ours / theirs, 20.0,
    )  # fmt: skip


def listops_engine() -> Measure:
    """Ours on trees."""
    return engine("listops-tree-lstm")


def listops_fit() -> Measure:
    """``fit`` on trees."""
    return fit("listops-tree-lstm")


def temperature_engine() -> Measure:
    """Ours on a series."""
    return engine("temperature-lstm")


def temperature_fit() -> Measure:
    """``fit`` on a series."""
    return fit("temperature-lstm")


def engine(preset: str) -> Measure:
    """An epoch of the engine; it always validates, here one sample."""
    from dlplay.training.engine import Engine

    task = Task(preset)
    x, y = (values[:_MOST] for values in task.train)
    one = task.validation[0][:1], task.validation[1][:1]
    size = task.experiment.training.batch_size
    trained = Engine(task.model(), (x, y), one, batch_size=size)
    epochs = iter(range(1_000_000))

    def epoch() -> None:
        for _ in trained.run_epoch(next(epochs)):
            pass

    return _timed(epoch, len(x))


def fit(preset: str) -> Measure:
    """An epoch of ``fit``."""
    task = Task(preset)
    x, y = (values[:_MOST] for values in task.train)
    size = task.experiment.training.batch_size
    model = task.model()
    return _timed(partial(model.fit, x, y, batch_size=size, verbose=0), len(x))


def _timed(epoch: Callable[[], object], samples: int) -> Measure:
    """Samples a second of an epoch, after one that is not timed."""

    def measure() -> Figures:
        start = time.perf_counter()
        epoch()
        return {"samples_per_second": samples / (time.perf_counter() - start)}

    measure()
    return measure


def _in_turns(functions: dict[str, Callable[[], Measure]]) -> dict[str, Figures]:
    sides = {name: Side(function) for name, function in functions.items()}
    try:
        return take_turns(sides, _ROUNDS)
    finally:
        for side in sides.values():
            side.close()
