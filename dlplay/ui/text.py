"""Numbers as people read them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from dlplay.runs.figures import SHARES

BadgeColour = Literal["blue", "gray", "green", "orange", "red", "violet"]
"""Colours of a badge that are used here."""


def duration(seconds: float | None) -> str:
    """“0.8 s”, “42 s”, “3 min 5 s”, “2 h 10 min”; a dash for what is not known."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def about(seconds: float) -> str:
    """A rough expectation: “≈ 20 s”, “≈ 3 min”."""
    if seconds < 1.5:
        return "≈ 1 s"
    if seconds < 10:
        return f"≈ {seconds:.0f} s"
    if seconds < 90:
        return f"≈ {round(seconds, -1):.0f} s"
    return f"≈ {duration(round(seconds / 60) * 60)}"


def score(value: float | None) -> str:
    """Four digits that count; a dash for what is not known."""
    return "–" if value is None else f"{value:.4g}"


def metric_value(name: str, value: float | None) -> str:
    """A metric as people read it: “93.3 %” for shares, four digits for the rest."""
    if value is not None and name.removeprefix("val_") in SHARES:
        return f"{100 * value:.1f} %"
    return score(value)


def clock(timestamp: float | None) -> str:
    """“21 Nov, 09:30”."""
    if timestamp is None:
        return "–"
    return datetime.fromtimestamp(timestamp).strftime("%d %b, %H:%M").lstrip("0")
