"""The image presets and the GANs, ours against Keras' ``fit`` of the same compiled model.

Epochs of training alone, after as many untimed ones. A GAN's ``fit`` calls its ``train_step``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.fitting import Task
from benchmarks.sides import Figures, Measure, Side, take_turns
from benchmarks.table import Row, times_faster

_ROUNDS = 3


def rows() -> Iterator[Row]:
    """A row a preset: never slower than ``fit``."""
    pairs: dict[str, tuple[Callable[[], Measure], Callable[[], Measure]]] = {
        "mnist-alexnet": (alexnet_engine, alexnet_fit),
        "mnist-vgg-16": (vgg_engine, vgg_fit),
        "ring-gan": (ring_engine, ring_fit),
        "mnist-gan": (digits_engine, digits_fit),
        "mnist-autoencoder": (autoencoder_engine, autoencoder_fit),
    }
    for preset, functions in pairs.items():
        sides = {function.__name__: Side(function) for function in functions}
        try:
            ours, theirs = (
                figures["samples_per_second"] for figures in take_turns(sides, _ROUNDS).values()
            )
        finally:
            for side in sides.values():
                side.close()
        yield times_faster(
            f"{preset}, samples a second", f"{ours:,.0f}", f"fit {theirs:,.0f}", ours / theirs, 1
        )


def alexnet_engine() -> Measure:
    """Ours on AlexNet."""
    return _engine("mnist-alexnet", 1)


def alexnet_fit() -> Measure:
    """``fit`` on AlexNet."""
    return _fit("mnist-alexnet", 1)


def vgg_engine() -> Measure:
    """Ours on VGG-16."""
    return _engine("mnist-vgg-16", 1)


def vgg_fit() -> Measure:
    """``fit`` on VGG-16."""
    return _fit("mnist-vgg-16", 1)


def ring_engine() -> Measure:
    """Ours on the GAN of points."""
    return _engine("ring-gan", 30)


def ring_fit() -> Measure:
    """``fit`` on the GAN of points."""
    return _fit("ring-gan", 30)


def digits_engine() -> Measure:
    """Ours on the GAN of digits."""
    return _engine("mnist-gan", 1)


def digits_fit() -> Measure:
    """``fit`` on the GAN of digits."""
    return _fit("mnist-gan", 1)


def autoencoder_engine() -> Measure:
    """Ours on the autoencoder."""
    return _engine("mnist-autoencoder", 5)


def autoencoder_fit() -> Measure:
    """``fit`` on the autoencoder."""
    return _fit("mnist-autoencoder", 5)


def _engine(preset: str, epochs: int) -> Measure:
    from dlplay.training.engine import Engine

    task = Task(preset)
    one = task.validation[0][:1], task.validation[1][:1]
    size = task.experiment.training.batch_size
    engine = Engine(task.model(), task.train, one, batch_size=size)
    numbers = iter(range(1_000_000))

    def measure() -> Figures:
        start = time.perf_counter()
        for _ in range(epochs):
            for _ in engine.run_epoch(next(numbers)):
                pass
        return _rate(len(task.train[0]) * epochs, start)

    measure()
    return measure


def _fit(preset: str, epochs: int) -> Measure:
    task = Task(preset)
    model, size = task.model(), task.experiment.training.batch_size
    inputs = task.train[0].astype(np.float32)

    def measure() -> Figures:
        start = time.perf_counter()
        model.fit(inputs, task.train[1], batch_size=size, epochs=epochs, verbose=0)
        return _rate(len(inputs) * epochs, start)

    measure()
    return measure


def _rate(samples: int, start: float) -> Figures:
    return {"samples_per_second": samples / (time.perf_counter() - start)}
