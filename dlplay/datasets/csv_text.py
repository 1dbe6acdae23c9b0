"""The text of a CSV file, however people write one."""

from __future__ import annotations

import csv
import re

from dlplay.errors import UserError

_SEPARATORS = ",;\t|"


def decoded(content: bytes) -> str:
    """The text, without the mark some programs put before it.

    Raises:
        UserError: it is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            "Expected a CSV file in UTF-8",
            received=f"a byte that is not, at position {error.start:,}",
            fix="Save it as “CSV UTF-8” and upload it again",
        ) from error


def separator_of(text: str) -> str:
    """Comma, semicolon, tab or bar: the only one of them in the header, or what the rows suggest;
    a comma if that cannot be told."""
    header = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]
    candidates = [mark for mark in _SEPARATORS if mark in header]
    if len(candidates) == 1:
        return candidates[0]
    try:
        return csv.Sniffer().sniff(text[:65_536], _SEPARATORS).delimiter
    except csv.Error:
        return ","


def decimal_mark_of(text: str, separator: str) -> str:
    """A comma where cells are separated otherwise and no number has a point, as in much of
    Europe."""
    has_commas, has_points = (re.search(rf"\d{mark}\d", text) for mark in (",", r"\."))
    return "," if separator != "," and has_commas and not has_points else "."
