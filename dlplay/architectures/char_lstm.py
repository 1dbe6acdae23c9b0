"""A network that writes: the next character from all before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.base import Architecture
from dlplay.architectures.blocks import Blocks
from dlplay.architectures.objective import Objective
from dlplay.architectures.regularisation import Regularisation
from dlplay.catalogue import Card, Task
from dlplay.datasets import Facts
from dlplay.datasets.base import Kind

if TYPE_CHECKING:
    import keras


class CharLstm(Architecture):
    """LSTM layers with an answer at every place, after A. Graves (2013), arXiv:1308.0850.

    A character enters as a learnt vector, which equals a one-hot row times weights.
    """

    card: ClassVar[Card] = Card(
        "Character LSTM",
        "Reads characters one by one and says at every place how likely each is to come next. "
        "Drawing from its answers, again and again, writes text.",
        "A. Graves (2013), Generating Sequences With Recurrent Neural Networks, arXiv:1308.0850",
    )
    name: Literal["char-lstm"] = "char-lstm"
    kinds: ClassVar[tuple[Kind, ...]] = ("characters",)
    tasks: ClassVar[tuple[Task, ...]] = ("next character",)
    units: tuple[Annotated[int, Field(ge=1, le=4_096)], ...] = Field(
        default=(128, 128),
        min_length=1,
        max_length=8,
        title="Units",
        description="Numbers in the state of each LSTM layer, from the characters up.",
    )
    embedding_size: int = Field(
        default=32,
        ge=1,
        le=1_024,
        title="Vector size",
        description="Numbers that stand for a character.",
    )

    def build(
        self, facts: Facts, objective: Objective, regularisation: Regularisation
    ) -> keras.Model:
        import keras

        blocks = self.blocks(regularisation)
        inputs = keras.Input(facts.input_shape, dtype="int32", name=facts.kind)
        x = keras.layers.Embedding(len(facts.vocabulary), self.embedding_size)(inputs)
        outputs = blocks.output(self.body(blocks, x), objective)
        return keras.Model(inputs, outputs, name=self.name.replace("-", "_"))

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        from keras import layers

        from dlplay.layers.recurrent import FusedLSTM

        weights = blocks.weights()
        weights["recurrent_regularizer"] = weights["kernel_regularizer"]
        for units in self.units:
            x = FusedLSTM(units, return_sequences=True, **weights)(x)
            if blocks.regularisation.batch_norm:
                x = layers.BatchNormalization()(x)
            x = blocks.dropout(x, blocks.regularisation.dropout)
        return x
