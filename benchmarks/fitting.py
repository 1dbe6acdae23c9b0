"""Keras' sides of the training benchmarks: the same compiled model, by engine and by ``fit``.

Both sides import the same modules and train the same tiny networks before anything is timed, one
through the engine and one through ``fit``, so neither pays for what the framework loads on first
use. Keras is imported inside the functions: only the processes of `sides` need it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.sides import Figures, Measure
from dlplay.datasets import Part, split
from dlplay.experiment import Experiment
from dlplay.presets import PRESETS

if TYPE_CHECKING:
    import keras

LENET_BATCH = 128
LENET_EPOCHS = 10
_UNTIMED_EPOCHS = 20
"""Epochs of Iris before the steady state is measured; the engine settles within them."""

Arrays = tuple[NDArray[Any], NDArray[Any]]


class Task:
    """A preset, its data loaded, ready to be trained any number of times."""

    def __init__(self, preset: str) -> None:
        self.experiment: Experiment = PRESETS[preset].experiment
        self.split = split(self.experiment.dataset, self.experiment.seed)
        self.train = self._arrays(self.split.train)
        self.validation = self._arrays(self.split.validation)

    def model(self, scores: bool = True) -> keras.Model:
        """A fresh compiled network; without ``scores`` its only metric is accuracy."""
        from dlplay.training.compiling import build_model

        model = build_model(self.experiment, self.split.facts, len(self.train[0]))
        if not scores:
            model.compile(model.optimizer, model.loss, metrics=["accuracy"])
        return model

    def _arrays(self, part: Part) -> Arrays:
        encode = self.experiment.objective(self.split.facts).encode
        return part.inputs, np.asarray(encode(part.inputs, part.targets))


def iris_engine() -> Measure:
    """Ours on Iris: build, trace, 100 epochs each with its validation."""
    warm_up()
    task = Task("iris-mlp")

    def measure() -> Figures:
        from dlplay.training.engine import Engine

        clock = [time.perf_counter()]
        training = task.experiment.training
        engine = Engine(task.model(), task.train, task.validation, batch_size=training.batch_size)
        for epoch in range(training.epochs):
            for _ in engine.run_epoch(epoch):
                pass
            clock.append(time.perf_counter())
        return _whole_and_steady(clock)

    return measure


def iris_fit() -> Measure:
    """The same model through ``fit``."""
    return _iris_fit(scores=True)


def iris_fit_accuracy() -> Measure:
    """``fit`` as most programs call it, with accuracy as the only metric."""
    return _iris_fit(scores=False)


def _iris_fit(scores: bool) -> Measure:
    warm_up()
    task = Task("iris-mlp")

    def measure() -> Figures:
        import keras

        clock = [time.perf_counter()]
        tick = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda *_: clock.append(time.perf_counter())
        )
        training = task.experiment.training
        task.model(scores).fit(
            *task.train, validation_data=task.validation, batch_size=training.batch_size,
            epochs=training.epochs, callbacks=[tick], verbose=0,
        )  # fmt: skip
        return _whole_and_steady(clock)

    return measure


def _whole_and_steady(clock: list[float]) -> Figures:
    """Seconds of everything, and of an epoch once things have settled."""
    steady = (clock[-1] - clock[_UNTIMED_EPOCHS]) / (len(clock) - 1 - _UNTIMED_EPOCHS)
    return {"seconds": clock[-1] - clock[0], "epoch_seconds": steady}


def lenet_engine() -> Measure:
    """Ours on LeNet-5: epochs of training on the device's own uint8 images."""
    from dlplay.training.engine import Engine

    task = Task("mnist-lenet-5")
    # It always validates; with one image that is as good as nothing.
    one = task.validation[0][:1], task.validation[1][:1]
    engine = Engine(task.model(), task.train, one, batch_size=LENET_BATCH)
    epochs = iter(range(1_000_000))

    def measure() -> Figures:
        start = time.perf_counter()
        for _ in range(LENET_EPOCHS):
            for _ in engine.run_epoch(next(epochs)):
                pass
        rate = images_per_second(len(task.train[0]), start)
        return rate | {"weights": engine.model.count_params()}

    measure()
    return measure


def lenet_fit() -> Measure:
    """The same model through ``fit``, on an array of float32 images."""
    return _lenet_fit(scores=True)


def lenet_fit_accuracy() -> Measure:
    """``fit`` with accuracy as the only metric."""
    return _lenet_fit(scores=False)


def _lenet_fit(scores: bool) -> Measure:
    task = Task("mnist-lenet-5")
    model = task.model(scores)
    images = task.train[0].astype(np.float32)

    def measure() -> Figures:
        start = time.perf_counter()
        model.fit(images, task.train[1], batch_size=LENET_BATCH, epochs=LENET_EPOCHS, verbose=0)
        return images_per_second(len(images), start) | {"weights": model.count_params()}

    measure()
    return measure


def images_per_second(images: int, start: float) -> Figures:
    """The rate of `LENET_EPOCHS` epochs that began at ``start`` and have just ended."""
    return {"images_per_second": images * LENET_EPOCHS / (time.perf_counter() - start)}


def warm_up() -> None:
    """The framework's first use, of both kinds, on networks that nothing else trains."""
    import keras

    from dlplay.training import pace

    pace.warm_up()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    data = np.zeros((16, 2), np.float32), np.zeros((16, 1), np.float32)
    model.fit(*data, validation_data=data, verbose=0)
    keras.backend.clear_session()
