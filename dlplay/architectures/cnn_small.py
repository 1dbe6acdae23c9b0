"""The small convolutional network of the fifth article."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from dlplay.architectures.base import Convolutional
from dlplay.architectures.blocks import Blocks
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras


class CnnSmall(Convolutional):
    """Two convolutions of 32 and 64 kernels, one dense layer of 128."""

    card: ClassVar[Card] = Card(
        "Small CNN",
        "Two rounds of convolution and pooling, one dense layer: the shape of most first "
        "convolutional networks.",
        "The fifth article, section 4.1",
    )
    name: Literal["cnn-small"] = "cnn-small"

    def smallest_image(self) -> int:
        return 10 if self.padding == "valid" else 4

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        for filters in (32, 64):
            x = blocks.pool(blocks.convolution(x, filters, 3, padding=self.padding))
        return blocks.dense(blocks.flatten(x), 128)
