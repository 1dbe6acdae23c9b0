"""The text of a CSV file, however people write one."""

from __future__ import annotations

import csv

from dlplay.errors import UserError


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
    """Comma, semicolon, tab or bar; a comma if that cannot be told."""
    try:
        return csv.Sniffer().sniff(text[:65_536], ",;\t|").delimiter
    except csv.Error:
        return ","
