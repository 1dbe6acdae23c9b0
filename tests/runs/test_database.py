"""The database, made ready by whoever comes first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import inspect

from dlplay.runs import Store
from dlplay.runs.database import open_engine
from dlplay.runs.tables import METADATA


def test_tables_and_the_write_ahead_log_are_there_at_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    assert set(inspect(engine).get_table_names()) == set(METADATA.tables)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    with open_engine(url).begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO requests (key, kind, question, asked) VALUES ('k', 'kind', '{}', 0)"
        )
    with open_engine(url).begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM requests").scalar() == 1


def test_server_workers_and_command_line_may_all_come_first(tmp_path: Path) -> None:
    """Neither "already exists" nor "is locked", however they meet."""
    for number in range(15):
        url, barrier = f"sqlite:///{tmp_path / str(number)}.sqlite", threading.Barrier(8)

        def open_it(_: int, url: str = url, barrier: threading.Barrier = barrier) -> int:
            barrier.wait()
            return len(inspect(open_engine(url)).get_table_names())

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(open_it, range(8))) == {len(METADATA.tables)}


def test_a_database_of_an_older_version_gets_the_new_columns_and_keeps_its_runs(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    with open_engine(url).begin() as connection:
        connection.exec_driver_sql("DROP TABLE runs")
        connection.exec_driver_sql(
            "CREATE TABLE runs (id VARCHAR(12) PRIMARY KEY, title TEXT NOT NULL, experiment JSON "
            "NOT NULL, state VARCHAR(12) NOT NULL, owner VARCHAR(12) NOT NULL, created FLOAT NOT "
            "NULL, started FLOAT, seen FLOAT, finished FLOAT, stop_requested FLOAT, "
            "progress JSON, summary JSON, message TEXT)"
        )
        connection.exec_driver_sql(
            "INSERT INTO runs (id, title, experiment, state, owner, created) "
            "VALUES ('old', 'An old run', '{}', 'finished', 'server', 1.0)"
        )
    with ThreadPoolExecutor(4) as pool:  # server, worker and command line start together
        list(pool.map(lambda _: open_engine(url), range(4)))
    (run,) = Store(open_engine(url)).runs()
    assert (run.id, run.title, run.marks, run.origin, run.part) == (
        "old",
        "An old run",
        (),
        None,
        {},
    )
