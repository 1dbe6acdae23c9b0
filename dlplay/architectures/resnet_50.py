"""ResNet-50: each block learns what to add to what it was given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from dlplay.architectures.blocks import Blocks
from dlplay.architectures.regularisation import Regularisation
from dlplay.architectures.scaled import Scaled
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras

_STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))
"""Kernels of a stage's narrow convolutions, and how many blocks it has."""


class ResNet50(Scaled):
    """Forty-nine convolutions in bottleneck blocks with shortcuts, then the mean of every map.

    Batch normalisation, ReLU and He initialisation are part of it. As in Keras a stage steps by
    two in its first convolution of 1×1, and convolutions have biases.
    """

    card: ClassVar[Card] = Card(
        "ResNet-50",
        "Fifty layers that can be trained because each block only adds to what flows past it: "
        "the gradient always finds a way back.",
        "K. He, X. Zhang, S. Ren, J. Sun (2015), arXiv:1512.03385, table 1",
    )
    name: Literal["resnet-50"] = "resnet-50"
    normalises: ClassVar[bool] = True

    def blocks(self, regularisation: Regularisation) -> Blocks:
        regularisation = regularisation.model_copy(update={"batch_norm": True})
        return Blocks(regularisation, "relu", "he_normal")

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        from keras import layers

        x = blocks.convolution(layers.ZeroPadding2D(3)(x), self.wide(64), 7, strides=2)
        x = blocks.pool(layers.ZeroPadding2D(1)(x), size=3)
        for stage, (filters, count) in enumerate(_STAGES):
            for block in range(count):
                strides = 2 if stage > 0 and block == 0 else 1
                x = _bottleneck(blocks, x, self.wide(filters), strides, project=block == 0)
        return blocks.global_pool(x)


def _bottleneck(
    blocks: Blocks, x: keras.KerasTensor, filters: int, strides: int, project: bool
) -> keras.KerasTensor:
    """1×1 to few channels, 3×3, 1×1 to four times as many, added to the input; section 4.1.

    Args:
        project: give the input as many channels by a 1×1 convolution of its own (option B).
    """
    from keras import layers

    plain = replace(blocks, activation="linear")
    shortcut = plain.convolution(x, 4 * filters, 1, strides=strides) if project else x
    x = blocks.convolution(x, filters, 1, strides=strides)
    x = blocks.convolution(x, filters, 3, padding="same")
    x = plain.convolution(x, 4 * filters, 1)
    return layers.Activation(blocks.activation)(layers.Add()([shortcut, x]))
