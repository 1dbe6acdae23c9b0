"""ROC and precision–recall curves: what every threshold would trade."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.figures import LEGEND_BELOW, MARGIN, TRAIN_COLOUR, axis, colour, heading
from dlplay.files import Arrays
from dlplay.scoring import precision_recall, roc
from dlplay.views.base import Moment, Panel, Subject, View
from dlplay.views.judging import answers, probabilities

_POINTS = 200


class ThresholdCurves(View):
    """Each class against the rest; of two classes only the second."""

    card: ClassVar[Card] = Card(
        "ROC and PR",
        "What every threshold trades: misses against false alarms, each class against the rest.",
        "T. Fawcett (2006), Pattern Recognition Letters 27(8), 861–874",
    )
    moment: ClassVar[Moment] = "end"
    name: Literal["threshold-curves"] = "threshold-curves"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return experiment.architecture.task(facts) == "classification"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        def look() -> Arrays:
            said = probabilities(answers(subject)).astype(np.float64)
            targets, names = subject.split.test.targets, subject.samples.class_names
            first = 1 if len(names) == 2 else 0
            return {"class_names": np.array(names[first:], np.str_)} | curves_of(
                said[:, first:], targets - first
            )

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        return [
            Panel(
                plot(arrays, "roc", "ROC", "False positive rate", "Recall"),
                "False positive rate and recall at every threshold, each class against the rest",
            ),
            Panel(
                plot(arrays, "pr", "Precision and recall", "Recall", "Precision"),
                "Recall and precision at every threshold, each class against the rest",
            ),
        ]


def curves_of(said: NDArray[np.float64], truth: NDArray[np.int32]) -> Arrays:
    """``roc`` and ``pr``, each ``(classes, 2, points)``, and the areas ``roc_area`` and
    ``pr_area``; a class without samples, or with all, has none (NaN)."""
    classes = said.shape[1]
    found: Arrays = {}
    for name, curve in (("roc", roc), ("pr", precision_recall)):
        lines = np.full((classes, 2, _POINTS), np.nan, np.float32)
        areas = np.full(classes, np.nan)
        for index in range(classes):
            positive = truth == index
            if positive.any() and not positive.all():
                x, y, areas[index] = curve(said[:, index], positive)
                kept = np.linspace(0, len(x) - 1, _POINTS).round().astype(int)
                lines[index] = x[kept], y[kept]
        found |= {name: lines, f"{name}_area": areas}
    return found


def plot(arrays: Arrays, name: str, title: str, x: str, y: str) -> go.Figure:
    """A line a class, with its area in the legend."""
    figure = go.Figure()
    areas = arrays[f"{name}_area"]
    if name == "roc":
        line = {"color": TRAIN_COLOUR, "dash": "dot", "width": 1}
        figure.add_scatter(
            x=[0, 1], y=[0, 1], mode="lines", line=line, hoverinfo="skip", showlegend=False
        )
    for index, class_name in enumerate(arrays["class_names"].tolist()):
        if np.isnan(areas[index]):
            continue
        across, up = arrays[name][index]
        figure.add_scatter(
            x=across, y=up, mode="lines", name=f"{class_name} {areas[index]:.3f}",
            line={"color": colour(index), "width": 2, "shape": "hv" if name == "pr" else "linear"},
            hovertemplate=f"{x.lower()} %{{x:.3f}}, {y.lower()} %{{y:.3f}}",
        )  # fmt: skip
    mean = np.nanmean(areas) if not np.isnan(areas).all() else np.nan
    what = "area" if name == "roc" else "average precision"
    figure.update_xaxes(**axis(x, range=[-0.02, 1.02]))
    figure.update_yaxes(**axis(y, range=[-0.02, 1.05]))
    return figure.update_layout(
        title=heading(f"{title}, mean {what} {mean:.3f}"), margin={**MARGIN, "b": 40},
        legend=LEGEND_BELOW, showlegend=True,
    )  # fmt: skip
