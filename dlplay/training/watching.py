"""Looking at a network while it trains, seldom enough that training hardly notices."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from dlplay.files import Arrays
from dlplay.settings import Settings
from dlplay.views import Snapshots, Subject, views_of
from dlplay.views.base import View

_log = logging.getLogger(__name__)

_FIRST_SECONDS = 0.05
"""What the first look at all views is taken to cost."""
_PAUSE_SECONDS = 0.1
"""Looks are at least so far apart: nobody sees more."""


class Watcher:
    """One view of one run."""

    def __init__(self, view: View, subject: Subject, run_folder: Path) -> None:
        self._view, self._subject = view, subject
        self._look: Callable[[], Arrays] | None = None
        self._snapshots = Snapshots(run_folder, view.name)

    def look(self, epoch: int) -> bool:
        """Look, and keep what was seen; ``epoch`` epochs are complete. False if the view cannot
        look at such a network: no reason to end its training."""
        try:
            if self._look is None:
                self._look = self._view.watch(self._subject)
            self._snapshots.save(epoch, self._look())
        except Exception:
            _log.exception("The view %s gives up", self._view.name)
            return False
        return True


class Watchers:
    """The views that follow a run; together they take no more than a fixed share of its time,
    counted from when this is made. With a share of 0 there are none."""

    def __init__(self, subject: Subject, run_folder: Path) -> None:
        self._share = Settings().view_share
        self._subject, self._folder = subject, run_folder
        self._watchers: list[Watcher] | None = None
        self._start = self._last = time.perf_counter()
        self._spent, self._cost = 0.0, _FIRST_SECONDS

    def look(self, epoch: int, at_once: bool = False) -> None:
        """Look if there is time to, or ``at_once``; ``epoch`` epochs are complete."""
        start = time.perf_counter()
        if not self._share or not (at_once or self._may_look(start)):
            return
        if self._watchers is None:
            views = views_of(self._subject.experiment, self._subject.split.facts, "epochs")
            self._watchers = [Watcher(view, self._subject, self._folder) for view in views]
        self._watchers = [watcher for watcher in self._watchers if watcher.look(epoch)]
        self._last = time.perf_counter()
        self._cost = self._last - start
        self._spent += self._cost

    def _may_look(self, now: float) -> bool:
        allowed = self._share * (now - self._start)
        return now - self._last >= _PAUSE_SECONDS and self._spent + self._cost <= allowed


def look_back(subject: Subject, run_folder: Path, epoch: int) -> None:
    """Keep what the views of an ended run have to show."""
    for view in views_of(subject.experiment, subject.split.facts, "end"):
        Watcher(view, subject, run_folder).look(epoch)
