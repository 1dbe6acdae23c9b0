"""The plain recursive network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.over_trees import OverTrees
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras


class Recursive(OverTrees):
    """One dense layer for all leaves, another for all inner nodes."""

    card: ClassVar[Card] = Card(
        "Recursive network",
        "The same small layer at every inner node of a tree, fed with its children's states, and "
        "another at the leaves. Without gates, what lies deep fades on its way up.",
        "C. Goller, A. Küchler (1996), Learning Task-Dependent Distributed Representations by "
        "Backpropagation Through Structure, ICNN; R. Socher et al. (2011), ICML",
    )
    name: Literal["recursive"] = "recursive"
    activation: Literal["tanh", "sigmoid", "relu"] = Field(
        default="tanh",
        title="Activation",
        description="The bend after both cells.",
    )

    def states(self, levels: tuple[int, ...], **weights: Any) -> keras.Layer:
        from dlplay.layers.trees import RecursiveLayer

        return RecursiveLayer(
            self.units, levels, activation=self.activation, name="nodes", **weights
        )
