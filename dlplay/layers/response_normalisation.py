"""Local response normalisation, which AlexNet used before there was batch normalisation."""

from __future__ import annotations

import keras
from keras import ops

_REACH, _OFFSET, _SCALE = 2, 2.0, 1e-4


@keras.saving.register_keras_serializable(package="dlplay")
class ResponseNormalisation(keras.layers.Layer):  # type: ignore[misc]
    """``b = a / (2 + 10⁻⁴ Σ a²)^¾`` over the two channels on either side and its own.

    A. Krizhevsky, I. Sutskever, G. Hinton (2012), section 3.3. Input and output
    ``(batch, height, width, channels)``.
    """

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """The channels, those amid strong ones damped."""
        channels = inputs.shape[-1]
        squares = ops.pad(ops.square(inputs), [[0, 0]] * 3 + [[_REACH, _REACH]])
        shifts = range(2 * _REACH + 1)
        around = sum(squares[..., shift : shift + channels] for shift in shifts)
        root = ops.sqrt(_OFFSET + _SCALE * around)  # a power of ¾ takes ten times as long
        return inputs / (root * ops.sqrt(root))
