"""ResNet-50, the network the third article ends with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dlplay.catalogue import Card
from dlplay.classify.base import Pretrained
from dlplay.classify.framing import Framing
from dlplay.pretrained import Weights
from dlplay.pretrained.resnet_50 import (
    MEAN_RED_GREEN_BLUE,
    RESNET_50_MD5,
    download_resnet_50,
    keep_resnet_50,
    resnet_50_weights,
)

if TYPE_CHECKING:
    import keras

_MEAN_BLUE_GREEN_RED = np.array(MEAN_RED_GREEN_BLUE[::-1], np.float32)


class ResNet50(Pretrained):
    """Keras' own ResNet-50, fed exactly as Keras documents it: ``load_img``, then “caffe” mode."""

    card: ClassVar[Card] = Card(
        "ResNet-50",
        "Fifty layers whose shortcuts let the gradient pass. It sees the whole photo, squeezed "
        "into a square of 224 pixels.",
        "K. He, X. Zhang, S. Ren, J. Sun (2015), arXiv:1512.03385; weights through Keras",
        "MIT (weights by K. He)",
    )
    name: Literal["resnet-50"] = "resnet-50"
    view: ClassVar[Framing] = Framing(224, None, Image.Resampling.NEAREST)
    parameters: ClassVar[int] = 25_636_712
    top_1: ClassVar[float] = 0.749
    top_1_source: ClassVar[str] = "keras.io/api/applications, one crop"
    published: ClassVar[str] = RESNET_50_MD5
    download_megabytes: ClassVar[int] = 103

    def weights(self) -> Weights:
        return resnet_50_weights()

    def download(self) -> None:
        download_resnet_50()

    def keep_weights(self, file: Path) -> None:
        keep_resnet_50(file)

    def build(self, weights: Path) -> keras.Model:
        import keras

        return keras.applications.ResNet50(weights=str(weights))

    def prepare(self, photo: Image.Image) -> NDArray[np.float32]:
        """Blue, green, red, each less ImageNet's mean."""
        return np.ascontiguousarray(super().prepare(photo)[..., ::-1] - _MEAN_BLUE_GREEN_RED)
