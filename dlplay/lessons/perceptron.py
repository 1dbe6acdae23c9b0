"""The perceptron learning rule, one point at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.figures import colour
from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import GREY, frame

LESSON = Lesson(
    name="perceptron",
    title="The perceptron’s learning rule",
    icon="linear_scale",
    idea="One neuron, one straight line: only a point on the wrong side moves it.",
    notice="Every mistake turns the line towards the point it got wrong. If any line separates "
    "the classes, mistakes end after a limited number; if none does, the line never rests.",
    source="F. Rosenblatt (1958), Psychological Review 65(6); A. Novikoff (1962); article 1.",
    preset="xor-perceptron",
    trial="Train a single layer on points no straight line can separate.",
)

Array = NDArray[np.float64]
KINDS = {"apart": "Separable", "mixed": "Overlapping", "xor": "XOR"}


def make_points(kind: str, count: int, gap: float, seed: int) -> tuple[Array, Array]:
    """Points ``(count, 2)`` within -1…1 and their classes, -1 or 1.

    Args:
        kind: of :data:`KINDS`.
        gap: for separable points, the least distance from the line between the classes.
    """
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (count, 2))
    if kind == "xor":
        points += 0.08 * np.sign(points)
        return points, np.sign(points[:, 0] * points[:, 1])
    side = (points @ np.array([0.8, 0.6])) - 0.1
    classes = np.where(side > 0, 1.0, -1.0)
    if kind == "apart":
        return points + np.outer(classes * gap, [0.8, 0.6]), classes
    flipped = rng.random(count) < 0.15
    return points, np.where(flipped, -classes, classes)


@dataclass(frozen=True, eq=False)
class Steps:
    """What happened at every look at a point.

    Args:
        weights: before the first look and after each, ``(looks + 1, 3)``: bias last.
        looked_at: number of the point of each look.
        moved: whether it was on the wrong side and the line moved.
        mistakes: points on the wrong side, before the first look and after each.
        settled: the look after which a whole round went by without a mistake; None if never.
    """

    weights: Array
    looked_at: NDArray[np.intp]
    moved: NDArray[np.bool_]
    mistakes: NDArray[np.intp]
    settled: int | None


def learn(points: Array, classes: Array, looks: int) -> Steps:
    """Rosenblatt's rule: ``w ← w + y·x`` whenever ``y·(w·x + b) ≤ 0``; points in turn."""
    inputs = np.column_stack([points, np.ones(len(points))])
    weights, moved, settled = [np.zeros(3)], [], None
    quiet = 0
    for look in range(looks):
        number = look % len(points)
        wrong = classes[number] * (inputs[number] @ weights[-1]) <= 0
        weights.append(weights[-1] + wrong * classes[number] * inputs[number])
        moved.append(bool(wrong))
        quiet = 0 if wrong else quiet + 1
        if settled is None and quiet == len(points):
            settled = look + 1 - len(points)
    every = np.array(weights)
    mistakes = ((inputs @ every.T) * classes[:, None] <= 0).sum(axis=0)
    return Steps(every, np.arange(looks) % len(points), np.array(moved, bool), mistakes, settled)


def mistake_bound(points: Array, classes: Array, weights: Array) -> float:
    """Novikoff's limit on the number of mistakes, ``(R/γ)²``, from a line that separates.

    R is the longest input, the constant 1 included; γ the least distance of any of them from the
    line with these ``weights``; infinite if it does not separate.
    """
    inputs = np.column_stack([points, np.ones(len(points))])
    size = float(np.linalg.norm(weights))
    margin = float((classes * (inputs @ weights)).min()) / size if size else 0.0
    if margin <= 0:
        return float("inf")
    return float((np.linalg.norm(inputs, axis=1).max() / margin) ** 2)


def boundary(weights: Array, reach: float = 2.0) -> tuple[Array, Array]:
    """Two ends of the line ``w·x + b = 0``; nothing while the weights are zero."""
    normal, bias = weights[:2], weights[2]
    length = float(np.linalg.norm(normal))
    if length < 1e-12:
        return np.array([]), np.array([])
    foot, along = -bias * normal / length**2, np.array([-normal[1], normal[0]]) / length
    ends = foot + np.outer([-2 * reach, 2 * reach], along)
    return ends[:, 0], ends[:, 1]


def plot_points(points: Array, classes: Array, steps: Steps, now: int) -> go.Figure:
    """The points, the line before and after the look, and the point that was looked at."""
    figure = frame("The line and the point it looks at", "x₁", "x₂")
    for sign, name in ((1.0, "Class +"), (-1.0, "Class −")):
        chosen = points[classes == sign]
        marker = {"color": colour(0 if sign > 0 else 1), "size": 9}
        figure.add_scatter(
            x=chosen[:, 0], y=chosen[:, 1], mode="markers", name=name, marker=marker
        )
    if now > 0:
        x, y = boundary(steps.weights[now - 1])
        line = {"color": GREY, "dash": "dash", "width": 2}
        figure.add_scatter(x=x, y=y, mode="lines", name="Line before", line=line)
        spot = points[steps.looked_at[now - 1]]
        ring = {"size": 20, "symbol": "circle-open", "color": colour(3), "line": {"width": 3}}
        title = "Looked at: line moves" if steps.moved[now - 1] else "Looked at: line stays"
        figure.add_scatter(x=[spot[0]], y=[spot[1]], mode="markers", name=title, marker=ring)
    x, y = boundary(steps.weights[now])
    figure.add_scatter(x=x, y=y, mode="lines", name="Line", line={"color": colour(2), "width": 3})
    figure.update_layout(legend={"y": -0.14})
    figure.update_xaxes(range=[-1.6, 1.6])
    figure.update_yaxes(range=[-1.6, 1.6])
    return figure


def plot_mistakes(steps: Steps, now: int) -> go.Figure:
    """Points on the wrong side after every look so far."""
    figure = frame("Points on the wrong side", "Looks", legend=False)
    shown = steps.mistakes[: now + 1]
    figure.add_scatter(y=shown, mode="lines", line={"color": colour(0), "width": 2, "shape": "hv"})
    figure.update_xaxes(range=[0, max(40, now * 1.1)])
    figure.update_yaxes(range=[0, steps.mistakes.max() * 1.08 + 0.5])
    return figure


def verdict(points: Array, classes: Array, steps: Steps, now: int) -> str:
    """Where the learning stands, as a sentence or two."""
    made = int(steps.moved[:now].sum())
    so_far = f"Mistakes in {now} looks: {made}. On the wrong side now: {steps.mistakes[now]}."
    if steps.settled is None:
        return f"{so_far} It has not settled after {len(steps.moved)} looks."
    bound = mistake_bound(points, classes, steps.weights[-1])
    total = int(steps.moved.sum())
    return (
        f"{so_far} It settles after look {steps.settled}, having made {total} mistakes; "
        f"Novikoff’s bound, from the line it ends with, allows {bound:,.0f}."
    )
