"""Samples on request, and the way from one to another through the latent space."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.figures import PALETTE
from dlplay.files import Arrays
from dlplay.views.base import Panel, Subject, View
from dlplay.views.generated import Generated, noise_of, plot_points
from dlplay.views.pictures import as_pixels, plot_pictures, sheet
from dlplay.views.plane import extent

_COLUMNS, _ROWS, _POINTS, _STEPS = 12, 5, 1_000, 60


class Sample(View):
    """What the generator makes of noise one has chosen."""

    card: ClassVar[Card] = Card(
        "Sample",
        "New samples from the noise of a seed, and what lies on the way from the first of them to "
        "the first of another seed: a good generator changes one into the other without a jump.",
        "T. White (2016), arXiv:1609.04468, spherical interpolation",
    )
    name: Literal["sample"] = "sample"
    seed: int = Field(
        default=1,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Another number, other noise, other samples.",
    )
    towards: int = Field(
        default=2,
        ge=0,
        le=2**31 - 1,
        title="Walk towards",
        description="The seed whose first sample the walk through the latent space ends at.",
    )

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return Generated.fits(experiment, facts)

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        model, scaling = subject.model, subject.split.input_scaling
        is_image = subject.split.facts.kind == "image"
        count, steps = (_ROWS * _COLUMNS, _COLUMNS) if is_image else (_POINTS, _STEPS)

        def look() -> Arrays:
            noise = noise_of(count, model.latent, self.seed)
            goal = noise_of(1, model.latent, self.towards)[0]
            made = model.generator(noise, training=False).numpy()
            walked = model.generator(walk(noise[0], goal, steps), training=False).numpy()
            if is_image:
                return {
                    "sheet": sheet(as_pixels(made), _COLUMNS),
                    "walk": sheet(as_pixels(walked), _COLUMNS),
                    "seeds": np.array([self.seed, self.towards]),
                }
            if scaling is not None:
                made, walked = scaling.revert(made), scaling.revert(walked)
            real = subject.samples.inputs[:_POINTS]
            x, y = (np.array(ends, np.float32) for ends in extent(subject.samples.inputs))
            names = np.array(subject.samples.feature_names, np.str_)
            return {"generated": made, "walk": walked, "real": real, "x": x, "y": y, "axes": names}

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        if "sheet" in arrays:
            seed, towards = arrays["seeds"].tolist()
            return [
                Panel(plot_pictures(arrays["sheet"], "Samples"), "A sheet of samples", height=420),
                Panel(
                    plot_pictures(arrays["walk"], f"From seed {seed} to {towards}"),
                    "Images that change step by step from one sample to another",
                    height=140,
                ),
            ]
        figure = plot_points(arrays)
        figure.add_scatter(
            x=arrays["walk"][:, 0], y=arrays["walk"][:, 1], mode="lines+markers", name="walk",
            line={"color": PALETTE[0], "width": 2}, marker={"size": 4}, hoverinfo="skip",
        )  # fmt: skip
        return [
            Panel(figure, "Generated points over real ones, and a walk between two", height=460)
        ]


def walk(start: NDArray[np.float32], goal: NDArray[np.float32], steps: int) -> NDArray[np.float32]:
    """``(steps, latent)`` from ``start`` to ``goal`` along the great circle: the middle of a
    straight line would be shorter than noise ever is."""
    share = np.linspace(0, 1, steps, dtype=np.float32)[:, np.newaxis]
    cosine = start @ goal / max(float(np.linalg.norm(start) * np.linalg.norm(goal)), 1e-12)
    angle = float(np.arccos(np.clip(cosine, -1, 1)))
    if np.sin(angle) < 1e-3:  # parallel: the circle is a line
        parts = 1 - share, share
    else:
        parts = np.sin((1 - share) * angle), np.sin(share * angle)
        parts = parts[0] / np.sin(angle), parts[1] / np.sin(angle)
    return (parts[0] * start + parts[1] * goal).astype(np.float32)
