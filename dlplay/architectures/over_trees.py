"""What networks over trees share: a state for every node, from the leaves up to the root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from dlplay.architectures.base import Architecture
from dlplay.architectures.objective import Objective
from dlplay.architectures.regularisation import Regularisation
from dlplay.datasets import Facts
from dlplay.datasets.base import Kind

if TYPE_CHECKING:
    import keras


class OverTrees(Architecture):
    """A network that gives every node of a tree a state and judges that of the root."""

    kinds: ClassVar[tuple[Kind, ...]] = ("tree",)
    embedding: int = Field(
        default=32,
        ge=1,
        le=1_000,
        title="Embedding",
        description="Numbers that stand for a word; they are learnt with the rest.",
    )
    units: int = Field(
        default=64,
        ge=1,
        le=2_000,
        title="Units",
        description="Numbers in the state of a node: all that a parent gets to know of a child.",
    )

    def build(
        self, facts: Facts, objective: Objective, regularisation: Regularisation
    ) -> keras.Model:
        """The Keras model, not compiled. Input int32 ``(batch, *facts.input_shape)``, output
        ``(batch, objective.units)``. Its weights do not depend on the number of places."""
        import keras
        from keras import layers

        from dlplay.layers.trees import Root

        blocks = self.blocks(regularisation)
        trees = keras.Input(facts.input_shape, dtype="int32", name=facts.kind)
        tokens, children = trees[..., 0], trees[..., 1:]
        words = layers.Embedding(len(facts.vocabulary), self.embedding, name="words")(tokens)
        states = self.states(facts.levels, **blocks.weights())(words, children)
        x = Root(name="root")(states, tokens)
        if regularisation.batch_norm:
            x = layers.BatchNormalization()(x)
        outputs = blocks.output(blocks.dropout(x, regularisation.dropout), objective)
        return keras.Model(trees, outputs, name=self.name.replace("-", "_"))

    def states(self, levels: tuple[int, ...], **weights: Any) -> keras.Layer:
        """The layer that gives every node its state.

        Args:
            levels: places at each height.
            weights: initialiser and penalty of its weights.
        """
        raise NotImplementedError
