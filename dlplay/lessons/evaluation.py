"""Judging a classifier: confusion, precision and recall, ROC, cross-validation."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import scipy
from numpy.typing import NDArray

from dlplay.figures import colour
from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import GREY, bare, frame
from dlplay.scoring import Array, Confusion, confusion, roc

LESSON = Lesson(
    name="evaluation",
    title="Evaluation",
    icon="fact_check",
    idea="A classifier gives scores; where you draw the line decides which mistakes it makes.",
    notice="A higher threshold trades one mistake for the other: fewer false alarms, more misses. "
    "Make positives rare: accuracy stays high even if none of them is found, recall does not.",
    source="T. Fawcett (2006), Pattern Recognition Letters 27(8), 861–874; "
    "R. Kohavi (1995), IJCAI; articles 1 and 2.",
    preset="iris-mlp",
    trial="Train a classifier and look at its test results.",
)


def make_scores(
    count: int, share: float, separation: float, seed: int = 0
) -> tuple[Array, NDArray[np.bool_]]:
    """Scores from 0 to 1 and which of them are truly positive.

    Args:
        share: of positives.
        separation: distance of the two classes' means on the logit scale, in standard deviations.
    """
    rng = np.random.default_rng(seed)
    positive = np.arange(count) < max(1, min(count - 1, round(share * count)))
    logits = rng.standard_normal(count) + np.where(positive, 0.5, -0.5) * separation
    scores: Array = scipy.special.expit(logits)
    return scores, positive


def plot_scores(scores: Array, positive: NDArray[np.bool_], threshold: float) -> go.Figure:
    """How the scores of both classes are spread, and the line between yes and no."""
    figure = frame("Scores, and your threshold", "Score", "Samples", barmode="overlay", bargap=0)
    edges = np.linspace(0, 1, 31)
    for truth, name in ((False, "Truly negative"), (True, "Truly positive")):
        counts, _ = np.histogram(scores[positive == truth], edges)
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2, y=counts, name=name, opacity=0.65,
            marker_color=colour(0 if truth else 1), hovertemplate="%{y}",
        )  # fmt: skip
    figure.add_vline(x=threshold, line={"color": colour(2), "width": 3})
    figure.update_xaxes(range=[0, 1])
    return figure


def plot_roc(scores: Array, positive: NDArray[np.bool_], threshold: float) -> go.Figure:
    """The ROC curve and where the threshold stands on it."""
    alarms, hits, area = roc(scores, positive)
    figure = frame(f"ROC, area {area:.3f}", "False positive rate", "Recall", legend=False)
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": GREY, "dash": "dot"}, hoverinfo="skip"
    )
    line = {"color": colour(0), "width": 3}
    figure.add_scatter(x=alarms, y=hits, mode="lines", line=line, hoverinfo="skip")
    now = confusion(scores, positive, threshold)
    rate = now.false_positives / max(now.false_positives + now.true_negatives, 1)
    figure.add_scatter(
        x=[rate], y=[now.metrics["Recall"]], mode="markers",
        marker={"size": 14, "color": colour(2), "line": {"color": "white", "width": 2}},
        hovertemplate="false positive rate %{x:.3f}, recall %{y:.3f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(range=[-0.03, 1.03])
    figure.update_yaxes(range=[-0.03, 1.05])
    return figure


def plot_confusion(counts: Confusion) -> go.Figure:
    """The four counts; right answers in blue, mistakes in orange."""
    figure = bare("Confusion matrix")
    cells = (
        ("True positives", counts.true_positives, 0, 1, 0),
        ("False negatives", counts.false_negatives, 1, 1, 1),
        ("False positives", counts.false_positives, 0, 0, 1),
        ("True negatives", counts.true_negatives, 1, 0, 0),
    )
    total = sum(count for _, count, *_ in cells)
    for name, count, x, y, tint in cells:
        figure.add_shape(
            type="rect", x0=x, x1=x + 0.96, y0=y, y1=y + 0.96, line={"width": 0},
            fillcolor=colour(tint), opacity=0.1 + 0.35 * count / total, layer="below",
        )  # fmt: skip
        figure.add_annotation(
            x=x + 0.48, y=y + 0.48, text=f"<b>{count}</b><br>{name}", showarrow=False,
            font={"size": 15},
        )  # fmt: skip
    figure.update_xaxes(range=[0, 1.96])
    figure.update_yaxes(range=[0, 1.96])
    return figure


def folds(count: int, k: int, shuffle: bool, seed: int = 0) -> list[NDArray[np.intp]]:
    """The samples each of ``k`` folds holds back; sizes differ by one at most."""
    order = np.random.default_rng(seed).permutation(count) if shuffle else np.arange(count)
    return [np.sort(part) for part in np.array_split(order, k)]


def fold_scores(
    inputs: Array, classes: NDArray[np.intp], parts: list[NDArray[np.intp]]
) -> list[float]:
    """Accuracy on each held-back fold of calling every point after the nearest class mean."""
    accuracies = []
    for held in parts:
        kept = np.setdiff1d(np.arange(len(inputs)), held)
        names = np.unique(classes[kept])
        means = np.array([inputs[kept][classes[kept] == name].mean(axis=0) for name in names])
        distances = np.linalg.norm(inputs[held][:, None] - means, axis=2)
        accuracies.append(float(np.mean(names[distances.argmin(axis=1)] == classes[held])))
    return accuracies


def plot_folds(count: int, parts: list[NDArray[np.intp]], scores: list[float]) -> go.Figure:
    """A row a fold: which samples are held back, and the accuracy on them."""
    held = np.zeros((len(parts), count))
    for row, part in enumerate(parts):
        held[row, part] = 1
    figure = frame("Held back in each fold, and the accuracy there", "Sample", legend=False)
    figure.add_heatmap(
        z=held, colorscale=[[0, f"{GREY}40"], [1, colour(0)]], showscale=False, xgap=1, ygap=6,
        hoverinfo="skip",
    )  # fmt: skip
    labels = [f"Fold {i + 1}   {score:.0%}" for i, score in enumerate(scores)]
    figure.update_yaxes(tickvals=list(range(len(parts))), ticktext=labels, autorange="reversed")
    figure.update_yaxes(showgrid=False)
    figure.update_xaxes(showgrid=False)
    return figure
