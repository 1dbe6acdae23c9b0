"""Activation functions: curve, derivative, and a signal on its way through many layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.figures import colour
from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import GREY, frame
from dlplay.lessons.functions import ACTIVATIONS, Array
from dlplay.lessons.initialisers import INITIALISERS

LESSON = Lesson(
    name="activations",
    title="Activation functions",
    icon="line_curve",
    idea="Between two layers stands a curve; without it, any number of layers is only one.",
    notice="Where a curve is flat its derivative is near zero, and no gradient gets through. Send "
    "a signal through thirty layers: sigmoid lets the gradient die, ReLU with He initialisation "
    "keeps it alive.",
    source="X. Glorot, Y. Bengio (2010), AISTATS; K. He et al. (2015), arXiv:1502.01852; "
    "D. Hendrycks, K. Gimpel (2016), arXiv:1606.08415; articles 2 and 4.",
    preset="sigmoid-too-deep",
    trial="Train eight sigmoid layers, then change the activation.",
)

SATURATED = 0.05
"""A slope below this lets next to nothing through."""


@dataclass(frozen=True, eq=False)
class CurveInfo:
    """One function over the range, and at the chosen input.

    Args:
        slopes: of the function at every input.
        saturated: where hardly any gradient gets through.
        at: the chosen input; ``here`` and ``slope`` are its value and derivative.
    """

    name: str
    inputs: Array
    values: Array
    slopes: Array
    saturated: NDArray[np.bool_]
    at: float
    here: float
    slope: float


def curve_info(
    name: str, at: float, parameter: float | None = None, reach: float = 6
) -> CurveInfo:
    """A function from ``-reach`` to ``reach``; ``parameter`` None is its usual one."""
    function = ACTIVATIONS[name]
    p = function.usual if parameter is None else parameter
    x = np.linspace(-reach, reach, 241)
    point = np.array(at, float)
    slopes = function.slope(x, p)
    return CurveInfo(
        name, x, function.value(x, p), slopes, np.abs(slopes) < SATURATED, at,
        float(function.value(point, p)), float(function.slope(point, p)),
    )  # fmt: skip


def plot_values(curves: Sequence[CurveInfo]) -> go.Figure:
    """The curves with their tangents at the chosen input; thin where saturated."""
    figure = frame("Value, with its tangent at your input", "Input x", "f(x)")
    for info in curves:
        tint = colour(list(ACTIVATIONS).index(info.name))
        title = ACTIVATIONS[info.name].title
        _curve(figure, info, info.values, title, tint)
        reach = np.array([-2.0, 2.0])
        figure.add_scatter(
            x=info.at + reach, y=info.here + info.slope * reach, mode="lines",
            line={"color": tint, "width": 1.5, "dash": "dot"}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        _mark(figure, info, info.here, title, tint)
    figure.update_yaxes(range=[-1.6, 3.6])
    return figure


def plot_slopes(curves: Sequence[CurveInfo]) -> go.Figure:
    """The derivatives: the share of the gradient that gets through."""
    figure = frame("Derivative: the gradient let through", "Input x", "f′(x)")
    for info in curves:
        tint = colour(list(ACTIVATIONS).index(info.name))
        title = ACTIVATIONS[info.name].title
        _curve(figure, info, info.slopes, title, tint)
        _mark(figure, info, info.slope, title, tint)
    figure.add_hrect(y0=-SATURATED, y1=SATURATED, fillcolor=GREY, opacity=0.18, line_width=0)
    figure.add_annotation(
        x=-6, y=-SATURATED, text="saturated", showarrow=False, xanchor="left", yanchor="top"
    )
    figure.update_yaxes(range=[-0.3, 1.3])
    return figure


def _curve(figure: go.Figure, info: CurveInfo, values: Array, title: str, tint: str) -> None:
    """A line, thin where the function is saturated."""
    strong = np.where(info.saturated, np.nan, values)
    options = {
        "x": info.inputs,
        "mode": "lines",
        "hovertemplate": "%{y:.3f}",
        "legendgroup": title,
    }
    figure.add_scatter(y=values, line={"color": tint, "width": 1}, showlegend=False, **options)
    figure.add_scatter(
        y=strong, name=title, line={"color": tint, "width": 3}, showlegend=True, **options
    )


def _mark(figure: go.Figure, info: CurveInfo, y: float, title: str, tint: str) -> None:
    figure.add_scatter(
        x=[info.at], y=[y], mode="markers", showlegend=False, legendgroup=title, name=title,
        marker={"color": tint, "size": 11, "line": {"color": "white", "width": 2}},
        hovertemplate="%{y:.4f}",
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Passage:
    """A signal's way forward and a gradient's way back.

    Args:
        means, variances: of what each layer puts out, the input first.
        gradients: norm of the gradient at what each layer puts out, over that at the last.
    """

    name: str
    means: Array
    variances: Array
    gradients: Array


def passage(
    name: str, initialiser: str, layers: int, *, units: int = 100, batch: int = 200, seed: int = 0,
) -> Passage:  # fmt: skip
    """Standard normal inputs through dense layers, and a random gradient back through them."""
    function, rng = ACTIVATIONS[name], np.random.default_rng(seed)
    signal = rng.standard_normal((batch, units))
    signals, slopes, weights = [signal], [], []
    for _ in range(layers):
        weight = INITIALISERS[initialiser].draw(rng, units, units)
        before = signal @ weight
        signal = function.value(before, function.usual)
        weights.append(weight)
        slopes.append(function.slope(before, function.usual))
        signals.append(signal)
    gradient = rng.standard_normal((batch, units))
    norms = [float(np.linalg.norm(gradient))]
    for weight, slope in zip(reversed(weights), reversed(slopes), strict=True):
        gradient = (gradient * slope) @ weight.T
        norms.append(float(np.linalg.norm(gradient)))
    return Passage(
        name, np.array([s.mean() for s in signals]), np.array([s.var() for s in signals]),
        np.array(norms[::-1]) / norms[0],
    )  # fmt: skip


def plot_passage(passages: Sequence[Passage], what: str) -> go.Figure:
    """One of ``variances``, ``gradients`` or ``means`` at every layer."""
    titles = {
        "variances": "Forward: variance of the signal", "means": "Forward: mean of the signal",
        "gradients": "Back: gradient, over that at the end",
    }  # fmt: skip
    figure = frame(titles[what], "Layer")
    for info in passages:
        values = getattr(info, what)
        shown = values if what == "means" else np.maximum(values, 1e-30)
        figure.add_scatter(
            y=shown, mode="lines+markers", name=ACTIVATIONS[info.name].title,
            line={"color": colour(list(ACTIVATIONS).index(info.name)), "width": 2},
            marker={"size": 4}, hovertemplate="%{y:.3g}",
        )  # fmt: skip
    if what != "means":
        figure.update_yaxes(type="log", tickformat=".2~g", nticks=7)
    return figure
