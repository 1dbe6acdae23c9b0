"""Which part of a photo a network sees, and how that becomes its input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, the last two exclusive."""


@dataclass(frozen=True)
class Framing:
    """A rule that cuts a photo and scales it.

    Args:
        size: height and width of the network's input, pixels.
        share: side of the square in the middle that is kept, as a share of the shorter side;
            None for the whole photo, squeezed into the square.
        filter: how pixels are interpolated.
    """

    size: int
    share: float | None
    filter: Image.Resampling

    def box(self, width: int, height: int) -> Box:
        """The part of a photo of this size that is kept."""
        if self.share is None:
            return (0, 0, width, height)
        side = max(1, round(min(width, height) * self.share))
        left, top = (width - side) // 2, (height - side) // 2
        return (left, top, left + side, top + side)

    def pixels(self, photo: Image.Image) -> NDArray[np.float32]:
        """The network's view of an RGB photo: ``(size, size, 3)``, 0…255."""
        box = self.box(*photo.size)
        scaled = photo.resize((self.size, self.size), self.filter, box=box)
        return np.asarray(scaled, np.float32)
