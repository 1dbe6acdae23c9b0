"""A worker's line to the run store: points and progress out, wishes in."""

from __future__ import annotations

import math
import threading
import time
from typing import Any

from dlplay.errors import UserError
from dlplay.runs import Point, Store, Wishes

_WRITE_SECONDS = 0.25
_PATIENCE_SECONDS = 10.0
"""How long the store may refuse to answer before the run gives up."""


class Recorder:
    """Writes in batches from a thread of its own, so that training never waits for the disk."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store, self._run_id = store, run_id
        self._points: list[tuple[int, Point]] = []
        self._counts = {True: 0, False: 0}
        self._progress: dict[str, Any] = {}
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._closing = threading.Event()
        self._written = time.monotonic()
        self._error: UserError | None = None
        self.stop_requested = False
        self.wishes = Wishes()
        self._thread = threading.Thread(target=self._write_on, daemon=True)

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Write what is left of a run that broke off as well."""
        if not self._closing.is_set():
            self._write_the_rest()

    def close(self) -> None:
        """Write what is left; nothing is recorded after that.

        Raises:
            UserError: the store does not take it.
        """
        self._write_the_rest()
        if self._error:
            raise self._error

    def add(self, point: Point) -> None:
        """Record a point.

        Raises:
            UserError: the store has not taken anything for ten seconds (its disk is full, say).
        """
        finite = {name: v for name, v in point.metrics.items() if math.isfinite(v)}
        kept = Point(point.epoch, point.seconds, finite, point.within_epoch)
        with self._lock:
            self._points.append((self._counts[point.within_epoch], kept))
            self._counts[point.within_epoch] += 1
        if self._error and time.monotonic() - self._written > _PATIENCE_SECONDS:
            raise self._error

    def continue_from(self, counts: dict[bool, int]) -> None:
        """Number the next points from here on, by `Point.within_epoch`."""
        self._counts = dict(counts)

    def flush(self) -> None:
        """Write at once, and learn what is wished now."""
        self._write()

    def report(self, **progress: Any) -> None:
        """Say where the run is; the latest report counts."""
        with self._lock:
            self._progress = progress

    def _write_the_rest(self) -> None:
        self._closing.set()
        self._thread.join()
        self._write()

    def _write_on(self) -> None:
        # Until there is a point, look more often: somebody is waiting to see the first one.
        while not self._closing.wait(_WRITE_SECONDS if self._counts[False] else 0.05):
            self._write()

    def _write(self) -> None:
        with self._writing:  # so that no older answer follows a newer one
            with self._lock:
                points, progress = self._points, self._progress
                self._points = []
            try:
                self.wishes = self._store.write(self._run_id, points, progress)
                self.stop_requested |= self.wishes.stop is not None
                self._written, self._error = time.monotonic(), None
            except UserError as error:
                self._error = error
                with self._lock:
                    self._points = points + self._points
