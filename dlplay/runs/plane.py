"""What a network says over the plane, kept as a file of a run with the points it learns from."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlplay.datasets import Samples, Split
from dlplay.datasets.base import Inputs, Targets

_FILE = "plane.npz"


@dataclass(frozen=True, eq=False)
class PlanePoints:
    """Samples to draw on the plane.

    Args:
        points: ``(n, 2)``, in the data's own units.
        targets: class numbers or values.
        held_back: which of them are of the validation part.
        class_names: empty for regression.
        axes: names of the two coordinates.
    """

    points: Inputs
    targets: Targets
    held_back: NDArray[np.bool_]
    class_names: tuple[str, ...]
    axes: tuple[str, ...]

    @classmethod
    def of(cls, split: Split, samples: Samples, most: int = 600) -> PlanePoints:
        """Points of training and validation in proportion, at most ``most`` of them."""
        train, validation = split.rows["train"], split.rows["validation"]
        share = min(1.0, most / (len(train) + len(validation)))
        shown = [rows[: max(1, int(len(rows) * share))] for rows in (train, validation)]
        rows = np.concatenate(shown)
        held_back = np.repeat([False, True], [len(part) for part in shown])
        names = samples.class_names, samples.feature_names
        return cls(samples.inputs[rows], samples.targets[rows], held_back, *names)


@dataclass(frozen=True, eq=False)
class Plane:
    """A network's answer on a grid.

    Args:
        x, y: the grid's coordinates, in the data's own units.
        answer: ``(len(y), len(x), classes)`` probabilities, or ``(…, 1)`` values.
        epoch: complete epochs when it was asked.
        samples: what it learns from and is judged by.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    answer: NDArray[np.float32]
    epoch: int
    samples: PlanePoints

    def save(self, folder: Path) -> None:
        """Replace the run's file; a reader sees the old one or the new one, never half."""
        partial = folder / f"partial-{_FILE}"
        arrays: dict[str, Any] = {**vars(self), **vars(self.samples)}
        del arrays["samples"]
        np.savez(partial, **arrays)
        os.replace(partial, folder / _FILE)

    @classmethod
    def load(cls, folder: Path) -> Plane | None:
        """The latest answer of a run, if it has one."""
        try:
            with (folder / _FILE).open("rb") as file, np.load(file) as kept:
                samples = PlanePoints(
                    kept["points"],
                    kept["targets"],
                    kept["held_back"],
                    tuple(kept["class_names"].tolist()),
                    tuple(kept["axes"].tolist()),
                )
                return cls(kept["x"], kept["y"], kept["answer"], int(kept["epoch"]), samples)
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None


def extent(points: NDArray[np.float32]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The range of both axes: the points' own, and a tenth more on each side."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum((high - low) * 0.1, 1e-3)
    low, high = low - margin, high + margin
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))
