"""What a view has seen, kept as files of a run: the latest, and a history of even steps."""

from __future__ import annotations

from pathlib import Path

from dlplay.files import Arrays, load_arrays, save_arrays

_MOST = 40
"""Epochs of a history; when there are more, every second one is dropped."""


class Snapshots:
    """The snapshots of one view of one run.

    Args:
        run_folder: the run's own; made when something is saved.
        name: of the view.
    """

    def __init__(self, run_folder: Path, name: str) -> None:
        self._folder = run_folder / "views" / name
        self._stride = 1

    def save(self, epoch: int, arrays: Arrays) -> None:
        """Keep what was seen after ``epoch`` epochs as the latest; what was the latest stays if
        the history has a place for it."""
        save_arrays(self._file(epoch), arrays, compress=True)
        self._thin(epoch)

    def epochs(self) -> list[int]:
        """After how many epochs something was seen, ascending."""
        return sorted(int(path.stem) for path in self._folder.glob("[0-9]*.npz"))

    def load(self, epoch: int) -> Arrays | None:
        """What was seen after ``epoch`` epochs; None if that is not kept, or not readable."""
        return load_arrays(self._file(epoch)) or None

    def latest(self) -> tuple[int, Arrays] | None:
        """The last epoch and what was seen then; None if there is nothing yet."""
        for epoch in reversed(self.epochs()):
            arrays = self.load(epoch)
            if arrays is not None:
                return epoch, arrays
        return None

    def _thin(self, latest: int) -> None:
        """Drop what lies closer together than a stride, which grows with the history."""
        epochs = [epoch for epoch in self.epochs() if epoch < latest]
        kept = self._spaced(epochs)
        while len(kept) > _MOST:
            self._stride *= 2
            kept = self._spaced(epochs)
        for epoch in set(epochs) - set(kept):
            self._file(epoch).unlink(missing_ok=True)

    def _spaced(self, epochs: list[int]) -> list[int]:
        kept: list[int] = []
        for epoch in epochs:
            if not kept or epoch - kept[-1] >= self._stride:
                kept.append(epoch)
        return kept

    def _file(self, epoch: int) -> Path:
        return self._folder / f"{epoch:06d}.npz"


def forget_after(run_folder: Path, epoch: int) -> None:
    """Drop what all views of a run have seen after ``epoch``: it goes on from there."""
    for path in (run_folder / "views").glob("*/[0-9]*.npz"):
        if int(path.stem) > epoch:
            path.unlink(missing_ok=True)
