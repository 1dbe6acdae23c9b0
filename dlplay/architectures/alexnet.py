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

    Its two halves for two GPUs are pairs of convolutions. The variant for small images
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
        x = self._halves(blocks, x, self.wide(256), 5)
        x = self._pool(blocks, self._normalised(x))
        x = blocks.convolution(x, self.wide(384), 3, padding="same")
        x = self._halves(blocks, x, self.wide(384), 3)
        x = self._halves(blocks, x, self.wide(256), 3)
        x = blocks.flatten(self._pool(blocks, x))
        return blocks.dense(blocks.dense(x, self.wide(4096)), self.wide(4096))

    def _first(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        from keras import layers

        if self.variant == "small images":
            return blocks.convolution(x, self.wide(96), 5, padding="same")
        x = layers.Resizing(_SIDE, _SIDE, name="resize")(x)
        return blocks.convolution(x, self.wide(96), 11, strides=4)

    def _halves(
        self, blocks: Blocks, x: keras.KerasTensor, filters: int, kernel: int
    ) -> keras.KerasTensor:
        """Two convolutions that see half of the channels each, as on the paper's two GPUs.

        One grouped convolution takes five times as long on a processor.
        """
        from keras import layers, ops

        halves = [
            blocks.convolution(half, filters // 2, kernel, padding="same")
            for half in ops.split(x, 2, axis=-1)
        ]
        return layers.Concatenate()(halves)

    def _pool(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        """Windows that overlap: 3×3 in steps of two, section 3.4."""
        return blocks.pool(x, size=3)

    def _normalised(self, x: keras.KerasTensor) -> keras.KerasTensor:
        from dlplay.layers.response_normalisation import ResponseNormalisation

        return ResponseNormalisation()(x)
