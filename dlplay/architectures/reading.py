"""What networks that read words have in common: the words' vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.base import Architecture
from dlplay.architectures.glove import GLOVE_CODE, SIZE, glove_files, glove_matrix
from dlplay.architectures.objective import Objective
from dlplay.architectures.regularisation import Regularisation
from dlplay.catalogue import Task
from dlplay.datasets import Facts
from dlplay.datasets.base import Kind

if TYPE_CHECKING:
    import keras


class Reader(Architecture):
    """A network that reads a text word by word, each word a vector."""

    kinds: ClassVar[tuple[Kind, ...]] = ("text",)
    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    masks_padding: ClassVar[bool] = False
    """Whether later layers are told which places hold no word. Recurrent ones are not: padding
    stands in front of a text, so its last words are read last either way, and a mask would take
    them off their fast path."""

    embedding: Literal["learned", "glove-6b-50d"] = Field(
        default="learned",
        title="Word vectors",
        description="Learnt here from nothing, or GloVe: 50 numbers a word, learnt from six "
        "thousand million words of Wikipedia and news; a word it does not know gets zeros.",
    )
    embedding_size: int = Field(
        default=32,
        ge=1,
        le=4_096,
        title="Vector size",
        description="Numbers that stand for a word, where they are learnt here. GloVe's are 50.",
    )
    frozen: bool = Field(
        default=False,
        title="Freeze word vectors",
        description="Leave the word vectors as they are and train the rest. For GloVe; vectors "
        "drawn at random would stay random.",
    )

    def check(self, facts: Facts) -> None:
        super().check(facts)
        if self.embedding != "learned":
            glove_files()

    def build(
        self, facts: Facts, objective: Objective, regularisation: Regularisation
    ) -> keras.Model:
        import keras

        blocks = self.blocks(regularisation)
        inputs = keras.Input(facts.input_shape, dtype="int32", name=facts.kind)
        x = self._embed(inputs, facts.vocabulary)
        outputs = blocks.output(self.body(blocks, x), objective)
        return keras.Model(inputs, outputs, name=self.name.replace("-", "_"))

    def weights_code(self) -> str:
        return "" if self.embedding == "learned" else GLOVE_CODE

    def _embed(self, inputs: keras.KerasTensor, vocabulary: tuple[str, ...]) -> keras.KerasTensor:
        """Vectors in place of word numbers, ``(batch, words, size)``."""
        from keras import layers

        options: dict[str, Any] = {
            "trainable": not self.frozen, "mask_zero": self.masks_padding, "name": "words",
        }  # fmt: skip
        if self.embedding == "learned":
            return layers.Embedding(len(vocabulary), self.embedding_size, **options)(inputs)
        layer = layers.Embedding(
            len(vocabulary), SIZE, **options,
            embeddings_initializer=lambda *_, **__: glove_matrix(vocabulary),
        )  # fmt: skip
        x = layer(inputs)
        # A saved network holds the vectors themselves; how they were come by is not kept.
        layer.embeddings_initializer = "zeros"
        return x
