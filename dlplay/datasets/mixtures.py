"""Densities in the plane: Gaussians that a generator has to find, every one of them."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets.base import Targets
from dlplay.datasets.synthetic import PlaneDataset, Points

_SOURCE = "L. Metz, B. Poole, D. Pfau, J. Sohl-Dickstein (2016), arXiv:1611.02163, section 3.1"


class Mixture(PlaneDataset):
    """Round Gaussians of equal weight; a point's class is the one that it was drawn from."""

    samples: int = Field(
        default=2_000,
        ge=50,
        le=100_000,
        title="Samples",
        description="How many points to draw. A density shows only in many points.",
    )
    noise: float = Field(
        default=0.1,
        ge=0.0,
        le=1.0,
        title="Deviation",
        description="Of each Gaussian. Narrow ones far from each other are hard to find all.",
    )

    def centres(self) -> Points:
        """The middles of the Gaussians, ``(classes, 2)``."""
        raise NotImplementedError

    def draw(self, random: np.random.Generator) -> tuple[Points, Targets]:
        centres = self.centres()
        drawn_from = np.arange(self.samples) % len(centres)
        return centres[drawn_from] + self.jitter(random), drawn_from


class Ring(Mixture):
    """Gaussians on a circle."""

    card: ClassVar[Card] = Card(
        "Ring of Gaussians",
        "Eight round clouds on a circle: what a generator makes of noise is seen at a glance, "
        "and so is which cloud it has forgotten.",
        _SOURCE,
    )
    name: Literal["ring"] = "ring"
    modes: int = Field(
        default=8, ge=2, le=16, title="Gaussians", description="How many lie on the circle."
    )

    def centres(self) -> Points:
        angle = 2 * np.pi * np.arange(self.modes) / self.modes
        return 2 * np.column_stack([np.cos(angle), np.sin(angle)])


class Grid(Mixture):
    """Gaussians in rows and columns."""

    card: ClassVar[Card] = Card(
        "Grid of Gaussians",
        "Twenty-five round clouds in five rows: harder than the ring, since no smooth curve "
        "passes through all of them.",
        "V. Dumoulin et al. (2016), arXiv:1606.00704, section 4.3",
    )
    name: Literal["grid"] = "grid"
    side: int = Field(
        default=5, ge=2, le=5, title="Side", description="Gaussians in a row and in a column."
    )

    def centres(self) -> Points:
        steps = np.arange(self.side, dtype=np.float64) - (self.side - 1) / 2
        return np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
