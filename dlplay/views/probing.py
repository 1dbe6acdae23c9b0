"""What can be measured of the layers of a network on one batch: norms, gradients, dead units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlplay.views.base import Subject
from dlplay.views.judging import as_input

if TYPE_CHECKING:
    import keras

BATCH = 32
_BOUNDED = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
_EDGE = 0.02
"""A sigmoid or tanh within this share of its range from an end counts as saturated."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What one look at the layers has found, a number a layer.

    Args:
        gradients: the length of the loss's gradient with respect to the layer's weights.
        idle: the share of units that cannot learn from the batch: ReLUs that are 0 for every
            sample, sigmoids and tanhs that are at an end of their range for every sample; NaN
            where a layer has no such bend.
    """

    gradients: NDArray[np.float32]
    idle: NDArray[np.float32]


class Probe:
    """The layers of a network that have trainable weights, and a fixed batch of training samples.

    It runs without a graph: tracing one would take longer than many looks do.
    """

    def __init__(self, subject: Subject) -> None:
        import keras

        train, self._model = subject.split.train, subject.model
        objective = subject.experiment.objective(subject.split.facts)
        self._inputs = train.inputs[:BATCH]
        self._targets = objective.encode(self._inputs, train.targets[:BATCH])
        self._loss = keras.losses.get(objective.loss)
        self._layers = [layer for layer in self._model.layers if layer.trainable_variables]
        bends = [_bend(layer) for layer in self._layers]
        self._bends = {index: bend[0] for index, bend in enumerate(bends) if bend is not None}
        outputs = [self._model.output, *(bend[1] for bend in bends if bend is not None)]
        self._inside = keras.Model(self._model.input, outputs)

    @property
    def names(self) -> list[str]:
        """The layers' names."""
        return [layer.name for layer in self._layers]

    def weights(self) -> list[NDArray[np.float32]]:
        """All trainable weights of every layer in a row."""
        return [
            np.concatenate([np.asarray(v).ravel() for v in layer.trainable_variables])
            for layer in self._layers
        ]

    def measure(self) -> Measured:
        """Gradients and idle units as they are now; penalties and dropout left out."""
        import tensorflow as tf

        variables = [v.value for layer in self._layers for v in layer.trainable_variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            found = self._inside(as_input(tf.constant(self._inputs)), training=False)
            said, *inside = found if isinstance(found, list) else [found]  # Keras unwraps one
            loss = tf.reduce_mean(self._loss(tf.constant(self._targets), said))
        squares = [_square(found) for found in tape.gradient(loss, variables)]
        sizes = [len(layer.trainable_variables) for layer in self._layers]
        sums = np.add.reduceat(squares, np.cumsum([0, *sizes[:-1]]))
        idle = np.full(len(self._layers), np.nan, np.float32)
        for (index, activation), values in zip(self._bends.items(), inside, strict=True):
            idle[index] = idle_share(np.asarray(values), activation)
        return Measured(np.sqrt(sums).astype(np.float32), idle)


def _square(gradient: Any) -> float:
    """A gradient's squared length; 0 where the loss does not depend on the weights."""
    import tensorflow as tf

    if gradient is None:
        return 0.0
    return float(tf.reduce_sum(tf.convert_to_tensor(gradient) ** 2))


def _bend(layer: keras.Layer) -> tuple[str, Any] | None:
    """The activation that follows a layer's weights and its output; None if there is none that can
    die or saturate."""
    for _ in range(3):  # a normalisation may stand between the weights and the activation
        name = getattr(getattr(layer, "activation", None), "__name__", "")
        if name == "relu" or name in _BOUNDED:
            return name, layer.output
        following = [node.operation for node in layer._outbound_nodes]
        if len(following) != 1 or name not in ("", "linear"):
            return None
        layer = following[0]
    return None


def idle_share(values: NDArray[np.float32], activation: str) -> float:
    """The share of units, the last axis of ``values``, that are idle at every place."""
    units = values.reshape(-1, values.shape[-1])
    if activation == "relu":
        idle = units <= 0
    else:
        low, high = _BOUNDED[activation]
        margin = _EDGE * (high - low)
        idle = (units < low + margin) | (units > high - margin)
    return float(idle.all(axis=0).mean())
