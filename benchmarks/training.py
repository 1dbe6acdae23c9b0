"""Training, ours against Keras' ``fit`` and a plain PyTorch loop, on two threads.

Included, on Iris: building and compiling the model, tracing, 100 epochs, validation after each.
Not included: importing, the framework's first use, loading the data. On LeNet-5: epochs of
training alone, after as many untimed ones. “Accuracy only” is the leanest `fit`; the engine
keeps precision, recall and F1 as well in every row.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import eager, fitting
from benchmarks.sides import Side, fresh_turns, take_turns
from benchmarks.table import Row, times_faster

_IRIS_ROUNDS = 5
_LENET_ROUNDS = 9


def rows() -> Iterator[Row]:
    """Every comparison."""
    yield from _iris()
    yield from _lenet()


def _iris() -> Iterator[Row]:
    sides = {
        "engine": fitting.iris_engine,
        "fit": fitting.iris_fit,
        "fit, accuracy only": fitting.iris_fit_accuracy,
    }
    taken = fresh_turns(sides, _IRIS_ROUNDS)
    ours = taken.pop("engine")
    for figure, what, unit, scale, target in (
        ("seconds", "iris-mlp, 100 epochs, tracing included", "s", 1, 5),
        ("epoch_seconds", "iris-mlp, an epoch of the steady state", "ms", 1000, 20),
    ):
        for name, theirs in taken.items():
            yield times_faster(
                what,
                f"{ours[figure] * scale:.2f} {unit}",
                f"{name} {theirs[figure] * scale:.2f} {unit}",
                theirs[figure] / ours[figure],
                target,
            )


def _lenet() -> Iterator[Row]:
    what = "LeNet-5 on MNIST, batch 128, images a second"
    functions = {
        "engine": fitting.lenet_engine,
        "fit": fitting.lenet_fit,
        "fit, accuracy only": fitting.lenet_fit_accuracy,
    }
    if eager.has_torch():
        functions["PyTorch eager"] = eager.lenet_torch
    sides = {name: Side(function) for name, function in functions.items()}
    try:
        taken = take_turns(sides, _LENET_ROUNDS)
    finally:
        for side in sides.values():
            side.close()
    if len({figures.pop("weights") for figures in taken.values()}) != 1:
        raise RuntimeError("the sides trained networks of different sizes")
    ours = taken.pop("engine")["images_per_second"]
    for name, theirs in taken.items():
        rate = theirs["images_per_second"]
        yield times_faster(
            what, f"{ours:,.0f}", f"{name} {rate:,.0f}", ours / rate,
            1.2 if name == "PyTorch eager" else 2.0,
        )  # fmt: skip
    if not eager.has_torch():
        yield Row(what, f"{ours:,.0f}", "PyTorch eager: torch not installed", target="≥ 1.2×")
