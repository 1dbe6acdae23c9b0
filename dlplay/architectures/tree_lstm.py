"""The Tree-LSTM: a long short-term memory that follows brackets in place of the order of words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.over_trees import OverTrees
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras


class TreeLstm(OverTrees):
    """An LSTM cell at every node, with a forget gate for each child."""

    card: ClassVar[Card] = Card(
        "Tree-LSTM",
        "An LSTM cell at every node of a tree, with a forget gate for each child: what was found "
        "below travels up to the root, however many words lie between.",
        "K. S. Tai, R. Socher, C. D. Manning (2015), Improved Semantic Representations From "
        "Tree-Structured Long Short-Term Memory Networks, ACL, section 3",
    )
    name: Literal["tree-lstm"] = "tree-lstm"
    combination: Literal["child-sum", "n-ary"] = Field(
        default="child-sum",
        title="Children",
        description="“child-sum” adds the children's states up, so their order does not count; "
        "“n-ary” has weights of its own for the first, second, … child: of binary trees, for left "
        "and right.",
    )

    def states(self, levels: tuple[int, ...], **weights: Any) -> keras.Layer:
        from dlplay.layers.trees import TreeLSTM

        return TreeLSTM(self.units, levels, self.combination, name="nodes", **weights)
