"""A forecast beside what came true, over the part the network has never seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.datasets.series import SeriesDataset
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.figures import LEGEND_BELOW, MARGIN, PALETTE, TRAIN_COLOUR, axis, heading
from dlplay.files import Arrays
from dlplay.views.base import Moment, Panel, Subject, View


class Forecast(View):
    """The test part, the network's forecast and the naive one."""

    card: ClassVar[Card] = Card(
        "Forecast",
        "What the network foresaw of the test part, beside what came true and what the naive "
        "forecast says.",
        "R. J. Hyndman, G. Athanasopoulos (2021), Forecasting: Principles and Practice, section 5",
    )
    moment: ClassVar[Moment] = "end"
    name: Literal["forecast"] = "forecast"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return experiment.architecture.task(facts) == "forecast"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        split, dataset = subject.split, subject.experiment.dataset
        naive, scaling = split.naive, split.target_scaling
        if naive is None or scaling is None or not isinstance(dataset, SeriesDataset):
            raise UserError("Expected a run on a series", received=dataset.name)
        rows, series = split.rows["test"], dataset.series()

        def look() -> Arrays:
            answer = subject.model.predict(split.test.inputs, batch_size=256, verbose=0)[:, 0]
            answer = (answer * scaling.deviation + scaling.mean).astype(np.float32)
            steps = dataset.target_steps(rows)
            return {
                "times": series.times[steps],
                "truth": series.values[steps],
                "forecast": dataset.restore(rows, answer),
                "naive": naive.forecast[rows],
                "naive_name": np.array(naive.name),
                "unit": np.array(series.unit),
            }

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        ours, naive = errors_info(arrays)
        unit = str(arrays["unit"])
        ratio = f"{ours / max(naive, 1e-12):.2f} times"
        text = (
            f"On average the forecast errs by **{ours:.3g}** ({unit}): {ratio} the error of the "
            f"naive forecast, {arrays['naive_name']}, which is {naive:.3g}."
        )
        figures = [
            (plot_forecast(arrays), "The forecast and what came true over the test part"),
            (plot_errors(arrays), "How far each forecast was off over the test part"),
        ]
        return [Panel(text=text), *(Panel(figure, alt, height=300) for figure, alt in figures)]


def errors_info(arrays: Arrays) -> tuple[float, float]:
    """Mean absolute errors of the network and of the naive forecast."""
    truth = arrays["truth"].astype(np.float64)
    ours, naive = (np.abs(arrays[name] - truth).mean() for name in ("forecast", "naive"))
    return float(ours), float(naive)


def plot_forecast(arrays: Arrays) -> go.Figure:
    """What came true, under the forecast."""
    lines = (("What came true", "truth", TRAIN_COLOUR, 3), ("Forecast", "forecast", PALETTE[0], 1))
    unit = str(arrays["unit"])
    return _over_time(arrays, "Over the test part", unit[:1].upper() + unit[1:], [
        (name, arrays[key], tint, width) for name, key, tint, width in lines
    ])  # fmt: skip


def plot_errors(arrays: Arrays) -> go.Figure:
    """Forecast minus truth, the network's and the naive one's."""
    lines = (("Naive", "naive", TRAIN_COLOUR, 1), ("Network", "forecast", PALETTE[0], 1))
    return _over_time(arrays, "Forecast minus what came true", "", [
        (name, arrays[key] - arrays["truth"], tint, width) for name, key, tint, width in lines
    ])  # fmt: skip


def _over_time(
    arrays: Arrays, title: str, unit: str, lines: list[tuple[str, np.ndarray, str, int]]
) -> go.Figure:
    figure = go.Figure()
    for name, values, tint, width in lines:
        figure.add_scatter(
            x=arrays["times"], y=values, mode="lines", name=name,
            line={"color": tint, "width": width}, hovertemplate="%{y:.4g}",
        )  # fmt: skip
    figure.update_xaxes(**axis())
    figure.update_yaxes(**axis(unit))
    return figure.update_layout(
        title=heading(title), margin={**MARGIN, "b": 40}, legend=LEGEND_BELOW,
        hovermode="x unified",
    )  # fmt: skip
