"""Loss functions: what a prediction costs, and how hard the cost pulls at it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import scipy
from numpy.typing import NDArray

from dlplay.figures import colour
from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import GREY, frame

LESSON = Lesson(
    name="losses",
    title="Loss functions",
    icon="trending_down",
    idea="The loss is the price of a prediction, and its slope is how hard the network is pulled.",
    notice="Push the logit far to the wrong side: cross-entropy grows without end and pulls with "
    "full force. The squared error levels off, and where it is flat a network that is sure and "
    "wrong learns nothing.",
    source="C. Bishop (2006), Pattern Recognition and Machine Learning, 4.3; "
    "S. Kullback, R. Leibler (1951); article 2.",
    preset="mnist-cnn-deep",
    trial="Train a classifier with categorical cross-entropy.",
)

Array = NDArray[np.float64]
BINARY_FORMULA = r"""\begin{gathered}
\mathrm{BCE}=-y\ln p-(1-y)\ln(1-p)\\ \partial_z\mathrm{BCE}=p-y\\[6pt]
\mathrm{MSE}=(p-y)^2\\ \partial_z\mathrm{MSE}=2(p-y)\,p\,(1-p)\end{gathered}"""
NUMBER_FORMULA = r"\mathrm{MSE}=\tfrac1n\sum(\hat y-y)^2,\quad \partial=2(\hat y-y)"
CLASSES_FORMULA = r"""\begin{gathered}
\mathrm{CE}=-\textstyle\sum_c q_c\ln p_c\\ \mathrm{KL}(q\|p)=\sum_c q_c\ln\tfrac{q_c}{p_c}\\
\mathrm{CE}=H(q)+\mathrm{KL}(q\|p)\\ \partial_{z_c}\mathrm{CE}=p_c-q_c\end{gathered}"""


@dataclass(frozen=True, eq=False)
class LossCurve:
    """A loss along the thing that moves.

    Args:
        x: what moves: a logit, or a predicted number.
        values, slopes: the loss and its derivative by ``x``.
        at: where we are; ``here`` and ``slope`` are the loss and derivative there.
    """

    name: str
    x: Array
    values: Array
    slopes: Array
    at: float
    here: float
    slope: float


def cross_entropy(logit: Array, target: float) -> Array:
    """Binary cross-entropy of the sigmoid of a logit, without ever taking ``log(0)``."""
    return np.logaddexp(0, logit) - target * logit


def binary_info(logit: float, target: float) -> list[LossCurve]:
    """Cross-entropy and squared error of one yes-or-no answer, along the logit."""
    x, here = np.linspace(-8, 8, 161), np.array(logit)

    def both(z: Array) -> dict[str, tuple[Array, Array]]:
        p = scipy.special.expit(z)
        return {
            "Cross-entropy": (cross_entropy(z, target), p - target),
            "Squared error": ((p - target) ** 2, 2 * (p - target) * p * scipy.special.expit(-z)),
        }

    along, at = both(x), both(here)
    return [LossCurve(name, x, *along[name], logit, *map(float, at[name])) for name in along]


def number_info(prediction: float, target: float) -> list[LossCurve]:
    """The squared error of one predicted number."""
    x = np.linspace(-5, 5, 161)
    error = prediction - target
    return [
        LossCurve(
            "Squared error",
            x,
            (x - target) ** 2,
            2 * (x - target),
            prediction,
            error**2,
            2 * error,
        )
    ]


@dataclass(frozen=True, eq=False)
class ClassesInfo:
    """One prediction over several classes.

    Args:
        target: the wanted probabilities ``q``; sums to 1.
        predicted: ``p``, the softmax of the logits.
        entropy: of the target, ``H(q)``: what no prediction can get below.
        cross_entropy, divergence, squared: the losses; divergence is ``KL(q‖p)``.
        pull: derivative of the cross-entropy by each logit, ``p - q``.
        squared_pull: derivative of the squared error by each logit.
    """

    target: Array
    predicted: Array
    entropy: float
    cross_entropy: float
    divergence: float
    squared: float
    pull: Array
    squared_pull: Array


def classes_info(logits: Array, true_class: int, smoothing: float) -> ClassesInfo:
    """The losses of one prediction; ``smoothing`` spreads a share of the target over all classes.

    Label smoothing: C. Szegedy et al. (2015), arXiv:1512.00567, section 7.
    """
    count = len(logits)
    target = np.full(count, smoothing / count)
    target[true_class] += 1 - smoothing
    predicted: Array = scipy.special.softmax(logits)
    entropy = float(abs(scipy.special.xlogy(target, target).sum()))
    crossed = float(-(target * scipy.special.log_softmax(logits)).sum())
    by_probability = 2 * (predicted - target) / count
    squared_pull = predicted * (by_probability - (predicted * by_probability).sum())
    return ClassesInfo(
        target, predicted, entropy, crossed, crossed - entropy,
        float(np.mean((predicted - target) ** 2)), predicted - target, squared_pull,
    )  # fmt: skip


def plot_losses(curves: list[LossCurve], x_title: str) -> go.Figure:
    """What the prediction costs."""
    return _plot(curves, "values", "Loss", x_title)


def plot_pulls(curves: list[LossCurve], x_title: str) -> go.Figure:
    """How hard the loss pulls: its derivative."""
    return _plot(curves, "slopes", "Gradient: the pull on the network", x_title)


def _plot(curves: list[LossCurve], what: str, title: str, x_title: str) -> go.Figure:
    figure = frame(title, x_title)
    for index, curve in enumerate(curves):
        y, here = getattr(curve, what), curve.here if what == "values" else curve.slope
        tint = colour(index)
        figure.add_scatter(
            x=curve.x, y=y, mode="lines", name=curve.name, line={"color": tint, "width": 3},
            hovertemplate="%{y:.3f}",
        )  # fmt: skip
        marker = {"color": tint, "size": 13, "line": {"color": "white", "width": 2}}
        figure.add_scatter(
            x=[curve.at], y=[here], mode="markers", marker=marker, showlegend=False,
            name=curve.name, hovertemplate="%{y:.4f}",
        )  # fmt: skip
    return figure


def plot_classes(info: ClassesInfo, names: list[str]) -> go.Figure:
    """Wanted and predicted probabilities side by side."""
    figure = frame("Probabilities", barmode="group", bargap=0.35)
    figure.add_bar(x=names, y=info.target, name="Wanted q", marker_color=GREY)
    figure.add_bar(x=names, y=info.predicted, name="Predicted p", marker_color=colour(0))
    figure.update_traces(texttemplate="%{y:.2f}", textposition="outside", hoverinfo="skip")
    figure.update_yaxes(range=[0, 1.12])
    return figure


def plot_class_pulls(info: ClassesInfo, names: list[str]) -> go.Figure:
    """The derivative of both losses by each logit."""
    figure = frame("Gradient by each logit", barmode="group", bargap=0.35)
    figure.add_bar(x=names, y=info.pull, name="Cross-entropy", marker_color=colour(0))
    figure.add_bar(x=names, y=info.squared_pull, name="Squared error", marker_color=colour(1))
    figure.update_traces(texttemplate="%{y:.2f}", textposition="outside", hoverinfo="skip")
    figure.update_yaxes(range=[-1.15, 1.15])
    return figure
