"""The curve that is fitted, its errors against the strength, its weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.figures import colour
from dlplay.lessons.drawing import GREY, frame
from dlplay.lessons.regularisation import (
    REMEDIES,
    errors,
    features,
    fit,
    make_data,
    truth,
    uncertainty,
)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FitInfo:
    """One fit, and the errors of all strengths.

    Args:
        x, y: the training points.
        at, curve: the fitted curve.
        band: posterior standard deviation of the curve; None but under the prior.
        weights: without the bias.
        strengths, train, test: errors against the strength, weak to strong.
        now: number of the chosen strength.
    """

    remedy: str
    x: Array
    y: Array
    at: Array
    curve: Array
    band: Array | None
    weights: Array
    strengths: tuple[float, ...]
    train: Array
    test: Array
    now: int


def fit_info(remedy: str, strength: float, count: int, noise: float, seed: int) -> FitInfo:
    """Fit the points with every strength; test on 400 fresh points of the same noise."""
    x, y = make_data(count, noise, seed)
    strengths = REMEDIES[remedy].values
    weights = fit(remedy, strengths, x, y, noise)
    now, at = strengths.index(strength), np.linspace(0, 1, 300)
    band = uncertainty(x, at, strength, noise) if remedy == "prior" else None
    return FitInfo(
        remedy, x, y, at, features(at) @ weights[now], band, weights[now, 1:], strengths,
        errors(weights, x, y), errors(weights, *make_data(400, noise, seed + 1_000)), now,
    )  # fmt: skip


def plot_fit(info: FitInfo) -> go.Figure:
    """Points, the curve behind them, the fitted curve and what the posterior leaves open."""
    figure = frame("The fit", "x", "y")
    if info.band is not None:
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        figure.add_scatter(x=info.at, y=info.curve - 2 * info.band, showlegend=False, **edge)
        figure.add_scatter(
            x=info.at, y=info.curve + 2 * info.band, fill="tonexty", name="± 2 deviations",
            fillcolor=f"{colour(0)}33", **edge,
        )  # fmt: skip
    line = {"color": GREY, "dash": "dot", "width": 2}
    figure.add_scatter(x=info.at, y=truth(info.at), mode="lines", name="Truth", line=line)
    line = {"color": colour(0), "width": 3}
    figure.add_scatter(x=info.at, y=info.curve, mode="lines", name="Fit", line=line)
    marker = {"color": colour(1), "size": 8}
    figure.add_scatter(x=info.x, y=info.y, mode="markers", name="Training points", marker=marker)
    figure.update_yaxes(range=[-2.6, 2.6])
    return figure


def plot_errors(info: FitInfo) -> go.Figure:
    """Training and test error from weak to strong."""
    figure = frame("Error, from weak to strong", REMEDIES[info.remedy].strength)
    places = np.arange(len(info.strengths))
    for index, (name, values) in enumerate((("Training", info.train), ("Test", info.test))):
        tint = GREY if index == 0 else colour(0)
        figure.add_scatter(
            x=places, y=values, mode="lines", name=name, line={"color": tint, "width": 3},
            hovertemplate="%{y:.3f}",
        )  # fmt: skip
        marker = {"color": tint, "size": 12, "line": {"color": "white", "width": 2}}
        figure.add_scatter(
            x=[info.now], y=[values[info.now]], mode="markers", marker=marker, showlegend=False,
            hovertemplate="%{y:.3f}", name=name,
        )  # fmt: skip
    shown = places[:: max(1, len(places) // 6)]
    labels = [f"{info.strengths[i]:.0e}".replace("e-0", "e-").replace("e+0", "e") for i in shown]
    figure.update_xaxes(tickvals=shown, ticktext=labels)
    figure.update_yaxes(range=[0, max(1.2, 1.1 * info.train.max())])
    return figure


def plot_weights(info: FitInfo) -> go.Figure:
    """How large the weights are."""
    largest = float(np.abs(info.weights).max())
    none = int((np.abs(info.weights) < 1e-6).sum())
    figure = frame(
        f"Weights: largest {largest:.3g}, exactly zero {none}", "Weight", "Count", legend=False,
        bargap=0.05,
    )  # fmt: skip
    counts, edges = np.histogram(info.weights, 25, (-max(largest, 1e-3), max(largest, 1e-3)))
    figure.add_bar(x=(edges[1:] + edges[:-1]) / 2, y=counts, marker_color=colour(0))
    return figure
