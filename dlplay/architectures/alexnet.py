"""AlexNet, with which the present wave of deep learning began."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.base import HiddenLayers
from dlplay.architectures.blocks import Blocks
from dlplay.architectures.scaled import Scaled
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras

_SIDE = 227
"""The paper says 224; only 227 gives the 55×55 maps it draws."""


class AlexNet(Scaled, HiddenLayers):
    """Five convolutions of 96, 256, 384, 384, 256 kernels, dense layers of 4096, 4096.

    Its two halves for two GPUs are convolutions in two groups. The variant for small images
    takes steps of one pixel in a first convolution of 5×5, so that something is left to pool.
    """

    card: ClassVar[Card] = Card(
        "AlexNet",
        "The network that won ImageNet in 2012 by a wide margin: five convolutions, ReLU, "
        "dropout, and two dense layers that hold nearly all its weights.",
        "A. Krizhevsky, I. Sutskever, G. Hinton (2012), NeurIPS 25, section 3.5",
    )
    name: Literal["alexnet"] = "alexnet"
    variant: Literal["as published", "small images"] = Field(
        default="as published",
        title="Variant",
        description="“as published” enlarges every image to 227×227 pixels first, and takes its "
        "time; “small images” looks at the pixels as they are.",
    )

    def smallest_image(self) -> int:
        return 15 if self.variant == "small images" else 1

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        x = self._first(blocks, x)
        x = self._pool(blocks, self._normalised(x))
        x = blocks.convolution(x, self.wide(256), 5, padding="same", groups=2)
        x = self._pool(blocks, self._normalised(x))
        x = blocks.convolution(x, self.wide(384), 3, padding="same")
        x = blocks.convolution(x, self.wide(384), 3, padding="same", groups=2)
        x = blocks.convolution(x, self.wide(256), 3, padding="same", groups=2)
        x = blocks.flatten(self._pool(blocks, x))
        return blocks.dense(blocks.dense(x, self.wide(4096)), self.wide(4096))

    def _first(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        from keras import layers

        if self.variant == "small images":
            return blocks.convolution(x, self.wide(96), 5, padding="same")
        x = layers.Resizing(_SIDE, _SIDE, name="resize")(x)
        return blocks.convolution(x, self.wide(96), 11, strides=4)

    def _pool(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        """Windows that overlap: 3×3 in steps of two, section 3.4."""
        return blocks.pool(x, size=3)

    def _normalised(self, x: keras.KerasTensor) -> keras.KerasTensor:
        from dlplay.layers.response_normalisation import ResponseNormalisation

        return ResponseNormalisation()(x)
