"""Series drawn over time."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.datasets.series import Series, SeriesDataset
from dlplay.figures import LEGEND_BELOW, MARGIN, PALETTE, axis

_SHADES = {"train": "#9AA3B2", "validation": PALETTE[0], "test": PALETTE[1]}
_NAMES = {"train": "Training", "validation": "Validation", "test": "Test"}
_MOST = 4_000
"""Points of a line; of a longer series every second, third, … is drawn."""


def parts_info(dataset: SeriesDataset, steps: int) -> dict[str, NDArray[np.intp]]:
    """The steps of each part of a series."""
    bounds = [0, *dataset.bounds(steps), steps]
    return {
        part: np.arange(begin, end)
        for part, begin, end in zip(_NAMES, bounds[:-1], bounds[1:], strict=True)
    }


def plot_parts(dataset: SeriesDataset, series: Series) -> go.Figure:
    """The series, its parts in colours of their own."""
    figure = go.Figure()
    stride = -(-len(series.values) // _MOST)
    for part, steps in parts_info(dataset, len(series.values)).items():
        shown = steps[::stride]
        figure.add_scatter(
            x=series.times[shown], y=series.values[shown], mode="lines", name=_NAMES[part],
            line={"color": _SHADES[part], "width": 1},
        )  # fmt: skip
    figure.update_xaxes(**axis())
    figure.update_yaxes(**axis(series.unit[:1].upper() + series.unit[1:]))
    return figure.update_layout(margin=MARGIN, legend=LEGEND_BELOW)
