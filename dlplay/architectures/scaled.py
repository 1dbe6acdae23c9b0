"""What the networks made for large photographs share: a width that suits a smaller machine."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from dlplay.architectures.base import Architecture
from dlplay.datasets.base import Kind


class Scaled(Architecture):
    """A published network for images, as wide as it was or narrower."""

    kinds: ClassVar[tuple[Kind, ...]] = ("image",)
    width_multiplier: float = Field(
        default=1.0,
        ge=1 / 16,
        le=2.0,
        title="Width",
        description="Share of the published kernels and units in every layer. At ¼ there are "
        "about a sixteenth of the weights, and two processor cores are enough for small images.",
    )

    def convolves(self) -> bool:
        return True

    def wide(self, size: int) -> int:
        """How many kernels or units stand for ``size`` published ones."""
        return max(2, 2 * round(self.width_multiplier * size / 2))
