"""How a Keras model ends, which decides what the map of a class is made from; for the helper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlplay.classify.tail import ACTIVATION_NAMES, Step, Tail

if TYPE_CHECKING:
    import keras


def find_head(model: keras.Model) -> tuple[keras.KerasTensor, NDArray[np.float32]] | None:
    """Last feature map and kernel ``(channels, classes)`` of a network that ends in global pooling
    and one dense layer.

    None for any other network: only there is the class activation map a weighted sum.
    """
    from keras import layers

    output, pooling = model.layers[-1], _before(model.layers[-1])
    while isinstance(pooling, layers.Dropout):
        pooling = _before(pooling)
    if not isinstance(output, layers.Dense) or not isinstance(
        pooling, layers.GlobalAveragePooling2D
    ):
        return None
    kernel = np.asarray(output.kernel, np.float32)
    if kernel.shape[1] == 1:  # what speaks for the second class speaks against the first
        kernel = np.concatenate([-kernel, kernel], axis=1)
    return pooling.input, kernel


def _before(layer: Any) -> Any:
    """The layer whose output ``layer`` takes; None if that is not one layer."""
    source = layer.input
    return source._keras_history.operation if hasattr(source, "_keras_history") else None


def find_tail(model: keras.Model) -> tuple[keras.KerasTensor, Tail] | None:
    """Last feature map, before it is pooled, and the layers behind it.

    None for networks without convolutions, and for those with layers `Step` does not know.
    """
    import keras
    from keras import layers

    sees = (
        layers.Conv2D, layers.DepthwiseConv2D, layers.BatchNormalization, layers.Activation,
        layers.LeakyReLU, layers.ReLU, keras.Model,
    )  # fmt: skip
    layer: Any = model.layers[-1]
    steps: list[Step] = []
    while True:
        found = _steps(layer, is_output=layer is model.layers[-1])
        source = _before(layer)
        if found is None or source is None:
            return None
        steps = found + steps
        if len(layer.input.shape) == 4 and not _keeps_places(source):
            return (layer.input, Tail(tuple(steps))) if isinstance(source, sees) else None
        layer = source


def _keeps_places(layer: Any) -> bool:
    """Whether the feature map is rather sought before this layer."""
    from keras import layers

    return isinstance(layer, layers.MaxPooling2D | layers.AveragePooling2D | layers.Dropout)


def _steps(layer: Any, is_output: bool) -> list[Step] | None:
    """A layer as `Tail` knows it, without the output's softmax; None if it does not."""
    from keras import layers

    if isinstance(layer, layers.Dense) and layer.use_bias:
        kernel, bias = (np.asarray(array, np.float64) for array in (layer.kernel, layer.bias))
        if is_output and len(bias) == 1:  # for the second class is against the first
            kernel, bias = np.concatenate([-kernel, kernel], axis=1), np.append(-bias, bias)
        bend = [] if is_output else _activation(layer)
        return None if bend is None else [Step("dense", kernel=kernel, bias=bias), *bend]
    if isinstance(layer, layers.Dropout):
        return []
    if isinstance(layer, layers.Flatten):
        return [Step("flatten")]
    if isinstance(layer, layers.GlobalAveragePooling2D):
        return [Step("global pool")]
    if isinstance(layer, layers.MaxPooling2D | layers.AveragePooling2D):
        kind = "max pool" if isinstance(layer, layers.MaxPooling2D) else "average pool"
        plain = layer.padding == "valid" and tuple(layer.strides) == tuple(layer.pool_size)
        return [Step(kind, window=tuple(layer.pool_size))] if plain else None
    if isinstance(layer, layers.BatchNormalization) and layer.scale and layer.center:
        mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
        factor = np.asarray(layer.gamma, np.float64) / np.sqrt(variance + layer.epsilon)
        return [Step("affine", kernel=factor, bias=np.asarray(layer.beta) - mean * factor)]
    if isinstance(layer, layers.LeakyReLU):
        return [Step("leaky", slope=float(layer.negative_slope))]
    return _activation(layer) if isinstance(layer, layers.Activation) else None


def _activation(layer: Any) -> list[Step] | None:
    """The bend of a layer; None if `Tail` does not know it."""
    name = layer.activation.__name__
    return [Step(name)] if name in ACTIVATION_NAMES else None
