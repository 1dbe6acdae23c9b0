"""Lines of written code that are short enough to read."""

from __future__ import annotations

import io
import textwrap
import tokenize
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

_LONGEST = 88
_BEFORE = ("for", "if", "and", "+", "-", "*", "/")


def wrapped(code: str) -> str:
    """Code whose long lines go on in another where brackets or a docstring allow it."""
    inside, numbered = _inside_strings(code), enumerate(code.splitlines(), 1)
    lines: list[str] = []
    for is_text, group in groupby(numbered, key=lambda pair: pair[0] in inside):
        block = [line for _, line in group]
        lines += _text(block) if is_text else (part for line in block for part in _statement(line))
    return "\n".join(lines)


def _inside_strings(code: str) -> set[int]:
    """Numbers of the lines that belong to docstrings."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    strings = [token for token in tokens if token.string.startswith('"""')]
    return {number for t in strings for number in range(t.start[0], t.end[0] + 1)}


def _text(lines: Sequence[str]) -> Iterator[str]:
    """A docstring's lines; what one has too much goes to the front of the next."""
    rest = ""
    for line, after in pairwise([*lines, ""]):
        indent = _indent(line)
        first, *others = textwrap.wrap(
            f"{indent}{rest}{line.strip()}", _LONGEST, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        ) or [""]  # fmt: skip
        yield first
        joins = bool(others) and bool(after.strip()) and _indent(after) == indent
        yield from others[:-1] if joins else others
        rest = f"{others[-1].strip()} " if joins else ""


def _statement(line: str) -> Iterator[str]:
    """A statement on one line, or on several."""
    indent = _indent(line) + " " * 4
    while len(line) > _LONGEST:
        places = [(depth, place) for depth, place in _places(line) if place > len(indent)]
        fitting = [(-depth, place) for depth, place in places if place <= _LONGEST]
        if not fitting:
            break
        _, cut = max([pair for pair in fitting if pair[1] > _LONGEST // 2] or fitting)
        yield line[:cut].rstrip()
        line = indent + line[cut:].lstrip()
    yield line


def _places(line: str) -> Iterator[tuple[int, int]]:
    """How deep in brackets, and where, a statement may go on in another line: after a comma or an
    opening bracket, or before an operator."""
    start, depth = len(_indent(line)), 0
    for before, token in pairwise(_tokens(line.strip())):
        if before.type == tokenize.OP:
            depth += (before.string in "([{") - (before.string in ")]}")
        opens = before.string in "([{" and token.string not in ")]}"
        if depth and (before.string == "," or token.string in _BEFORE):
            yield depth, start + token.start[1]
        elif opens:
            yield depth + 10, start + token.start[1]  # only where nothing else will do


def _tokens(line: str) -> Iterator[tokenize.TokenInfo]:
    """As far as they go: a line may be the end of a statement, or its beginning."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(line).readline)
    except tokenize.TokenError:
        return


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
