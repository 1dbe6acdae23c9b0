"""The deeper convolutional network of the first article."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from dlplay.architectures.base import Convolutional
from dlplay.architectures.blocks import Blocks
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras


class CnnDeep(Convolutional):
    """Two pairs of convolutions of 32 and 64 kernels, one dense layer of 512.

    The first convolution of a pair is padded in any case, as the article has it.
    """

    card: ClassVar[Card] = Card(
        "Deeper CNN",
        "Two pairs of convolutions, each followed by pooling and dropout, and a wide dense layer. "
        "Slow on a processor, and clearly better on digits.",
        "The first article, section 4.1",
    )
    name: Literal["cnn-deep"] = "cnn-deep"

    def smallest_image(self) -> int:
        return 10 if self.padding == "valid" else 4

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        for filters in (32, 64):
            x = blocks.convolution(x, filters, 3, padding="same")
            x = blocks.pool(blocks.convolution(x, filters, 3, padding=self.padding))
        return blocks.dense(blocks.flatten(x), 512)
