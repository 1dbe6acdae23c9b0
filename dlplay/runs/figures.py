"""Figures of runs: learning curves, one run or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

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
from dlplay.runs.records import Mark, Point

SHARES = ("accuracy", "precision", "recall", "f1")
"""Metrics that are shares of a whole."""

METRICS_OF: dict[Task, tuple[str, ...]] = {
    "classification": SHARES,
    "regression": ("r2", "mae"),
    "next character": ("accuracy", "perplexity"),
    "forecast": ("naive_ratio", "mae", "r2"),
    "generation": ("energy_distance", "spread", "told_apart", "discriminator_loss"),
    "reconstruction": ("mae",),
}
"""Metrics of a task beside the loss; a run is judged by the first."""

METRICS = {
    "loss": "Loss", "accuracy": "Accuracy", "precision": "Precision (macro)",
    "recall": "Recall (macro)", "f1": "F1 (macro)", "mae": "Mean absolute error", "r2": "R²",
    "learning_rate": "Learning rate", "perplexity": "Perplexity", "naive_ratio": "Error ÷ naive",
    "told_apart": "Share told apart", "energy_distance": "Energy distance",
    "spread": "Spread against real samples",
    "discriminator_loss": "Discriminator loss",
}  # fmt: skip
"""Names of metrics as people write them."""


Along = Literal["epoch", "step", "second"]

ALONG: dict[Along, str] = {"epoch": "Epoch", "step": "Step", "second": "Seconds of training"}
"""What curves of several runs can be drawn over."""


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


def plot_curves(
    curves: Sequence[Curve], metric: str, epochs: int, log: bool = False,
    marks: Sequence[Mark] = (),
) -> go.Figure:  # fmt: skip
    """A metric over the epochs: grey for training data, the accent for validation data; a dotted
    line where something was changed on the way."""
    figure = _panel(metric, log)
    for curve in curves:
        name, line = _LINES[curve.part]
        figure.add_scatter(
            x=curve.x, y=curve.y, name=name, line=line, mode=_mode(curve),
            hovertemplate="%{y:.4g}",
        )  # fmt: skip
    for place, mark in enumerate(marks):
        figure.add_vline(
            mark.epoch, line={"color": TRAIN_COLOUR, "width": 1, "dash": "dot"},
            annotation={
                "text": mark.text, "yref": "paper", "y": 1 - 0.07 * (place % 3), "yanchor": "top",
                "xanchor": "left" if mark.epoch < epochs / 2 else "right", "font": {"size": 11},
                "showarrow": False,
            },
        )  # fmt: skip
    return figure.update_xaxes(range=[0, epochs])


def plot_overlay(
    runs: Sequence[tuple[str, Sequence[Point]]], metric: str, log: bool = False,
    along: Along = "epoch", steps: Sequence[int] = (),
) -> go.Figure:  # fmt: skip
    """A metric of several runs: a colour each, validation solid, training dotted.

    Args:
        along: what the curves are drawn over.
        steps: of an epoch, for each run; needed along ``step``.
    """
    figure = _panel(metric, log, ALONG[along])
    for index, (name, points) in enumerate(runs):
        seconds = {point.epoch: point.seconds for point in points}
        for curve in curves_info(points, metric):
            solid = curve.part == "validation"
            x = curve.x
            if along == "step":
                x = x * steps[index]
            elif along == "second":
                x = np.array([seconds[float(epoch)] for epoch in curve.x], np.float32)
            line = {"color": colour(index), "width": 2 if solid else 1}
            figure.add_scatter(
                x=x, y=curve.y, name=name, legendgroup=name, mode=_mode(curve),
                showlegend=solid, line=line | {"dash": "solid" if solid else "dot"},
                hovertemplate=f"%{{y:.4g}} {curve.part}",
            )  # fmt: skip
    return figure


def _panel(metric: str, log: bool, along: str = "Epoch") -> go.Figure:
    figure = go.Figure()
    figure.update_xaxes(**axis(along))
    figure.update_yaxes(**axis(type="log" if log else "linear"))
    return figure.update_layout(
        title=heading(metric_title(metric)), margin={**MARGIN, "b": 40}, hovermode="x unified",
        dragmode="zoom", legend=LEGEND_BELOW,
    )  # fmt: skip


def _mode(curve: Curve) -> str:
    """A single point is no line yet."""
    return "lines+markers" if len(curve.x) < 3 else "lines"
