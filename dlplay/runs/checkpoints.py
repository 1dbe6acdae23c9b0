"""The saved epochs of a run: everything training needs to go on from there as if nothing was.

An epoch is one file, written beside its place and moved into it when it is complete. A run keeps
its first weights, its latest two epochs, and as many in between as the disk it may take allows.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlplay.files import load_arrays, save_arrays
from dlplay.settings import Settings

MOST = 12
"""Saved epochs of a run, however small they are."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run after an epoch.

    Args:
        epoch: complete epochs; 0 for the first weights.
        arrays: variables by name.
        notes: plain values.
    """

    epoch: int
    arrays: dict[str, NDArray[Any]]
    notes: dict[str, Any]


class Checkpoints:
    """The saved epochs of one run.

    Args:
        run_folder: the run's own; made when something is saved.
    """

    def __init__(self, run_folder: Path) -> None:
        self._folder = run_folder / "checkpoints"
        self._most_bytes = Settings().checkpoint_megabytes * 1e6

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep an epoch; the file is whole or not there at all."""
        notes = np.array(json.dumps(checkpoint.notes))
        file = self._file(checkpoint.epoch)
        save_arrays(file, {"notes": notes, **checkpoint.arrays}, sync=True)
        self._thin()

    def has_room(self, size: int) -> bool:
        """Whether ``size`` bytes an epoch leave room for the usual three: first, last but one,
        last."""
        return 3 * size <= self._most_bytes

    def epochs(self) -> list[int]:
        """The saved epochs, ascending."""
        return sorted(int(path.stem) for path in self._folder.glob("[0-9]*.npz"))

    def load(self, epoch: int) -> Checkpoint | None:
        """The run after ``epoch``; None if that is not kept, or the file is damaged."""
        arrays = load_arrays(self._file(epoch)) or {}
        notes = arrays.pop("notes", None)
        return None if notes is None else Checkpoint(epoch, arrays, json.loads(str(notes)))

    def latest(self) -> Checkpoint | None:
        """The last epoch that can be read; None without one."""
        for epoch in reversed(self.epochs()):
            checkpoint = self.load(epoch)
            if checkpoint is not None:
                return checkpoint
        return None

    def size(self) -> int:
        """Bytes on disk."""
        return sum(self._file(epoch).stat().st_size for epoch in self.epochs())

    def forget_after(self, epoch: int) -> None:
        """Drop what lies after ``epoch``."""
        for later in self.epochs():
            if later > epoch:
                self._file(later).unlink(missing_ok=True)

    def copy_to(self, run_folder: Path, epoch: int) -> bool:
        """Give another run this epoch; False if it is not kept, or damaged."""
        if self.load(epoch) is None:
            return False
        target = Checkpoints(run_folder)
        target._folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._file(epoch), target._file(epoch))
        return True

    def _thin(self) -> None:
        """Drop what stands closest to its neighbours until the rest fits."""
        epochs = self.epochs()
        size = max(self._file(epoch).stat().st_size for epoch in epochs)
        places = int(min(MOST, max(1, self._most_bytes // size)))
        while len(epochs) > places:
            gaps = [(epochs[i + 1] - epochs[i - 1], i) for i in range(1, len(epochs) - 2)]
            self._file(epochs.pop(min(gaps)[1] if gaps else 0)).unlink(missing_ok=True)

    def _file(self, epoch: int) -> Path:
        return self._folder / f"{epoch:06d}.npz"
