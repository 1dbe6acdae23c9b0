"""Sheets of small pictures, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.express as px
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.figures import heading

Pixels = NDArray[np.uint8]

_GROUND = 128
"""Grey between pictures: seen on white and on black, and not taken for a part of either."""


def as_pixels(values: NDArray[Any]) -> Pixels:
    """Numbers from 0 to 255 as pixels; what lies outside is cut off."""
    pixels: Pixels = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return pixels


def stretched(values: NDArray[Any]) -> Pixels:
    """Numbers as pixels, the smallest black and the largest white; all grey if they are equal."""
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.full(values.shape, _GROUND, np.uint8)
    return as_pixels((values - low) * (255 / (high - low)))


def sheet(images: Pixels, columns: int, gap: int = 1) -> Pixels:
    """Images ``(count, height, width, channels)`` in rows of ``columns``, a gap between them."""
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    shape = (rows * (height + gap) + gap, columns * (width + gap) + gap, channels)
    pixels = np.full(shape, _GROUND, np.uint8)
    for index, image in enumerate(images):
        top = (index // columns) * (height + gap) + gap
        left = (index % columns) * (width + gap) + gap
        pixels[top : top + height, left : left + width] = image
    return pixels


def plot_pictures(
    pixels: Pixels, title: str = "", labels: Sequence[str] = (), zoom: int = 3
) -> go.Figure:
    """A sheet as large as there is room, every pixel sharp.

    Args:
        labels: of rows, from top to bottom.
    """
    grey = pixels.shape[-1] == 1
    large = pixels.repeat(zoom, axis=0).repeat(zoom, axis=1)
    figure = px.imshow(large[..., 0] if grey else large, binary_string=True)
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    figure.update_xaxes(visible=False, fixedrange=True)
    step = large.shape[0] / max(1, len(labels))
    figure.update_yaxes(
        visible=bool(labels), fixedrange=True, showgrid=False, ticks="", automargin=True,
        tickvals=[(index + 0.5) * step for index in range(len(labels))], ticktext=list(labels),
    )  # fmt: skip
    top = 36 if title else 4
    return figure.update_layout(
        title=heading(title), margin={"l": 4, "r": 4, "t": top, "b": 4}, dragmode=False
    )
