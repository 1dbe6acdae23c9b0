"""What is known of every run: tables, store, files, figures."""

from dlplay.runs.store import ACTIVE, Point, Run, State, Store, open_store

__all__ = ["ACTIVE", "Point", "Run", "State", "Store", "open_store"]
