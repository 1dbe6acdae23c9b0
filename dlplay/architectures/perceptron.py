"""Rosenblatt's perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from dlplay.architectures.base import Architecture
from dlplay.architectures.blocks import Blocks
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras


class Perceptron(Architecture):
    """One layer, from the inputs straight to the outputs: every boundary it draws is straight.

    Rosenblatt's unit is a hard threshold; here it is the sigmoid or softmax that the loss asks
    for, so that it can be trained by gradient like every other network.
    """

    card: ClassVar[Card] = Card(
        "Perceptron",
        "A single layer: weigh the inputs, add them up, decide. It draws straight lines only.",
        "F. Rosenblatt (1958), Psychological Review 65(6), 386–408",
    )
    name: Literal["perceptron"] = "perceptron"

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        return blocks.flatten(x)
