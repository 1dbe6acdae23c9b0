"""What is known of every run: tables, store, files, figures."""

from dlplay.runs.records import ACTIVE, RESUMABLE, Mark, Origin, Point, Run, State, Wishes
from dlplay.runs.store import Store, open_store

__all__ = [
    "ACTIVE", "RESUMABLE", "Mark", "Origin", "Point", "Run", "State", "Store", "Wishes",
    "open_store",
]  # fmt: skip
