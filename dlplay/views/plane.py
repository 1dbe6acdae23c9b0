"""What a network says at every point of the plane, for data that are points in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.catalogue import Card
from dlplay.datasets import Facts, Samples, Split
from dlplay.experiment import Experiment
from dlplay.figures import LEGEND_BELOW, MARGIN, axis, colour, heading
from dlplay.files import Arrays
from dlplay.views.base import Moment, Panel, Subject, View

_SIDE = 60


class Plane(View):
    """The decision boundary, or the surface of a regression."""

    card: ClassVar[Card] = Card(
        "Plane",
        "What the network would say at every point; filled points train it, hollow ones judge it.",
        "TensorFlow Playground (2016)",
    )
    moment: ClassVar[Moment] = "epochs"
    name: Literal["plane"] = "plane"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return facts.is_plane and experiment.architecture.task(facts) == facts.task

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        import tensorflow as tf

        split, model = subject.split, subject.model
        horizontal, vertical = extent(subject.samples.inputs)
        x, y = (np.linspace(*ends, _SIDE, dtype=np.float32) for ends in (horizontal, vertical))
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        inputs = tf.constant(split.input_scaling.apply(grid) if split.input_scaling else grid)
        predict = tf.function(lambda: model(inputs, training=False))
        fixed = {"x": x, "y": y, **points(split, subject.samples)}

        def look() -> Arrays:
            answer = predict().numpy().reshape(_SIDE, _SIDE, -1)
            if split.target_scaling is not None:
                scaling = split.target_scaling
                answer = answer * scaling.deviation + scaling.mean
            elif answer.shape[-1] == 1:
                answer = np.concatenate([1 - answer, answer], axis=-1)
            return {"answer": answer.astype(np.float32), **fixed}

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        figure = plot_plane(arrays)
        figure.update_layout(title=heading(f"What the network says, epoch {epoch}"))
        alt = "What the network says at every point of the plane, with the samples on it"
        return [Panel(figure, alt)]


def points(split: Split, samples: Samples, most: int = 600) -> Arrays:
    """Points of training and validation in proportion, at most ``most`` of them: ``points``
    ``(n, 2)`` in the data's own units, ``targets``, which are ``held_back``, and names."""
    train, validation = split.rows["train"], split.rows["validation"]
    share = min(1.0, most / (len(train) + len(validation)))
    shown = [rows[: max(1, int(len(rows) * share))] for rows in (train, validation)]
    rows = np.concatenate(shown)
    return {
        "points": samples.inputs[rows],
        "targets": samples.targets[rows],
        "held_back": np.repeat([False, True], [len(part) for part in shown]),
        "class_names": np.array(samples.class_names, np.str_),
        "axes": np.array(samples.feature_names, np.str_),
    }


def extent(points: NDArray[np.float32]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The range of both axes: the points' own, and a tenth more on each side."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum((high - low) * 0.1, 1e-3)
    low, high = low - margin, high + margin
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def regions_info(arrays: Arrays) -> NDArray[np.float32]:
    """The probability of each class, ``(classes, rows, columns)``; for regression the values,
    ``(1, rows, columns)``."""
    return np.moveaxis(arrays["answer"], -1, 0)


def plot_plane(arrays: Arrays) -> go.Figure:
    """Where the network would say what; paler where it is less sure."""
    figure, regions, targets = go.Figure(), regions_info(arrays), arrays["targets"]
    grid = {
        "x": arrays["x"], "y": arrays["y"], "hoverinfo": "skip", "showscale": False,
        "zsmooth": "best",
    }  # fmt: skip
    names = arrays["class_names"].tolist()
    if names:
        for index, region in enumerate(regions):
            tint = colour(index)
            # Below the probability of a blind guess a class leaves no colour.
            figure.add_heatmap(
                z=region, zmin=1 / len(names), zmax=1.0,
                colorscale=[[0, f"{tint}00"], [1, f"{tint}80"]], **grid,
            )  # fmt: skip
        for index, name in enumerate(names):
            _scatter(figure, arrays, targets == index, name, {"color": colour(index)})
    else:
        low, high = float(targets.min()), float(targets.max())
        scale = {"colorscale": "RdBu", "reversescale": True}
        figure.add_heatmap(z=regions[0], zmin=low, zmax=high, opacity=0.55, **scale, **grid)
        everything = np.ones(len(targets), bool)
        marker = {"color": targets, "cmin": low, "cmax": high, **scale}
        _scatter(figure, arrays, everything, "samples", marker)
    figure.update_layout(margin={**MARGIN, "b": 40}, dragmode="pan", legend=LEGEND_BELOW)
    horizontal, vertical = arrays["axes"].tolist()
    figure.update_xaxes(**axis(horizontal, showgrid=False))
    figure.update_yaxes(**axis(vertical, showgrid=False))
    return figure


def _scatter(
    figure: go.Figure, arrays: Arrays, which: NDArray[np.bool_], name: str, marker: dict[str, Any]
) -> None:
    """Points, filled where the network trains on them, hollow where they are held back."""
    for held_back in (False, True):
        rows = which & (arrays["held_back"] == held_back)
        style = {**marker, "size": 6}
        if isinstance(marker["color"], np.ndarray):
            style["color"] = marker["color"][rows]
        if held_back:
            style |= {"symbol": "circle-open", "line": {"width": 1.5}}
        else:
            style |= {"line": {"width": 0.5, "color": "rgba(255,255,255,0.7)"}}
        figure.add_scatter(
            x=arrays["points"][rows, 0], y=arrays["points"][rows, 1], mode="markers", name=name,
            legendgroup=name, showlegend=not held_back, marker=style,
            hovertemplate="%{x:.2f}, %{y:.2f}",
        )  # fmt: skip
