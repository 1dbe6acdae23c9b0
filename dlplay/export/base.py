"""What a program is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A step of a program.

    Args:
        title: what it is about, in a few words.
        text: what it does and why, in a sentence or two.
        code: what does it; imports and constants in capitals may stand anywhere.
    """

    title: str
    text: str
    code: str
