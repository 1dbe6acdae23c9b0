"""A point of the latent plane, decoded."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.figures import heading
from dlplay.files import Arrays
from dlplay.views.base import Panel, Subject, View
from dlplay.views.latent_plane import LatentPlane, coloured, plot_codes
from dlplay.views.pictures import Pixels, as_pixels, plot_pictures, sheet
from dlplay.views.plane import extent

_SIDE, _MOST, _CELLS = 15, 1_500, 80


class Decode(View):
    """What the decoder makes of a point one has chosen, and of a grid of points."""

    card: ClassVar[Card] = Card(
        "Decode a point",
        "Click anywhere in the plane, or set both numbers: the decoder shows the image that lies "
        "there, also where no sample ever was.",
        "D. Kingma, M. Welling (2013), arXiv:1312.6114, figure 4",
    )
    name: Literal["decode"] = "decode"
    x: float = Field(
        default=0.0,
        ge=-1_000.0,
        le=1_000.0,
        title="z₁",
        description="First number of the code: how far to the right.",
    )
    y: float = Field(
        default=0.0,
        ge=-1_000.0,
        le=1_000.0,
        title="z₂",
        description="Second number of the code: how far up.",
    )

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return facts.kind == "image" and LatentPlane.fits(experiment, facts)

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        encoder, decoder = (subject.model.get_layer(name) for name in ("encoder", "decoder"))
        shape = subject.split.facts.input_shape

        def decoded(points: NDArray[np.float32]) -> Pixels:
            return as_pixels(255 * decoder(points, training=False).numpy().reshape(-1, *shape))

        def look() -> Arrays:
            held_back = subject.split.validation.inputs[:_MOST].astype(np.float32)
            codes = encoder(held_back, training=False).numpy()
            horizontal, vertical = extent(codes)
            across = np.linspace(*horizontal, _SIDE, dtype=np.float32)
            up = np.linspace(*vertical, _SIDE, dtype=np.float32)[::-1]
            grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
            return {
                "codes": codes,
                "point": np.array([self.x, self.y], np.float32),
                "image": decoded(np.array([[self.x, self.y]], np.float32))[0],
                "grid": sheet(decoded(grid), _SIDE, gap=0),
                "ends": np.array([horizontal, vertical], np.float32),
                **coloured(subject, len(held_back)),
            }

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        plane = plot_codes(arrays)
        across, up = (np.linspace(low, high, _CELLS) for low, high in arrays["ends"].tolist())
        # Plotly reports a click only where something is drawn: here something unseen.
        plane.add_heatmap(
            x=across, y=up, z=np.zeros((_CELLS, _CELLS)), opacity=0, showscale=False,
            hoverinfo="none",
        )  # fmt: skip
        plane.add_scatter(
            x=arrays["point"][:1], y=arrays["point"][1:], mode="markers",
            name="decoded", hoverinfo="skip",
            marker={"symbol": "cross-thin", "size": 18, "line": {"width": 3, "color": "#E5734A"}},
        )  # fmt: skip
        plane.update_layout(title=heading("Click to decode"))
        x, y = arrays["point"].tolist()
        image = plot_pictures(arrays["image"], f"Decoded from {x:.2f}, {y:.2f}", zoom=8)
        grid = plot_pictures(arrays["grid"], "The whole plane, decoded", zoom=1)
        return [
            Panel(plane, "The codes of held-back samples", height=440, clicks=("x", "y")),
            Panel(image, "The image decoded from the chosen point", height=260),
            Panel(grid, "A grid of images decoded from all over the plane", height=520),
        ]
