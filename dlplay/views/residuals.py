"""How far a regression is off, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.figures import MARGIN, PALETTE, TRAIN_COLOUR, axis, heading
from dlplay.files import Arrays
from dlplay.views.base import Group, Moment, Panel, Subject, View
from dlplay.views.judging import answers, in_units

_MOST = 100


class Residuals(View):
    """Answers against the truth, the spread of errors, and the samples furthest off."""

    card: ClassVar[Card] = Card(
        "Residuals", "Answers against the truth on the test set, and the largest errors.", ""
    )
    moment: ClassVar[Moment] = "end"
    name: Literal["residuals"] = "residuals"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return experiment.architecture.task(facts) == "regression" == facts.task

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        def look() -> Arrays:
            return {
                "rows": subject.split.rows["test"],
                "truth": in_units(subject, subject.split.test.targets),
                "said": in_units(subject, answers(subject)[:, 0]),
                "target_name": np.array(subject.samples.target_name, np.str_),
            }

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        target = str(arrays["target_name"])
        return [
            Panel(
                plot_answers(arrays, target), "Answers of the network against the true values",
                groups=[furthest(arrays)],
            ),
            Panel(plot_residuals(arrays, target), "How large the errors are, and how frequent"),
        ]  # fmt: skip


def furthest(arrays: Arrays) -> Group:
    """The samples with the largest errors."""
    error = arrays["said"] - arrays["truth"]
    order = np.argsort(-np.abs(error), kind="stable")[:_MOST]
    columns = {
        name: np.array([f"{value:.4g}" for value in values[order].tolist()], np.str_)
        for name, values in (
            ("Truth", arrays["truth"]), ("Said", arrays["said"]), ("Error", error),
        )
    }  # fmt: skip
    return Group("Largest errors", arrays["rows"][order], columns, columns["Error"])


def plot_answers(arrays: Arrays, target: str) -> go.Figure:
    """Truth across, answer up; on the line an answer is right."""
    figure = go.Figure()
    low, high = (
        float(limit) for limit in (
            min(arrays["truth"].min(), arrays["said"].min()),
            max(arrays["truth"].max(), arrays["said"].max()),
        )
    )  # fmt: skip
    line = {"color": TRAIN_COLOUR, "dash": "dot", "width": 1}
    figure.add_scatter(x=[low, high], y=[low, high], mode="lines", line=line, hoverinfo="skip")
    figure.add_scatter(
        x=arrays["truth"], y=arrays["said"], mode="markers",
        marker={"color": PALETTE[0], "size": 6, "opacity": 0.7},
        hovertemplate="truth %{x:.4g}, said %{y:.4g}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**axis(f"Truth: {target}"))
    figure.update_yaxes(**axis("Said"))
    title = heading("Answers against the truth, test set")
    return figure.update_layout(title=title, margin={**MARGIN, "b": 40}, showlegend=False)


def plot_residuals(arrays: Arrays, target: str) -> go.Figure:
    """A histogram of answer minus truth."""
    figure = go.Figure()
    error = arrays["said"] - arrays["truth"]
    counts, edges = np.histogram(error, bins=min(30, max(5, len(error) // 4)))
    figure.add_bar(
        x=(edges[1:] + edges[:-1]) / 2, y=counts, width=np.diff(edges) * 0.94,
        marker_color=PALETTE[0], hovertemplate="%{x:.3g}: %{y} samples<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": TRAIN_COLOUR, "dash": "dot", "width": 1})
    figure.update_xaxes(**axis(f"Error: {target}"))
    figure.update_yaxes(**axis("Samples"))
    rmse, bias = float(np.sqrt(np.mean(error**2))), float(error.mean())
    title = heading(f"Errors: root mean square {rmse:.4g}, mean {bias:.3g}")
    return figure.update_layout(title=title, margin={**MARGIN, "b": 40}, showlegend=False)
