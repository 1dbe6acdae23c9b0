"""Texts as rows of word numbers, by Keras' convention: 0 pads, 1 starts, 2 is an unknown word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.datasets.base import Dataset, Facts, Samples
from dlplay.errors import UserError
from dlplay.files import save_arrays

PAD, START, UNKNOWN, FIRST = 0, 1, 2, 4
MARKS = ("<pad>", "<start>", "<unknown>", "<unused>")
"""The first of every vocabulary; Keras leaves number 3 unused."""

_ASIAN = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_ASIAN}]|[^\W_{_ASIAN}]+(?:['’][^\W_{_ASIAN}]+)*")
_TAG = re.compile(r"<[^<>]{1,20}>")
_KEPT_EXCERPTS = 200

Numbers = NDArray[np.int32]


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation; of Chinese and Japanese every character is one."""
    return _WORD.findall(_TAG.sub(" ", text.lower()))


def is_prose(facts: Facts) -> bool:
    """Whether samples are texts whose words were numbered here, so that others can be typed."""
    return facts.kind == "text" and facts.vocabulary[: len(MARKS)] == MARKS


def unread(words: Sequence[str], ranks: Sequence[int]) -> str:
    """The text that these ranks stand for, as far as numbers keep it."""
    return " ".join(words[rank] for rank in ranks)


@dataclass(frozen=True, eq=False)
class Corpus:
    """Texts whose words are numbered by how often they occur, 0 the most frequent.

    Args:
        words: all of them, the most frequent first.
        ranks: of the words of all texts, one text after the other.
        ends: where in ``ranks`` each text ends.
        excerpts: the first texts as they were written.
    """

    words: tuple[str, ...]
    ranks: Numbers
    ends: NDArray[np.int64]
    excerpts: tuple[str, ...] = ()

    @classmethod
    def of(cls, texts: Sequence[str]) -> Corpus:
        """The corpus of some texts; among equally frequent words the earlier one comes first."""
        split = [words_of(text) for text in texts]
        words = tuple(word for word, _ in Counter(chain.from_iterable(split)).most_common())
        rank = {word: index for index, word in enumerate(words)}
        return cls.ranked(words, [[rank[word] for word in text] for text in split], texts)

    @classmethod
    def ranked(
        cls, words: tuple[str, ...], texts: Sequence[Sequence[int]], excerpts: Iterable[str] = ()
    ) -> Corpus:
        """The same of texts that are ranks already."""
        ends = np.cumsum([len(text) for text in texts])
        ranks = np.fromiter(chain.from_iterable(texts), np.int32, int(ends[-1]))
        first = tuple(text for text, _ in zip(excerpts, range(_KEPT_EXCERPTS), strict=False))
        return cls(words, ranks, ends, first)

    def save(self, path: Path, **more: NDArray[Any]) -> None:
        """Keep it, and arrays that belong to it, as one file."""
        text = ["\n".join(self.words), "\0".join(self.excerpts)]
        words, excerpts = (np.frombuffer(part.encode(), np.uint8) for part in text)
        arrays: dict[str, NDArray[Any]] = {
            "words": words, "excerpts": excerpts, "ranks": self.ranks, "ends": self.ends, **more,
        }  # fmt: skip
        save_arrays(path, arrays)

    @classmethod
    def load(cls, path: Path) -> tuple[Corpus, dict[str, NDArray[Any]]]:
        """What `save` kept."""
        with path.open("rb") as file, np.load(file) as kept:
            arrays = dict(kept)
        words, excerpts = (arrays.pop(name).tobytes().decode() for name in ("words", "excerpts"))
        ranks, ends = arrays.pop("ranks"), arrays.pop("ends")
        return cls(tuple(words.split("\n")), ranks, ends, tuple(excerpts.split("\0"))), arrays

    def vocabulary(self, size: int) -> tuple[str, ...]:
        """The marks and the most frequent words, ``size`` together or fewer."""
        return (*MARKS, *self.words[: max(0, size - FIRST)])

    def rows(self, size: int, length: int) -> Numbers:
        """``(texts, length)``: the start mark and a text's words, of which the last count where
        there are too many; padding in front where there are too few."""
        numbers = self.ranks + FIRST
        numbers[numbers >= size] = UNKNOWN
        rows = np.zeros((len(self.ends), length), np.int32)
        begin = 0
        for row, end in zip(rows, self.ends, strict=True):
            kept = min(length, int(end) - begin)
            if kept:
                row[-kept:] = numbers[end - kept : end]
            if kept < length:
                row[-kept - 1] = START
            begin = int(end)
        return rows


_CODE = r"""
import re
from collections import Counter
import numpy as np
ASIAN = "\u3040-\u30ff\u3400-\u9fff"  # every character a word
WORD = re.compile(rf"[{ASIAN}]|[^\W_{ASIAN}]+(?:['’][^\W_{ASIAN}]+)*")
TAG = re.compile(r"<[^<>]{1,20}>")


def words_of(text):
    '''Lower-case words without punctuation.'''
    return WORD.findall(TAG.sub(" ", text.lower()))


texts = [words_of(text) for text in texts]
counted = Counter(word for text in texts for word in text)
vocabulary = ["<pad>", "<start>", "<unknown>", "<unused>"]
vocabulary += [word for word, _ in counted.most_common(WORDS - 4)]
number = {word: index for index, word in enumerate(vocabulary)}
# The last words of a text, padded in front; 1 starts it, 2 is a word of no number
X = np.zeros((len(texts), LENGTH), "int32")
for row, text in zip(X, texts):
    numbers = [1, *(number.get(word, 2) for word in text)][-LENGTH:]
    row[-len(numbers) :] = numbers
"""


class Tokenised(Dataset):
    """A dataset of texts: how many words are known, how many are read."""

    words: int = Field(
        default=10_000,
        ge=10,
        le=1_000_000,
        title="Vocabulary",
        description="How many numbers there are for words: the most frequent words have one each, "
        "all others share the number 2. Counted over all texts, labels unseen.",
    )
    length: int = Field(
        default=100,
        ge=2,
        le=1_000,
        title="Length",
        description="Words of a text that are read: its last ones. Shorter texts are padded in "
        "front, so that a network meets the last word last.",
        json_schema_extra={"unit": "words"},
    )

    def numbering_code(self) -> str:
        """Plain Python from a list ``texts`` to ``X`` and ``vocabulary``."""
        return f"WORDS = {self.words}\nLENGTH = {self.length}\n{_CODE.strip()}"

    def tokenise(
        self,
        corpus: Corpus,
        targets: Numbers,
        class_names: tuple[str, ...],
        official_test: int = 0,
        target_name: str = "class",
    ) -> Samples:
        """The samples of a corpus whose texts have these classes."""
        rows, vocabulary = corpus.rows(self.words, self.length), corpus.vocabulary(self.words)
        facts = text_facts(vocabulary, self.length, len(rows), class_names, target_name)
        return Samples(
            rows, targets, class_names, target_name=target_name, official_test=official_test,
            known=facts, excerpts=corpus.excerpts,
        )  # fmt: skip


def text_facts(
    vocabulary: tuple[str, ...],
    length: int,
    samples: int,
    class_names: tuple[str, ...],
    target_name: str = "class",
) -> Facts:
    """The facts of texts that belong to classes."""
    return Facts(
        "text", (length,), "classification", samples, class_names,
        target_name=target_name, vocabulary=vocabulary,
    )  # fmt: skip


def encode(text: str, facts: Facts) -> tuple[Numbers, list[str]]:
    """A typed text as a network takes it, ``(1, length)``, and its words, of which the last
    ``length`` are read.

    Raises:
        UserError: there is no word in it, or none that is known.
    """
    words = words_of(text)
    length = facts.input_shape[0]
    if not words:
        raise UserError("Expected at least one word", received="none", fix="Type a sentence")
    read = words[-length:]
    number = {word: index for index, word in enumerate(facts.vocabulary)}
    numbers = [number.get(word, UNKNOWN) for word in read]
    if all(n == UNKNOWN for n in numbers):
        shown = ", ".join(read[:3]) + (" …" if len(read) > 3 else "")
        raise UserError(
            "Expected at least one word that occurs among those the network has learnt from",
            received=shown,
            fix="Use more common words, or the language of the training texts",
        )
    if len(read) < length:
        numbers = [START, *numbers]
    row = np.zeros((1, length), np.int32)
    row[0, -len(numbers) :] = numbers
    return row, words
