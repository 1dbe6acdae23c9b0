"""The training loop as graph calls of many steps, on data that stay on the device.

Each step is Keras' own ``model.train_step``, so losses, optimisers, dropout and custom models mean
what they mean in ``model.fit``; on a CPU the numbers are equal to the last bit.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dlplay.views.judging import as_input

Array = NDArray[Any]
Values = dict[str, float]

_CALL_SECONDS = 0.12
"""How long one graph call should take: Stop, progress and live points wait for no longer."""


@dataclass(frozen=True)
class Progress:
    """What is known after a call.

    Args:
        epoch: complete epochs before this one.
        step: steps done in this epoch.
        steps: steps of an epoch.
        values: training metrics so far in this epoch; with ``val_`` ones once it is complete.
        first_bad_step: the step (from 0) of this epoch whose loss was not a number; None if none.
    """

    epoch: int
    step: int
    steps: int
    values: Values
    first_bad_step: int | None = None

    @property
    def is_epoch_end(self) -> bool:
        """Whether the epoch is complete."""
        return self.step == self.steps


class Engine:
    """Trains a compiled Keras model on arrays.

    Args:
        model: compiled; its ``train_step`` and ``test_step`` are what runs.
        train: inputs and targets, first axes equal; images stay uint8 and are cast in the graph.
        validation: the same, judged after every epoch.
        batch_size: samples a step; the last batch of an epoch may be smaller, as in ``fit``.
        seed: with the epoch's number it fixes the order of samples.
        shuffle: False keeps the order of the arrays.
        jit_compile: XLA; for GPUs only (on a CPU convolutions take minutes to compile).
    """

    def __init__(
        self,
        model: keras.Model,
        train: tuple[Array, Array],
        validation: tuple[Array, Array],
        *,
        batch_size: int,
        seed: int = 0,
        shuffle: bool = True,
        jit_compile: bool = False,
    ) -> None:
        self.model = model
        self.samples = len(train[0])
        self.batch_size = batch_size
        self.steps = -(-self.samples // batch_size)
        self._seed, self._shuffle = seed, shuffle
        self._steps_per_call = 1
        model.optimizer.build(model.trainable_variables)
        # Metrics make their variables at the first step; had the graph to make them, TensorFlow
        # would trace it twice.
        inputs, targets = map(tf.constant, train)
        model.test_step((as_input(inputs[:1]), targets[:1]))
        self._train = tf.function(self._make_train(inputs, targets, jit_compile))
        self._validate = tf.function(self._make_evaluate(), reduce_retracing=True)
        self._validation = tuple(map(tf.constant, validation))

    def order(self, epoch: int) -> NDArray[np.int64]:
        """The order of samples in an epoch; it depends on seed and epoch alone."""
        if not self._shuffle:
            return np.arange(self.samples)
        return np.random.default_rng((self._seed, epoch)).permutation(self.samples)

    def run_epoch(self, epoch: int) -> Iterator[Progress]:
        """Train one epoch, then validate; yields after every graph call."""
        order = tf.constant(self.order(epoch), tf.int32)
        step = 0
        while step < self.steps:
            count = min(self._steps_per_call, self.steps - step)
            start = time.perf_counter()
            bad, logs = self._train(order, tf.constant(step), tf.constant(step + count))
            values = _numbers(logs)
            self._adapt(count, time.perf_counter() - start)
            step += count
            if int(bad) >= 0:
                yield Progress(epoch, step, self.steps, values, int(bad))
                return
            if step == self.steps:
                validation = self.evaluate(*self._validation)
                values |= {f"val_{name}": value for name, value in validation.items()}
            yield Progress(epoch, step, self.steps, values)

    def evaluate(self, inputs: Array | tf.Tensor, targets: Array | tf.Tensor) -> Values:
        """Loss and metrics on other samples, batch by batch as in ``model.evaluate``."""
        return _numbers(
            self._validate(tf.convert_to_tensor(inputs), tf.convert_to_tensor(targets))
        )

    def _adapt(self, count: int, seconds: float) -> None:
        """Choose how many steps the next call makes; first ones are slow, so grow with care."""
        wanted = count * _CALL_SECONDS / max(seconds, 1e-6)
        self._steps_per_call = int(max(1, min(wanted, 8 * count)))

    def _make_train(self, inputs: tf.Tensor, targets: tf.Tensor, static: bool) -> Any:
        model, size, samples = self.model, self.batch_size, self.samples
        train_step = _as_it_is(model.train_step)
        reset_metrics, results = (
            _as_it_is(model.reset_metrics),
            _as_it_is(model.get_metrics_result),
        )
        full = samples // size

        def one_step(batch: tf.Tensor) -> tf.Tensor:
            x = as_input(tf.gather(inputs, batch))
            return train_step((x, tf.gather(targets, batch)))["loss"]

        def train(order: tf.Tensor, first: tf.Tensor, last: tf.Tensor) -> Any:
            if first == 0:
                reset_metrics()
            bad = tf.constant(-1)
            if static:  # XLA wants every shape fixed: the short last batch is a step of its own
                for i in tf.range(first, tf.minimum(last, full)):
                    loss = one_step(tf.slice(order, [i * size], [size]))
                    bad = tf.where(bad < 0 and not tf.math.is_finite(loss), i, bad)
                if samples % size and last > full:
                    loss = one_step(order[full * size :])
                    bad = tf.where(bad < 0 and not tf.math.is_finite(loss), full, bad)
            else:
                for i in tf.range(first, last):
                    loss = one_step(order[i * size : (i + 1) * size])
                    bad = tf.where(bad < 0 and not tf.math.is_finite(loss), i, bad)
            return bad, results()

        return train

    def _make_evaluate(self) -> Any:
        model, size = self.model, self.batch_size
        test_step = _as_it_is(model.test_step)
        reset_metrics, results = (
            _as_it_is(model.reset_metrics),
            _as_it_is(model.get_metrics_result),
        )

        def evaluate(inputs: tf.Tensor, targets: tf.Tensor) -> Any:
            reset_metrics()
            for i in tf.range(-(-tf.shape(inputs)[0] // size)):
                x = as_input(inputs[i * size : (i + 1) * size])
                test_step((x, targets[i * size : (i + 1) * size]))
            return results()

        return evaluate


def _as_it_is(function: Any) -> Any:
    """Keep TensorFlow from rewriting Keras' code, as Keras does in ``fit``: tracing takes half the
    time."""
    return tf.autograph.experimental.do_not_convert(function)


def _numbers(logs: dict[str, Any]) -> Values:
    """Metrics by name as Python numbers, nested ones brought up."""
    values: Values = {}
    for name, value in logs.items():
        if isinstance(value, dict):
            values |= _numbers(value)
        else:
            values[name] = float(value)
    return values
