"""Whether 90 % sure means right nine times in ten."""

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
from dlplay.scoring import Calibration, calibration
from dlplay.views.base import Moment, Panel, Subject, View
from dlplay.views.judging import judged_classes


class Reliability(View):
    """The reliability diagram of the test set."""

    card: ClassVar[Card] = Card(
        "Calibration",
        "How often the network is right when it says it is so sure.",
        "C. Guo, G. Pleiss, Y. Sun, K. Weinberger (2017), ICML, section 2",
    )
    moment: ClassVar[Moment] = "end"
    name: Literal["reliability"] = "reliability"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return experiment.architecture.task(facts) == "classification"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        def look() -> Arrays:
            judged = judged_classes(subject)
            right = judged["truth"] == judged["said"]
            return {"confidence": judged["confidence"], "right": right}

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        found = calibration(arrays["confidence"].astype(np.float64), arrays["right"])
        return [
            Panel(
                plot_reliability(found),
                "Share of right answers against stated confidence, in bins of a tenth",
                text=verdict(arrays, found),
            )
        ]


def verdict(arrays: Arrays, found: Calibration) -> str:
    """Confidence and accuracy in a sentence."""
    said, true = float(arrays["confidence"].mean()), float(arrays["right"].mean())
    return (
        f"On average the network is {said:.1%} sure and {true:.1%} of its answers are right. "
        f"Expected calibration error: {found.error:.3f}."
    )


def plot_reliability(found: Calibration) -> go.Figure:
    """A marker a bin, as large as it has samples; on the diagonal confidence is deserved."""
    figure = go.Figure()
    line = {"color": TRAIN_COLOUR, "dash": "dot", "width": 1}
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=line, hoverinfo="skip")
    size = 8 + 24 * np.sqrt(found.counts / found.counts.max())
    figure.add_scatter(
        x=found.confidence, y=found.accuracy, mode="lines+markers", customdata=found.counts,
        marker={"size": size, "color": PALETTE[0], "opacity": 0.8},
        line={"color": PALETTE[0], "width": 1},
        hovertemplate="%{x:.1%} sure, %{y:.1%} right, %{customdata} samples<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**axis("Confidence", range=[-0.02, 1.05], tickformat=".0%"))
    figure.update_yaxes(**axis("Right answers", range=[-0.05, 1.1], tickformat=".0%"))
    return figure.update_layout(
        title=heading("Reliability on the test set"), margin={**MARGIN, "b": 40}, showlegend=False
    )
