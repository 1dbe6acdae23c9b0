"""Which class is taken for which, and how well each is told from the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.figures import MARGIN, PALETTE, axis, heading
from dlplay.files import Arrays
from dlplay.scoring import class_scores, confusion_matrix
from dlplay.views.base import Group, Moment, Panel, Subject, View
from dlplay.views.judging import judged_classes

_MOST_LABELS = 20
"""Classes up to which the counts are written into the cells."""


class ConfusionMatrix(View):
    """The confusion matrix of the test set, and the samples behind every cell."""

    card: ClassVar[Card] = Card(
        "Confusion",
        "Which class was taken for which on the test set; click a cell for its samples.",
        "K. Pearson (1904), On the theory of contingency",
    )
    moment: ClassVar[Moment] = "end"
    name: Literal["confusion"] = "confusion"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return experiment.architecture.task(facts) == "classification"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        return lambda: judged_classes(subject)

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        names = arrays["class_names"].tolist()
        matrix = confusion_matrix(arrays["truth"], arrays["said"], len(names))
        groups = cells(arrays)
        figure = plot_confusion(matrix, names, [group for _, group in groups])
        return [
            Panel(
                figure, "How often each class of the test set was taken for each",
                height=max(340, min(640, 120 + 34 * len(names))),
                groups=[samples for samples, _ in groups],
            ),
            Panel(rows=score_rows(matrix, names)),
        ]  # fmt: skip


def score_rows(matrix: NDArray[np.int64], names: list[str]) -> list[dict[str, object]]:
    """Precision, recall and F1 of every class as the rows of a table."""
    scores = class_scores(matrix)
    counts = scores.pop("Samples")
    return [
        {
            "Class": name,
            **{title: f"{values[index]:.3f}" for title, values in scores.items()},
            "Samples": int(counts[index]),
        }
        for index, name in enumerate(names)
    ]


def cells(arrays: Arrays) -> list[tuple[Group, tuple[int, int]]]:
    """The samples of every cell that has some, and the cell: truth, answer. Mistakes come first,
    the most frequent on top; within a cell the most confident answers do."""
    names, truth, said = arrays["class_names"].tolist(), arrays["truth"], arrays["said"]
    found = []
    for true, answer in {*zip(truth.tolist(), said.tolist(), strict=True)}:
        inside = np.flatnonzero((truth == true) & (said == answer))
        inside = inside[np.argsort(-arrays["confidence"][inside], kind="stable")]
        what = "recognised" if true == answer else f"taken for {names[answer]}"
        columns = {
            "Truth": arrays["class_names"][truth[inside]],
            "Said": arrays["class_names"][said[inside]],
            "Confidence": percent(arrays["confidence"][inside]),
        }
        title = f"{names[true]}, {what}: {len(inside)}"
        group = Group(title, arrays["rows"][inside], columns, columns["Confidence"])
        found.append((group, (true, answer)))
    return sorted(found, key=lambda item: (item[1][0] == item[1][1], -len(item[0].rows), item[1]))


def percent(shares: NDArray[np.float32]) -> NDArray[np.str_]:
    """Shares as people read them."""
    return np.array([f"{100 * share:.1f} %" for share in shares.tolist()], np.str_)


def plot_confusion(
    matrix: NDArray[np.int64], names: list[str], order: list[tuple[int, int]]
) -> go.Figure:
    """Truth downwards, answers across: right ones in blue, mistakes in orange, each as a share of
    its row.

    Args:
        order: the cells that have samples; a cell's number is what a click on it tells.
    """
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    numbers = np.full(matrix.shape, -1)
    for number, cell in enumerate(order):
        numbers[cell] = number
    right = np.eye(len(names), dtype=bool)
    figure = go.Figure()
    for kept, tint in ((right, PALETTE[0]), (~right, PALETTE[1])):
        figure.add_heatmap(
            z=np.where(kept, share, np.nan), customdata=numbers,
            text=np.where(kept, matrix.astype(str), ""),
            zmin=0, zmax=1 if tint == PALETTE[0] else max(0.05, float(share[~right].max())),
            colorscale=[[0, f"{tint}0a"], [1, f"{tint}cc"]], showscale=False, xgap=2, ygap=2,
            texttemplate="%{text}" if len(names) <= _MOST_LABELS else "", hoverongaps=False,
            hovertemplate="%{y} taken for %{x}: %{text} (%{z:.1%})<extra></extra>",
            x=names, y=names,
        )  # fmt: skip
    figure.update_xaxes(**axis("Said", showgrid=False, type="category", fixedrange=True))
    figure.update_yaxes(
        **axis("Truth", showgrid=False, type="category", fixedrange=True, autorange="reversed")
    )
    title = heading("Confusion on the test set: click a cell for its samples")
    return figure.update_layout(title=title, margin=MARGIN, dragmode=False)
