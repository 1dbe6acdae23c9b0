"""Looking at a network while it trains, seldom enough that training hardly notices."""

from __future__ import annotations

import time
from pathlib import Path

from dlplay.views import Snapshots, Subject, views_of
from dlplay.views.base import View

_SECONDS = 0.25
_SHARE = 0.05
"""At most this share of a run's time goes into each view."""


class Watcher:
    """One view of one run, looked at every quarter of a second or less often if it is costly."""

    def __init__(self, view: View, subject: Subject, run_folder: Path) -> None:
        self._look = view.watch(subject)
        self._snapshots = Snapshots(run_folder, view.name)
        self._not_before = 0.0

    def look(self, epoch: int, at_once: bool = False) -> None:
        """Look if it is time to, or ``at_once``; ``epoch`` epochs are complete."""
        start = time.perf_counter()
        if at_once or start >= self._not_before:
            self._snapshots.save(epoch, self._look())
            now = time.perf_counter()
            self._not_before = now + max(_SECONDS, (now - start) / _SHARE)


def watchers(subject: Subject, run_folder: Path) -> list[Watcher]:
    """A watcher for each view that follows such a run."""
    views = views_of(subject.experiment, subject.split.facts, "epochs")
    return [Watcher(view, subject, run_folder) for view in views]


def look_back(subject: Subject, run_folder: Path, epoch: int) -> None:
    """Keep what the views of an ended run have to show."""
    for view in views_of(subject.experiment, subject.split.facts, "end"):
        Snapshots(run_folder, view.name).save(epoch, view.watch(subject)())
