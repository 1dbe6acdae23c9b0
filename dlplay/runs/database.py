"""The connection to the database of runs, made ready by whichever process comes first."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.schema import CreateIndex, CreateTable

from dlplay.runs.tables import METADATA

_ATTEMPTS, _PAUSE_SECONDS = 200, 0.02


def open_engine(url: str) -> Engine:
    """The database at ``url``, its tables made if they are not there; other processes may do the
    same at the same time."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    with engine.begin() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Write-ahead log: readers and one writer do not wait for each other."""
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=NORMAL"):
        _execute(connection, f"PRAGMA {pragma}")


def _execute(connection: Any, statement: str) -> None:
    """Try again while locked: a new file's switch to the log does not heed the busy timeout."""
    for attempt in range(_ATTEMPTS):
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
