"""Keeps a driver of sweeps alive, a small process of its own, as long as there are any."""

from __future__ import annotations

import subprocess
import sys
import time

from dlplay.execution.process import package_environment
from dlplay.runs import Store, groups
from dlplay.settings import Settings

_TURN_SECONDS, _PAUSE_SECONDS = 0.5, 5.0


class Driving:
    """Keeps a driver alive while sweeps are open.

    Args:
        slots: trials that may wait or train at once.
    """

    def __init__(self, store: Store, slots: int) -> None:
        self._store, self._slots = store, slots
        self._process: subprocess.Popen[bytes] | None = None
        self._look_at, self._start_at = 0.0, 0.0

    def tick(self) -> None:
        """Start a driver if there is something to drive and none drives."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + _TURN_SECONDS
        if self._process is not None and self._process.poll() is None:
            return
        if now >= self._start_at and groups.open_sweeps(self._store):
            self._start_at = now + _PAUSE_SECONDS  # should it die at once, again and again
            self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with (Settings().folder("logs") / "driver.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dlplay.studies.driver", str(self._slots)],
                stdin=subprocess.PIPE, stdout=log, stderr=log, env=package_environment(),
            )  # fmt: skip

    def stop(self) -> None:
        """End the driver; sweeps go on when there is a server again."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
