"""Texts as people read them, with what a network does not see of them marked."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from dlplay.datasets.base import Facts, Samples
from dlplay.datasets.words import words_of

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!~$:<>|])")
_LONGEST = 150
"""Words of a passage that are shown."""


@dataclass(frozen=True)
class Passage:
    """A text to be shown.

    Args:
        title: its class; empty where there is none.
        text: Markdown.
    """

    title: str
    text: str


def passages(samples: Samples, count: int = 4) -> list[Passage]:
    """The first texts of some samples."""
    facts = samples.facts()
    if facts.kind == "characters":
        return [Passage("", escaped(text)) for text in samples.excerpts[:count]]
    known = frozenset(facts.vocabulary)
    length = facts.input_shape[0]
    return [
        Passage(facts.class_names[target], marked(words_of(text)[-length:], known))
        for text, target in zip(samples.excerpts[:count], samples.targets, strict=False)
    ]


def marked(words: list[str], known: Collection[str]) -> str:
    """Words as Markdown, those that are not among the ``known`` on an orange ground."""
    shown = [
        escaped(word) if word in known else f":orange-background[{escaped(word)}]"
        for word in words[-_LONGEST:]
    ]
    return ("… " if len(words) > _LONGEST else "") + " ".join(shown)


def escaped(text: str) -> str:
    """Text whose characters mean themselves in Markdown; lines stay lines."""
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "  \n")


def reading_note(facts: Facts) -> str:
    """What a network reads of such texts."""
    length, known = facts.input_shape[0], len(facts.vocabulary)
    if facts.kind == "characters":
        return (
            f"Chunks of {length:,} characters, {known:,} different ones. Asked is the next "
            "character at every place."
        )
    return (
        f"The last {length:,} words of each text. A vocabulary of {known:,} numbers; words on an "
        "orange ground have none of their own and are all the same to the network."
    )
