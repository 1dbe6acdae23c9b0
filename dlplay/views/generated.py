"""What a generator makes, while it learns to."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.figures import LEGEND_BELOW, MARGIN, PALETTE, axis, heading
from dlplay.files import Arrays
from dlplay.views.base import Moment, Panel, Subject, View
from dlplay.views.pictures import as_pixels, plot_pictures, sheet
from dlplay.views.plane import extent

_SIDE, _POINTS, _COLUMNS, _ROWS = 60, 500, 10, 6


class Generated(View):
    """Samples of one and the same noise at every look."""

    card: ClassVar[Card] = Card(
        "Generated samples",
        "What the generator makes of the same noise, epoch by epoch; of points also how real the "
        "discriminator takes every place of the plane for.",
        "M. Kahng, N. Thorat, D. Chau, F. Viégas, M. Wattenberg (2018), GAN Lab",
    )
    moment: ClassVar[Moment] = "epochs"
    name: Literal["generated"] = "generated"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        drawable = facts.kind == "image" or facts.is_plane
        return drawable and experiment.architecture.task(facts) == "generation"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        import tensorflow as tf

        model = subject.model
        is_image = subject.split.facts.kind == "image"
        count = _ROWS * _COLUMNS if is_image else _POINTS
        noise = tf.constant(noise_of(count, model.latent, seed=0))
        generate = tf.function(lambda: model.generator(noise, training=False))
        if is_image:
            return lambda: {"sheet": sheet(as_pixels(generate().numpy()), _COLUMNS)}
        place = _Place(subject)
        believe = tf.function(lambda: model(tf.constant(place.inputs), training=False))

        def look() -> Arrays:
            return {
                "generated": place.in_units(generate().numpy()),
                "belief": believe().numpy().reshape(_SIDE, _SIDE),
                **place.fixed,
            }

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        if "sheet" in arrays:
            figure = plot_pictures(arrays["sheet"], f"Generated, epoch {epoch}")
            return [Panel(figure, "A sheet of generated images", height=300)]
        figure = plot_points(arrays)
        figure.update_layout(title=heading(f"Real and generated, epoch {epoch}"))
        alt = "Real points, generated points, and where the discriminator takes points for real"
        return [Panel(figure, alt)]


def noise_of(count: int, latent: int, seed: int) -> NDArray[np.float32]:
    """Standard normal noise, ``(count, latent)``."""
    return np.random.default_rng(seed).normal(size=(count, latent)).astype(np.float32)


class _Place:
    """The plane of a dataset's points, in its own units and as the network sees it."""

    def __init__(self, subject: Subject) -> None:
        self._scaling = subject.split.input_scaling
        ends = extent(subject.samples.inputs)
        x, y = (np.linspace(*both, _SIDE, dtype=np.float32) for both in ends)
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        self.inputs = self._scaling.apply(grid) if self._scaling else grid
        names = np.array(subject.samples.feature_names, np.str_)
        real = subject.samples.inputs[subject.split.rows["train"][:_POINTS]]
        self.fixed: Arrays = {"x": x, "y": y, "real": real, "axes": names}

    def in_units(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Points of the network in the data's own units."""
        return self._scaling.revert(points) if self._scaling else points


def plot_points(arrays: Arrays) -> go.Figure:
    """Real points and generated ones over the discriminator's belief."""
    figure = go.Figure()
    if "belief" in arrays:
        figure.add_heatmap(
            x=arrays["x"], y=arrays["y"], z=arrays["belief"], zmin=0, zmax=1, zsmooth="best",
            colorscale=[[0, f"{PALETTE[1]}90"], [0.5, f"{PALETTE[1]}00"], [1, f"{PALETTE[2]}90"]],
            showscale=False, hovertemplate="taken for real: %{z:.2f}<extra></extra>",
        )  # fmt: skip
    for name, tint in (("real", PALETTE[2]), ("generated", PALETTE[1])):
        figure.add_scatter(
            x=arrays[name][:, 0], y=arrays[name][:, 1], mode="markers", name=name,
            marker={"color": tint, "size": 5, "line": {"width": 0.5, "color": "#ffffffb0"}},
            hoverinfo="skip",
        )  # fmt: skip
    figure.update_layout(margin={**MARGIN, "b": 40}, dragmode="pan", legend=LEGEND_BELOW)
    for name, update in zip(
        arrays["axes"].tolist(), (figure.update_xaxes, figure.update_yaxes), strict=True
    ):
        update(**axis(name, showgrid=False))
    figure.update_xaxes(range=list(arrays["x"][[0, -1]].astype(float)))
    figure.update_yaxes(range=list(arrays["y"][[0, -1]].astype(float)))
    return figure
