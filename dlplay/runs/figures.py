"""Figures of runs: learning curves, one run or several, and the plane as a network sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.catalogue import Task
from dlplay.figures import (
    LEGEND_BELOW,
    MARGIN,
    TRAIN_COLOUR,
    VALIDATION_COLOUR,
    axis,
    colour,
    heading,
)
from dlplay.runs.plane import Plane, PlanePoints
from dlplay.runs.store import Point

SHARES = ("accuracy", "precision", "recall", "f1")
"""Metrics that are shares of a whole."""

METRICS_OF: dict[Task, tuple[str, ...]] = {
    "classification": SHARES,
    "regression": ("r2", "mae"),
}
"""Metrics of a task beside the loss; a run is judged by the first."""

METRICS = {
    "loss": "Loss", "accuracy": "Accuracy", "precision": "Precision (macro)",
    "recall": "Recall (macro)", "f1": "F1 (macro)", "mae": "Mean absolute error", "r2": "R²",
    "learning_rate": "Learning rate",
}  # fmt: skip
"""Names of metrics as people write them."""


def metric_title(name: str) -> str:
    """A metric's name as people write it; of one nobody foresaw, its own."""
    plain = name.removeprefix("val_")
    return METRICS.get(plain, plain.replace("_", " ").capitalize())


@dataclass(frozen=True, eq=False)
class Curve:
    """A line of a chart.

    Args:
        part: what was measured: ``training`` or ``validation`` data, or training data ``within``
            an epoch.
        x, y: epochs and values.
    """

    part: str
    x: NDArray[np.float32]
    y: NDArray[np.float32]


def curves_info(points: Sequence[Point], metric: str, within: Sequence[Point] = ()) -> list[Curve]:
    """The curves of a metric of a run: on training and on validation data, and on the way where
    epochs are long enough to have one."""
    curves = []
    if len(within) >= len(points):
        curves.append(_curve(within, metric, "within"))
    curves += [_curve(points, metric, "training"), _curve(points, f"val_{metric}", "validation")]
    return [curve for curve in curves if len(curve.x)]


def _curve(points: Sequence[Point], name: str, part: str) -> Curve:
    kept = [point for point in points if name in point.metrics]
    return Curve(
        part,
        np.array([point.epoch for point in kept], np.float32),
        np.array([point.metrics[name] for point in kept], np.float32),
    )


_LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "within": ("Training, within the epoch", {"color": TRAIN_COLOUR, "width": 1, "dash": "dot"}),
    "training": ("Training", {"color": TRAIN_COLOUR, "width": 2}),
    "validation": ("Validation", {"color": VALIDATION_COLOUR, "width": 2}),
}


def plot_curves(curves: Sequence[Curve], metric: str, epochs: int, log: bool = False) -> go.Figure:
    """A metric over the epochs: grey for training data, the accent for validation data."""
    figure = _panel(metric, log)
    for curve in curves:
        name, line = _LINES[curve.part]
        figure.add_scatter(
            x=curve.x, y=curve.y, name=name, line=line, mode=_mode(curve),
            hovertemplate="%{y:.4g}",
        )  # fmt: skip
    return figure.update_xaxes(range=[0, epochs])


def plot_overlay(
    runs: Sequence[tuple[str, Sequence[Point]]], metric: str, log: bool = False
) -> go.Figure:
    """A metric of several runs: a colour each, validation solid, training dotted."""
    figure = _panel(metric, log)
    for index, (name, points) in enumerate(runs):
        for curve in curves_info(points, metric):
            solid = curve.part == "validation"
            line = {"color": colour(index), "width": 2 if solid else 1}
            figure.add_scatter(
                x=curve.x, y=curve.y, name=name, legendgroup=name, mode=_mode(curve),
                showlegend=solid, line=line | {"dash": "solid" if solid else "dot"},
                hovertemplate=f"%{{y:.4g}} {curve.part}",
            )  # fmt: skip
    return figure


def _panel(metric: str, log: bool) -> go.Figure:
    figure = go.Figure()
    figure.update_xaxes(**axis("Epoch"))
    figure.update_yaxes(**axis(type="log" if log else "linear"))
    return figure.update_layout(
        title=heading(metric_title(metric)), margin={**MARGIN, "b": 40}, hovermode="x unified",
        dragmode="zoom", legend=LEGEND_BELOW,
    )  # fmt: skip


def _mode(curve: Curve) -> str:
    """A single point is no line yet."""
    return "lines+markers" if len(curve.x) < 3 else "lines"


def regions_info(plane: Plane) -> NDArray[np.float32]:
    """The probability of each class, ``(classes, rows, columns)``; for regression the values,
    ``(1, rows, columns)``."""
    return np.moveaxis(plane.answer, -1, 0)


def plot_plane(plane: Plane) -> go.Figure:
    """Where the network would say what; paler where it is less sure."""
    figure, samples, regions = go.Figure(), plane.samples, regions_info(plane)
    grid = {
        "x": plane.x, "y": plane.y, "hoverinfo": "skip", "showscale": False,
        "zsmooth": "best",
    }  # fmt: skip
    if samples.class_names:
        for index, region in enumerate(regions):
            tint = colour(index)
            # Below the probability of a blind guess a class leaves no colour.
            figure.add_heatmap(
                z=region, zmin=1 / len(samples.class_names), zmax=1.0,
                colorscale=[[0, f"{tint}00"], [1, f"{tint}80"]], **grid,
            )  # fmt: skip
        for index, name in enumerate(samples.class_names):
            _scatter(figure, samples, samples.targets == index, name, {"color": colour(index)})
    else:
        low, high = float(samples.targets.min()), float(samples.targets.max())
        scale = {"colorscale": "RdBu", "reversescale": True}
        figure.add_heatmap(z=regions[0], zmin=low, zmax=high, opacity=0.55, **scale, **grid)
        everything = np.ones(len(samples.points), bool)
        marker = {"color": samples.targets, "cmin": low, "cmax": high, **scale}
        _scatter(figure, samples, everything, "samples", marker)
    figure.update_layout(
        title=heading(f"What the network says, epoch {plane.epoch}"),
        margin={**MARGIN, "b": 40}, dragmode="pan", legend=LEGEND_BELOW,
    )  # fmt: skip
    figure.update_xaxes(**axis(samples.axes[0], showgrid=False))
    figure.update_yaxes(**axis(samples.axes[1], showgrid=False))
    return figure


def _scatter(
    figure: go.Figure,
    samples: PlanePoints,
    which: NDArray[np.bool_],
    name: str,
    marker: dict[str, Any],
) -> None:
    """Points, filled where the network trains on them, hollow where they are held back."""
    for held_back in (False, True):
        rows = which & (samples.held_back == held_back)
        style = {**marker, "size": 6}
        if isinstance(marker["color"], np.ndarray):
            style["color"] = marker["color"][rows]
        if held_back:
            style |= {"symbol": "circle-open", "line": {"width": 1.5}}
        else:
            style |= {"line": {"width": 0.5, "color": "rgba(255,255,255,0.7)"}}
        figure.add_scatter(
            x=samples.points[rows, 0], y=samples.points[rows, 1], mode="markers", name=name,
            legendgroup=name, showlegend=not held_back, marker=style,
            hovertemplate="%{x:.2f}, %{y:.2f}",
        )  # fmt: skip
