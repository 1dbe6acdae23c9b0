"""The frame of the lessons' figures: a title, two quiet axes, a legend below."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image

from dlplay.figures import MARGIN, axis

GREY = "#8A93A3"
"""For what is only there for comparison; readable on white and on near-black."""

DIVERGING = "RdBu_r"
"""Blue below zero, red above."""


def frame(
    title: str, x: str = "", y: str = "", *, legend: bool = True, **layout: Any
) -> go.Figure:
    """An empty figure in the house's look."""
    figure = go.Figure()
    figure.update_layout(
        title={"text": title, "x": 0.01, "y": 0.98, "yanchor": "top", "font": {"size": 14}},
        margin={**MARGIN, "b": 40}, showlegend=legend, dragmode=False,
        hoverlabel={"namelength": -1},
        legend={"orientation": "h", "x": 0, "y": -0.18, "yanchor": "top"}, **layout,
    )  # fmt: skip
    figure.update_xaxes(**axis(x, fixedrange=True))
    figure.update_yaxes(**axis(y, fixedrange=True))
    return figure


def bare(title: str = "", **layout: Any) -> go.Figure:
    """A figure without axes, for drawings and pictures."""
    figure = frame(title, legend=False, **layout)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_layout(margin={"l": 4, "r": 4, "t": 30 if title else 4, "b": 4})
    return figure


def data_address(pixels: NDArray[np.uint8]) -> str:
    """A picture as the address of itself; Plotly takes it in place of a link.

    Input shape: ``(height, width, 3)``, or ``4`` with opacity.
    """
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
