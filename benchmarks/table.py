"""The table that a run of the benchmarks prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_HEADER = ("what", "ours", "other side", "ratio", "target", "met")


@dataclass(frozen=True)
class Row:
    """A line of the table, already in words.

    Args:
        what: what was measured.
        ours: this project's figure, with its unit.
        other: the other side's name and figure; empty where there is none.
        ratio: how many times better ours is; None where there is no other side.
        target: the figure asked for; empty where none is.
        met: whether it was reached; None where there is none or nothing could be measured.
    """

    what: str
    ours: str
    other: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The texts of the columns."""
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}×"
        met = {None: "–", True: "yes", False: "NO"}[self.met]
        return self.what, self.ours, self.other or "–", ratio, self.target or "–", met


def times_faster(
    what: str, ours: str, other: str, ratio: float, at_least: float | None = None
) -> Row:
    """A row about a ratio, judged by ``at_least``."""
    if at_least is None:
        return Row(what, ours, other, ratio)
    return Row(what, ours, other, ratio, f"≥ {at_least:g}×", ratio >= at_least)


def below(what: str, value: float, limit: float, unit: str, digits: int = 2) -> Row:
    """A row about a figure without another side, judged by ``limit``."""
    ours = f"{value:,.{digits}f} {unit}"
    return Row(what, ours, target=f"< {limit:g} {unit}", met=value < limit)


def render(rows: Sequence[Row]) -> str:
    """Rows under their header, columns aligned."""
    lines = [_HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADER))]
    rule = tuple("─" * width for width in widths)
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (lines[0], rule, *lines[1:])
    )
