"""The connection to the database of runs, made ready by whichever process comes first."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

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
            _add_columns(connection, table)
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
    return engine


def _add_columns(connection: Connection, table: Table) -> None:
    """Bring a table made by an older version up to date; columns are only ever added."""
    present = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name in present:
            continue
        definition = CreateColumn(column).compile(dialect=connection.dialect)
        try:
            with connection.begin_nested():
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {definition}"))
        except (OperationalError, ProgrammingError) as error:
            if not any(word in str(error) for word in ("duplicate", "already exists")):
                raise  # else another process was quicker


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
