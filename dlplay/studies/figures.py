"""Figures of studies: bands of curves, and what a sweep has found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.figures import LEGEND_BELOW, MARGIN, PALETTE, TRAIN_COLOUR, axis, colour, heading
from dlplay.runs import Point
from dlplay.runs.figures import metric_title
from dlplay.studies.space import Dimension
from dlplay.studies.sweep import Trial, best


@dataclass(frozen=True, eq=False)
class Band:
    """A metric over several runs at the epochs all of them have: mean ± deviation."""

    epochs: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]


def band_info(curves: Sequence[Sequence[Point]], metric: str) -> Band:
    """The band of a metric; deviations (n − 1) are 0 for a single run."""
    by_epoch = [{p.epoch: p.metrics[metric] for p in curve if metric in p.metrics}
                for curve in curves]  # fmt: skip
    by_epoch = [values for values in by_epoch if values]
    shared = sorted(set.intersection(*map(set, by_epoch))) if by_epoch else []
    values = np.array([[found[epoch] for epoch in shared] for found in by_epoch])
    if not shared:
        return Band(np.zeros(0), np.zeros(0), np.zeros(0))
    many = len(by_epoch) > 1
    deviation = values.std(axis=0, ddof=1) if many else np.zeros(len(shared))
    return Band(np.array(shared), values.mean(axis=0), deviation)


def plot_bands(bands: Mapping[str, Band], metric: str) -> go.Figure:
    """Mean curves of variants, each in its band of ± one deviation."""
    figure = _empty(metric_title(metric), LEGEND_BELOW)
    for index, (name, band) in enumerate(bands.items()):
        tint = colour(index)
        if band.deviation.any():
            figure.add_scatter(
                x=np.concatenate([band.epochs, band.epochs[::-1]]),
                y=np.concatenate(
                    [band.mean + band.deviation, (band.mean - band.deviation)[::-1]]
                ),
                fill="toself", fillcolor=_faint(tint), line={"width": 0}, mode="lines",
                legendgroup=name, showlegend=False, hoverinfo="skip",
            )  # fmt: skip
        figure.add_scatter(
            x=band.epochs, y=band.mean, name=name, legendgroup=name,
            line={"color": tint, "width": 2}, customdata=band.deviation,
            mode="lines" if len(band.epochs) > 2 else "lines+markers",
            hovertemplate="%{y:.4g} ± %{customdata:.2g}",
        )  # fmt: skip
    figure.update_xaxes(**axis("Epoch"))
    figure.update_yaxes(**axis())
    return figure.update_layout(hovermode="x unified", margin={**MARGIN, "b": 40})


def _faint(tint: str) -> str:
    red, green, blue = (int(tint[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def plot_best(tried: Sequence[Trial], metric: str) -> go.Figure:
    """Every trial's score, and the best so far."""
    ended = [t for t in tried if t.fate in ("complete", "pruned") and t.value is not None]
    figure = _empty("Best so far", LEGEND_BELOW)
    for fate, name, symbol in (("complete", "Trial", "circle"), ("pruned", "Pruned", "x-thin")):
        shown = [t for t in ended if t.fate == fate]
        if shown:
            figure.add_scatter(
                x=[t.number + 1 for t in shown], y=[t.value for t in shown], mode="markers",
                name=name, hovertemplate="%{y:.4g}",
                marker={"color": TRAIN_COLOUR, "symbol": symbol, "size": 7,
                        "line": {"width": 1.5, "color": TRAIN_COLOUR}},
            )  # fmt: skip
    steps = [(t.number + 1, best(ended[: place + 1], metric)) for place, t in enumerate(ended)]
    known = [(number, found.value) for number, found in steps if found]
    figure.add_scatter(
        x=[x for x, _ in known], y=[y for _, y in known], mode="lines", name="Best so far",
        line={"color": PALETTE[0], "width": 2, "shape": "hv"}, hovertemplate="%{y:.4g}",
    )  # fmt: skip
    last = max((t.number + 1 for t in ended), default=1)
    figure.update_xaxes(**axis("Trial", dtick=max(1, last // 10)))
    figure.update_yaxes(**axis(f"Validation {metric_title(metric).lower()}"))
    return figure.update_layout(margin={**MARGIN, "b": 40})


def plot_importance(shares: Mapping[str, float], titles: Mapping[str, str]) -> go.Figure:
    """How much of the score's variation each field explains."""
    ordered = sorted(shares.items(), key=lambda item: item[1])
    figure = _empty("Importance")
    figure.add_bar(
        x=[share for _, share in ordered], y=[titles.get(path, path) for path, _ in ordered],
        orientation="h", marker={"color": PALETTE[0]}, hovertemplate="%{x:.0%}<extra></extra>",
        text=[f"{share:.0%}" for _, share in ordered], textposition="auto",
    )  # fmt: skip
    figure.update_xaxes(**axis(range=[0, 1], tickformat=".0%"))
    return figure.update_yaxes(**axis())


def parallel_info(tried: Sequence[Trial], space: Sequence[Dimension]) -> list[list[float]]:
    """Where each trial crosses each axis, 0…1 from its lower to its upper end, with the score's
    axis last."""
    scores = [t.value for t in tried if t.value is not None]
    low, high = (min(scores), max(scores)) if scores else (0.0, 1.0)
    return [
        [*(_place(d, t.values[d.path]) for d in space), _share(t.value or 0.0, low, high)]
        for t in tried
    ]


def _place(dimension: Dimension, value: Any) -> float:
    if dimension.options:
        options = [repr(option) for option in dimension.grid()]
        return _share(options.index(repr(value)), 0, len(options) - 1)
    ends = float(dimension.low or 0), float(dimension.high or 0)
    if dimension.log:
        return _share(math.log(value), *map(math.log, ends))
    return _share(value, *ends)


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5


def plot_parallel(
    tried: Sequence[Trial], space: Sequence[Dimension], titles: Mapping[str, str], metric: str
) -> go.Figure:
    """Parallel coordinates: a line a trial, an axis a field, the best third in colour."""
    kept = [t for t in tried if t.value is not None and t.fate in ("complete", "pruned")]
    sign = 1 if metric == "loss" else -1
    order = sorted(  # the best last, of equals the first, as `best` takes them
        range(len(kept)), key=lambda i: (-sign * (kept[i].value or 0.0), -kept[i].number)
    )
    places = parallel_info(kept, space)
    figure = _empty("Every trial")
    for rank, index in enumerate(order):
        trial, left = kept[index], len(order) - rank
        good = 3 * left <= len(order) + 2
        figure.add_scatter(
            x=list(range(len(space) + 1)), y=places[index], mode="lines",
            line={
                "color": PALETTE[0] if good else TRAIN_COLOUR, "width": 4 if left == 1 else 1.5,
            },
            opacity=1.0 if good else 0.45, showlegend=False, hoverinfo="text",
            hovertext=_said(trial, titles, metric),
        )  # fmt: skip
    names = [*(titles.get(d.path, d.path) for d in space), metric_title(metric)]
    figure.update_xaxes(
        **axis(tickvals=list(range(len(names))), ticktext=names, side="top", showgrid=True),
        range=[-0.25, len(names) - 0.75],
    )
    figure.update_yaxes(**axis(range=[-0.12, 1.08], showticklabels=False, showgrid=False))
    for place, dimension in enumerate(space):
        for height, label in _labels(dimension):
            _label(figure, place, height, label)
    scores = [t.value for t in kept if t.value is not None]
    for height, value in ((0.0, min(scores)), (1.0, max(scores))) if scores else ():
        _label(figure, len(space), height, f"{value:.4g}")
    return figure.update_layout(hovermode="closest", margin={**MARGIN, "t": 72})


def _labels(dimension: Dimension) -> list[tuple[float, str]]:
    values = dimension.grid()
    if dimension.options:
        return [(_place(dimension, value), str(value)) for value in values]
    return [(0.0, f"{values[0]:g}"), (1.0, f"{values[-1]:g}")]


def _label(figure: go.Figure, x: float, y: float, text: str) -> None:
    """Beside an axis, below its lower or above its upper end."""
    is_end = y in (0.0, 1.0)
    figure.add_annotation(
        x=x, y=y, text=text, showarrow=False, font={"size": 11},
        xanchor="center" if is_end else "left", xshift=0 if is_end else 5,
        yshift={0.0: -9, 1.0: 9}.get(y, 0),
    )  # fmt: skip


def _said(trial: Trial, titles: Mapping[str, str], metric: str) -> str:
    lines = [f"{titles.get(path, path)}: {value}" for path, value in trial.values.items()]
    head = f"Trial {trial.number + 1}{' (pruned)' if trial.fate == 'pruned' else ''}"
    return "<br>".join([head, f"{metric_title(metric)}: {trial.value:.4g}", *lines])


def _empty(title: str, legend: dict[str, Any] | None = None) -> go.Figure:
    figure = go.Figure()
    return figure.update_layout(
        title=heading(title), margin=MARGIN, legend=legend or {}, dragmode="zoom"
    )
