"""The multilayer perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.base import HiddenLayers
from dlplay.architectures.blocks import Blocks
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras


class Mlp(HiddenLayers):
    """Dense hidden layers, any number of them."""

    card: ClassVar[Card] = Card(
        "Multilayer perceptron",
        "Dense layers one after the other: each unit sees everything before it. With one hidden "
        "layer it can already draw any curve.",
        "D. Rumelhart, G. Hinton, R. Williams (1986), Nature 323, 533–536",
    )
    name: Literal["mlp"] = "mlp"
    units: tuple[Annotated[int, Field(ge=1, le=100_000)], ...] = Field(
        default=(10,),
        min_length=1,
        max_length=50,
        title="Hidden units",
        description="Units of each hidden layer, from input to output: 16, 16 makes two layers.",
    )

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        x = blocks.flatten(x)
        for units in self.units:
            x = blocks.dense(x, units)
        return x
