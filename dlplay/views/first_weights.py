"""What the first layer looks for in an image."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.figures import heading
from dlplay.files import Arrays
from dlplay.views.base import Moment, Panel, Subject, View

_MOST = 64


class FirstWeights(View):
    """The weights of the first layer as pictures: kernels, or a template a unit."""

    card: ClassVar[Card] = Card(
        "First weights",
        "The weights of the first layer, drawn as the pictures they answer to.",
        "A. Krizhevsky, I. Sutskever, G. Hinton (2012), NeurIPS, figure 3",
    )
    moment: ClassVar[Moment] = "epochs"
    beside: ClassVar[bool] = False
    name: Literal["first-weights"] = "first-weights"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return facts.kind == "image"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        shape = subject.split.facts.input_shape

        def look() -> Arrays:
            for layer in subject.model.layers:
                kernel = getattr(layer, "kernel", None)
                if kernel is not None:
                    return {"filters": as_pictures(np.asarray(kernel), shape)}
            return {"filters": np.zeros((0, 1, 1, 1), np.float32)}

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        filters = arrays["filters"]
        if not len(filters):
            return [Panel(text="The first layer's weights are no pictures in this network.")]
        figure = plot_filters(filters)
        figure.update_layout(title=heading(f"First layer, epoch {epoch}"))
        return [Panel(figure, "The weights of the first layer, a tile a unit", height=420)]


def as_pictures(kernel: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A kernel ``(height, width, channels, units)``, or ``(pixels, units)`` over the whole image,
    as ``(units, height, width, channels)``; none if it is of another kind."""
    if kernel.ndim == 2 and len(kernel) == math.prod(shape):
        kernel = kernel.reshape(*shape, -1)
    if kernel.ndim != 4:
        return np.zeros((0, 1, 1, 1), np.float32)
    return np.moveaxis(kernel, -1, 0)[:_MOST]


def sheet(filters: NDArray[np.float32]) -> NDArray[np.float32]:
    """Filters in a grid, NaN between; colours ``(height, width, 3)`` from 0 to 1, or, of other
    channels, their mean weight ``(height, width)``."""
    count, height, width, channels = filters.shape
    if channels != 3:
        filters = filters.mean(axis=-1, keepdims=True)
    across = math.ceil(math.sqrt(2 * count))
    down = math.ceil(count / across)
    grid = np.full(
        (down * (height + 1) - 1, across * (width + 1) - 1, filters.shape[-1]), np.nan, np.float32
    )
    for index, picture in enumerate(filters):
        top, left = (height + 1) * (index // across), (width + 1) * (index % across)
        grid[top : top + height, left : left + width] = picture
    if channels != 3:
        return grid[..., 0]
    reach = max(float(np.nanmax(np.abs(grid))), 1e-12)
    return np.asarray(grid / (2 * reach) + 0.5, np.float32)


def plot_filters(filters: NDArray[np.float32]) -> go.Figure:
    """Blue weights are negative, red ones positive; of colour images the colours themselves."""
    grid, figure = sheet(filters), go.Figure()
    if grid.ndim == 3:
        opacity = np.where(np.isnan(grid[..., :1]), 0, 255)
        pixels = np.nan_to_num(grid) * 255
        figure.add_image(
            z=np.concatenate([pixels, opacity], axis=-1).astype(np.uint8),
            colormodel="rgba",
            hoverinfo="skip",
        )
    else:
        reach = float(np.nanmax(np.abs(grid)))
        figure.add_heatmap(
            z=grid, zmin=-reach, zmax=reach, colorscale="RdBu", reversescale=True,
            hoverongaps=False, hovertemplate="%{z:.3g}<extra></extra>",
            colorbar={"thickness": 10, "outlinewidth": 0},
        )  # fmt: skip
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain")
    return figure.update_layout(margin={"l": 0, "r": 0, "t": 36, "b": 0}, dragmode=False)
