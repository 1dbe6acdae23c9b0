"""What an answer rests on: gradients of a class's score, for one sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlplay.views.judging import as_input

if TYPE_CHECKING:
    import keras


class Scores:
    """The score of a class before the last activation, of one sample of a network.

    Args:
        model: ends in a dense layer; the score of a network with one output is that of class 1,
            and its negative that of class 0.
    """

    def __init__(self, model: keras.Model) -> None:
        import keras

        self._last = model.layers[-1]
        self._before = keras.Model(model.input, self._last.input)
        self._place = _last_map(model)
        self._split = (
            None
            if self._place is None
            else keras.Model(model.input, [self._place.output, self._last.input])
        )

    @property
    def has_map(self) -> bool:
        """Whether some layer keeps a map of the image for `activation_map` to weigh."""
        return self._place is not None

    def input_gradient(self, sample: NDArray[Any], index: int) -> NDArray[np.float32]:
        """The gradient of the score of class ``index``, of the shape of ``sample``.

        K. Simonyan, A. Vedaldi, A. Zisserman (2014), ICLR workshop, section 3.
        """
        import tensorflow as tf

        inputs = tf.cast(as_input(tf.constant(sample[np.newaxis])), tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            score = self._score(self._before(inputs, training=False), index)
        return np.asarray(tape.gradient(score, inputs)[0], np.float32)

    def activation_map(self, sample: NDArray[Any], index: int) -> NDArray[np.float32]:
        """Where the last map of the image speaks for class ``index``, ``(height, width)``, before
        negative places are cut off.

        Grad-CAM: R. Selvaraju et al. (2017), ICCV, equations 1 and 2.
        """
        import tensorflow as tf

        if self._split is None:
            raise ValueError("no layer keeps a map of the image")
        with tf.GradientTape() as tape:
            inputs = as_input(tf.constant(sample[np.newaxis]))
            features, before = self._split(inputs, training=False)
            score = self._score(before, index)
        weights = tf.reduce_mean(tape.gradient(score, features), axis=(1, 2))
        found = tf.einsum("bhwc,bc->bhw", features, weights)[0]
        return np.asarray(found, np.float32)

    def _score(self, before: Any, index: int) -> Any:
        import tensorflow as tf

        scores = tf.matmul(before, self._last.kernel.value) + self._last.bias.value
        if scores.shape[-1] > 1:
            return scores[0, index]
        return scores[0, 0] if index else -scores[0, 0]


def _last_map(model: keras.Model) -> keras.Layer | None:
    """The last layer with weights or a bend whose output still has places, more than one."""
    for layer in reversed(model.layers[1:]):
        shape = layer.output.shape
        if len(shape) == 4 and shape[1] * shape[2] > 1 and "pooling" not in layer.name:
            return layer
    return None
