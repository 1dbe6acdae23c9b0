"""What a network says at every point of the plane, for data that are points in it."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from dlplay.datasets import Samples, Split
from dlplay.runs.plane import Plane, PlanePoints, extent

_SIDE = 60


class Boundary:
    """Evaluates a network on a grid over the data.

    Args:
        model: takes points ``(n, 2)``, standardised as ``split`` says.
        split: how the samples are divided and standardised.
        samples: points; their extent, plus a margin, is the grid's.
    """

    def __init__(self, model: keras.Model, split: Split, samples: Samples) -> None:
        (left, right), (bottom, top) = extent(samples.inputs)
        self._x = np.linspace(left, right, _SIDE, dtype=np.float32)
        self._y = np.linspace(bottom, top, _SIDE, dtype=np.float32)
        grid = np.stack(np.meshgrid(self._x, self._y), axis=-1).reshape(-1, 2)
        scaled = split.input_scaling.apply(grid) if split.input_scaling else grid
        inputs = tf.constant(scaled)
        self._split, self._points = split, PlanePoints.of(split, samples)
        self._predict = tf.function(lambda: model(inputs, training=False))

    def at(self, epoch: int) -> Plane:
        """The network's answer now: class probabilities, or values in the target's unit."""
        answer = self._predict().numpy().reshape(_SIDE, _SIDE, -1)
        if self._split.target_scaling is not None:
            scaling = self._split.target_scaling
            answer = answer * scaling.deviation + scaling.mean
        elif answer.shape[-1] == 1:
            answer = np.concatenate([1 - answer, answer], axis=-1)
        return Plane(self._x, self._y, answer.astype(np.float32), epoch, self._points)
