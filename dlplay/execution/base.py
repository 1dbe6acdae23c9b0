"""What a server needs of whoever runs the runs; the run store is their only common ground."""

from __future__ import annotations

from typing import Protocol


class Executor(Protocol):
    """Takes queued runs from the store, trains them, and answers requests."""

    def start(self) -> None:
        """Begin; no other executor may serve the same store."""

    def stop(self) -> None:
        """End, and every worker with it."""
