"""What goes on in every layer while a network trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.figures import LEGEND_BELOW, MARGIN, axis, colour, heading
from dlplay.files import Arrays
from dlplay.views.base import Moment, Panel, Subject, View
from dlplay.views.probing import Probe

_MOST = 400
"""Looks a series keeps; when there are more, every second one is dropped."""
_MOST_LAYERS = 12

SERIES = {
    "gradient": ("Gradient norm", "Length of the loss's gradient, a layer a line"),
    "weight": ("Weight norm", "Length of each layer's weights"),
    "update": ("Update to weight, per step", "How far a step moves a layer, relative to it"),
    "idle": ("Dead or saturated units", "Share of units that no sample of the batch moves"),
}
"""What is measured, by name: the title and a description of the figure."""


class LayersInside(View):
    """Norms of gradients, weights and steps, and units that do not learn, layer by layer."""

    card: ClassVar[Card] = Card(
        "Layers",
        "How strong the gradient is in every layer, how far a step moves its weights, and which "
        "of its units have stopped learning; measured on 32 training samples.",
        "X. Glorot, Y. Bengio (2010), AISTATS, section 4",
    )
    moment: ClassVar[Moment] = "epochs"
    beside: ClassVar[bool] = False
    name: Literal["layers"] = "layers"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return experiment.architecture.task(facts) in ("classification", "regression")

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        return _History(subject).look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        return [
            Panel(plot_series(arrays, name), alt, height=300)
            for name, (_, alt) in SERIES.items()
            if np.isfinite(arrays[name]).any()
        ]


class _History:
    """Measures, and keeps what was measured before."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._probe: Probe | None = None
        self._weights: list[NDArray[np.float32]] = []
        self._steps: list[float] = []
        self._rows: dict[str, list[NDArray[np.float32]]] = {name: [] for name in SERIES}

    def look(self) -> Arrays:
        if self._probe is None:
            self._probe = Probe(self._subject)
        probe, weights = self._probe, self._probe.weights()
        measured = probe.measure()
        steps = float(np.asarray(self._subject.model.optimizer.iterations))
        lengths = np.array([np.linalg.norm(w) for w in weights], np.float32)
        moved = self._moved(weights, lengths, steps)
        for name, row in zip(
            SERIES, (measured.gradients, lengths, moved, measured.idle), strict=True
        ):
            self._rows[name].append(row)
        self._steps.append(steps)
        self._weights = weights
        if len(self._steps) > _MOST:
            self._steps = self._steps[::2]
            self._rows = {name: rows[::2] for name, rows in self._rows.items()}
        per_epoch = -(-len(self._subject.split.train) // self._batch_size)
        return {
            "layers": np.array(probe.names, np.str_),
            "epochs": np.array(self._steps, np.float32) / per_epoch,
            **{name: np.stack(rows) for name, rows in self._rows.items()},
        }

    @property
    def _batch_size(self) -> int:
        return self._subject.experiment.training.batch_size

    def _moved(
        self, weights: list[NDArray[np.float32]], lengths: NDArray[np.float32], steps: float
    ) -> NDArray[np.float32]:
        """How far every layer has moved since the last look, a step, relative to its length. Steps
        that undo each other do not count; NaN at the first look."""
        done = steps - self._steps[-1] if self._steps else 0.0
        if not done:
            return np.full(len(weights), np.nan, np.float32)
        way = [np.linalg.norm(w - b) for w, b in zip(weights, self._weights, strict=True)]
        return np.asarray(np.array(way) / np.maximum(lengths, 1e-12) / done, np.float32)


def _spans_decades(values: NDArray[np.float32]) -> bool:
    """Whether powers of ten alone are ticks enough."""
    known = values[np.isfinite(values) & (values > 0)]
    return len(known) > 0 and float(known.max()) > 30 * float(known.min())


def plot_series(arrays: Arrays, name: str) -> go.Figure:
    """A line a layer over the epochs, from the input's colour to the output's."""
    figure, names = go.Figure(), arrays["layers"].tolist()
    shown = range(len(names))
    if len(names) > _MOST_LAYERS:
        shown = np.linspace(0, len(names) - 1, _MOST_LAYERS).round().astype(int).tolist()
    for index in shown:
        values = arrays[name][:, index]
        if np.isfinite(values).any():
            figure.add_scatter(
                x=arrays["epochs"], y=values, name=names[index], hovertemplate="%{y:.3g}",
                mode="lines+markers" if len(values) < 12 else "lines",
                line={"color": colour(index), "width": 1.5}, marker={"size": 5},
            )  # fmt: skip
    figure.update_xaxes(**axis("Epoch"))
    figure.update_yaxes(**axis())
    if name == "idle":
        figure.update_yaxes(**axis(tickformat=".0%", range=[-0.03, 1.03]))
    elif name != "weight":
        tick = 1 if _spans_decades(arrays[name]) else None
        figure.update_yaxes(**axis(type="log", exponentformat="power", dtick=tick))
    return figure.update_layout(
        title=heading(SERIES[name][0]), margin={**MARGIN, "b": 40}, hovermode="x unified",
        legend={**LEGEND_BELOW, "y": -0.24}, showlegend=True,
    )  # fmt: skip
