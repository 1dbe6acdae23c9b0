"""What was found in a user's own data: shown before anything is trained on them."""

from __future__ import annotations

from dlplay.catalogue import Choice


class Remark(Choice):
    """Something worth a look.

    Args:
        sentence: what it is.
        names: the files it is about.
    """

    sentence: str
    names: tuple[str, ...] = ()


class Report(Choice):
    """A table, and remarks on what was left out.

    Args:
        table: rows by the titles of their columns.
    """

    table: tuple[dict[str, str | int], ...]
    remarks: tuple[Remark, ...] = ()
