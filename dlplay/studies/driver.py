"""The process that drives sweeps: it takes turns as long as one is open, then ends.

Started by the server as ``python -m dlplay.studies.driver SLOTS``; its standard input closes when
the server is gone. Server, driver and workers meet in the run store alone.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time

from dlplay.errors import UserError
from dlplay.runs import Store, groups, open_store
from dlplay.studies import turns

_TURN_SECONDS = 0.5

_log = logging.getLogger(__name__)


def drive(store: Store, slots: int) -> None:
    """Take turns until no sweep is open."""
    while open_sweeps := groups.open_sweeps(store):
        for group in open_sweeps:
            try:
                turns.advance(store, group, slots)
            except UserError as error:
                groups.stop(store, group.id, str(error))
            except Exception as error:
                _log.exception("A sweep could not go on")
                reason = f"{type(error).__name__}: {error}"
                groups.stop(store, group.id, f"The sweep could not go on: {reason}")
        time.sleep(_TURN_SECONDS)


def _end_with_the_server() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    drive(open_store(), int(sys.argv[1]))
