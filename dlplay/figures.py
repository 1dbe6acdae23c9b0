"""What all figures share: the colours of classes, and the margins."""

from __future__ import annotations

from typing import Any

PALETTE = (
    "#5B5BD6", "#E5734A", "#2A9D8F", "#C2477F", "#8A9A2B",
    "#3B82C4", "#B07D2B", "#7C5CBF", "#4C8C4A", "#A0525A",
)  # fmt: skip
"""Colours of classes and runs; readable on white and on near-black."""

TRAIN_COLOUR, VALIDATION_COLOUR = "#9AA3B2", PALETTE[0]

MARGIN = {"l": 8, "r": 8, "t": 36, "b": 8}

LEGEND_BELOW = {"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top"}


def heading(text: str) -> dict[str, Any]:
    """A figure's title, small, above its left edge."""
    return {"text": text, "x": 0, "xref": "paper", "font": {"size": 14}}


def colour(index: int) -> str:
    """The colour of class or run number ``index``."""
    return PALETTE[index % len(PALETTE)]


def axis(title: str = "", **options: Any) -> dict[str, Any]:
    """A quiet axis: a thin grid, no zero line, room for its labels."""
    return {
        "title": {"text": title, "standoff": 6}, "zeroline": False, "automargin": True,
        "gridwidth": 1, "ticks": "", **options,
    }  # fmt: skip
