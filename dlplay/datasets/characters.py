"""Running text, character by character: what comes next at every place of a chunk."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Task
from dlplay.datasets.base import Facts, Samples, SplitDataset
from dlplay.errors import UserError

UNKNOWN = "\ufffd"
"""Number 0 of every vocabulary: a character too rare to have a number."""

_MOST_CHARACTERS = 5_000
_FEWEST_CHUNKS = 20
_KEPT_EXCERPTS = 8


class CharacterText(SplitDataset):
    """A text cut into chunks that do not overlap.

    A chunk has a target at every place. The other way, a window and the one character after it,
    reads ``length`` characters to learn from one; here the same reading teaches ``length`` of
    them, so an epoch over the same text costs a ``length``-th part.
    """

    tasks: ClassVar[tuple[Task, ...]] = ("next character",)

    length: int = Field(
        default=100,
        ge=5,
        le=1_000,
        title="Chunk",
        description="Characters of a sample. A network sees no further back than its beginning.",
        json_schema_extra={"unit": "characters"},
    )
    most: int = Field(
        default=300_000,
        ge=1_000,
        le=20_000_000,
        title="Text used",
        description="How much of the text is used, from its beginning.",
        json_schema_extra={"unit": "characters"},
    )

    def read(self) -> str:
        """The whole text.

        Raises:
            UserError: there is none.
        """
        raise NotImplementedError

    def reading_code(self) -> str:
        """Plain Python that leaves the whole text in ``text``."""
        raise NotImplementedError

    def code(self) -> str:
        return (
            f"{self.reading_code()}\n"
            "from collections import Counter\n"
            "import numpy as np\n"
            f"LENGTH = {self.length}\n"
            f"text = text[:{self.most}]\n"
            "# The most frequent character is number 1; 0 is for those too rare to have one\n"
            f"frequent = [c for c, _ in Counter(text).most_common({_MOST_CHARACTERS})]\n"
            'vocabulary = ["\\ufffd", *(c for c in frequent if c != "\\ufffd")]\n'
            "number = {character: index for index, character in enumerate(vocabulary)}\n"
            "chunks = (len(text) - 1) // LENGTH\n"
            "numbers = [number.get(c, 0) for c in text[: chunks * LENGTH + 1]]\n"
            'numbers = np.array(numbers, "int32")\n'
            "# Asked is the next character at every place of a chunk\n"
            "X, y = numbers[:-1].reshape(-1, LENGTH), numbers[1:].reshape(-1, LENGTH)"
        )

    def load(self) -> Samples:
        text = self.read()[: self.most]
        chunks = (len(text) - 1) // self.length
        if chunks < _FEWEST_CHUNKS:
            raise UserError(
                f"Expected a text of at least {_FEWEST_CHUNKS * self.length + 1:,} characters, "
                f"{_FEWEST_CHUNKS} chunks",
                received=f"{len(text):,}",
                fix="Take a longer text or shorter chunks",
            )
        vocabulary = vocabulary_of(text)
        numbers = to_numbers(text, vocabulary)[: chunks * self.length + 1]
        shape = (chunks, self.length)
        facts = Facts(
            "characters", (self.length,), "next character", chunks,
            target_name="next character", vocabulary=vocabulary,
        )  # fmt: skip
        return Samples(
            numbers[:-1].reshape(shape), numbers[1:].reshape(shape), known=facts,
            excerpts=tuple(text[i * self.length :][: self.length] for i in range(_KEPT_EXCERPTS)),
        )  # fmt: skip


def vocabulary_of(text: str) -> tuple[str, ...]:
    """The characters of a text, the most frequent first, behind the mark for all others."""
    frequent = (c for c, _ in Counter(text).most_common(_MOST_CHARACTERS) if c != UNKNOWN)
    return (UNKNOWN, *frequent)


def to_numbers(text: str, vocabulary: tuple[str, ...]) -> NDArray[np.int32]:
    """The characters' numbers, 0 for those that have none."""
    number = {character: index for index, character in enumerate(vocabulary)}
    return np.fromiter((number.get(c, 0) for c in text), np.int32, len(text))


def to_text(numbers: NDArray[np.int32], vocabulary: tuple[str, ...]) -> str:
    """The text behind the numbers."""
    return "".join(vocabulary[number] for number in numbers)


def unigram_entropy(numbers: NDArray[np.int32]) -> float:
    """The loss, in nats, of guessing every character by its frequency alone: −Σ p·ln p."""
    counts = np.bincount(numbers.reshape(-1))
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())
