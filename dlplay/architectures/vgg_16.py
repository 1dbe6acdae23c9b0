"""VGG-16: nothing but small windows, sixteen layers deep."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from dlplay.architectures.base import HiddenLayers
from dlplay.architectures.blocks import Blocks
from dlplay.architectures.scaled import Scaled
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras

_STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Kernels of a stage, and how many convolutions it has."""


class Vgg16(Scaled, HiddenLayers):
    """Thirteen convolutions of 3×3 in five stages, dense layers of 4096, 4096.

    Where a side is odd, the last row or column is pooled alone, so that images of any size pass;
    at 224 pixels no side is.
    """

    card: ClassVar[Card] = Card(
        "VGG-16",
        "Thirteen convolutions of 3×3, a pooling after every two or three, three dense layers: "
        "simple, deep, heavy. He initialisation or batch normalisation help it to begin.",
        "K. Simonyan, A. Zisserman (2014), arXiv:1409.1556, configuration D",
    )
    name: Literal["vgg-16"] = "vgg-16"

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        for filters, convolutions in _STAGES:
            for _ in range(convolutions):
                x = blocks.convolution(x, self.wide(filters), 3, padding="same")
            x = blocks.pool(x, padding="same")
        x = blocks.dense(blocks.flatten(x), self.wide(4096))
        return blocks.dense(x, self.wide(4096))
