"""What a network says over the plane, kept as a file of a run."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FILE = "plane.npz"


@dataclass(frozen=True, eq=False)
class Plane:
    """A network's answer on a grid.

    Args:
        x, y: the grid's coordinates, in the data's own units.
        answer: ``(len(y), len(x), classes)`` probabilities, or ``(…, 1)`` values.
        epoch: complete epochs when it was asked.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    answer: NDArray[np.float32]
    epoch: int

    def save(self, folder: Path) -> None:
        """Replace the run's file; a reader sees the old one or the new one, never half."""
        partial = folder / f"partial-{_FILE}"
        np.savez(partial, x=self.x, y=self.y, answer=self.answer, epoch=self.epoch)
        os.replace(partial, folder / _FILE)

    @classmethod
    def load(cls, folder: Path) -> Plane | None:
        """The latest answer of a run, if it has one."""
        try:
            with (folder / _FILE).open("rb") as file, np.load(file) as kept:
                return cls(kept["x"], kept["y"], kept["answer"], int(kept["epoch"]))
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None


def extent(points: NDArray[np.float32]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The range of both axes: the points' own, and a tenth more on each side."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum((high - low) * 0.1, 1e-3)
    low, high = low - margin, high + margin
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))
