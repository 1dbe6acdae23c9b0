"""ListOps' language: reading, writing and working out expressions such as ``[MAX 2 [MIN 4 7 ] ]``.

N. Nangia, S. R. Bowman (2018), ListOps, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from statistics import median

from dlplay.datasets.trees import CLOSE, Tree
from dlplay.errors import UserError

OPERATORS: dict[str, Callable[[Sequence[int]], int]] = {
    "[MIN": min,
    "[MAX": max,
    "[MED": lambda members: int(median(members)),
    "[SM": lambda members: sum(members) % 10,
}
"""What each opening bracket asks for; a median between two digits is rounded down."""

_ALIASES = {"[SUM_MOD": "[SM", "[SUMMOD": "[SM"}
_WORD = re.compile(r"\[\s*[A-Za-z_]*|\]|[^\s\[\]]+")
_MOST_DEEP = 50


def parse(text: str, arguments: int) -> Tree:
    """The expression in ``text``; small letters and any spacing will do.

    Args:
        arguments: the most members a list may have.

    Raises:
        UserError: there is a mistake in it; says at which character.
    """
    return _Reader(text, arguments).read()


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str, arguments: int) -> None:
        self.text, self.arguments = text, arguments
        self.words = [(m.start(), m.group()) for m in _WORD.finditer(text)]
        self.next = 0

    def read(self) -> Tree:
        """The whole text as one expression."""
        if not self.words:
            raise UserError("Expected an expression, such as [MAX 2 9 [MIN 4 7 ] 0 ]")
        tree = self._item(0)
        if self.next < len(self.words):
            self._fail(self.words[self.next][0], "Expected the end of the expression")
        return tree

    def _item(self, depth: int) -> Tree:
        """A digit or a list."""
        start, word = self._take()
        if re.fullmatch("[0-9]", word):
            return Tree(word, int(word))
        if not word.startswith("["):
            self._fail(start, "Expected a digit from 0 to 9 or an opening bracket")
        name = re.sub(r"\s", "", word).upper()
        name = _ALIASES.get(name, name)
        if name not in OPERATORS:
            self._fail(start, f"Expected {', '.join(OPERATORS)} after the bracket")
        if depth == _MOST_DEEP:
            self._fail(start, f"Expected at most {_MOST_DEEP} lists inside each other")
        return self._list(start, name, depth)

    def _list(self, start: int, name: str, depth: int) -> Tree:
        """The members of a list that was opened at ``start``, and its end."""
        members: list[Tree] = []
        while self._peek(start) != CLOSE:
            if len(members) == self.arguments:
                at = self.words[self.next][0]
                self._fail(
                    at, f"Expected ], since a list has at most {self.arguments} members here"
                )
            members.append(self._item(depth + 1))
        at, _ = self._take()
        if not members:
            self._fail(at, "Expected a digit or a list before ]")
        return Tree(name, OPERATORS[name]([m.value for m in members]), tuple(members))

    def _peek(self, opened: int) -> str:
        if self.next == len(self.words):
            self._fail(opened, "Expected a ] for the bracket opened")
        return self.words[self.next][1]

    def _take(self) -> tuple[int, str]:
        word = self.words[self.next]
        self.next += 1
        return word

    def _fail(self, position: int, expected: str) -> None:
        """Point at the character: its number, and the text up to and from there."""
        start = max(0, position - 24)
        before = ("…" if start else "") + self.text[start:position]
        after = self.text[position : position + 12]
        raise UserError(
            f"{expected} at character {position + 1}", received=f"{before}➤{after}".strip()
        )
