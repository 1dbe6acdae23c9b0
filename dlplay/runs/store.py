"""The run store: what server, workers and command line tell each other."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.runs.database import open_engine
from dlplay.runs.records import ACTIVE, Point, Run, State, Wishes, new_id
from dlplay.runs.tables import POINTS, RUNS
from dlplay.settings import Settings

_SILENCE_SECONDS = 30.0
"""A run of the command line that gave no sign of life for so long is taken for dead."""


class Store:
    """Runs and their points in a database; every method is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction whose database errors come out as sentences."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except OperationalError as error:
            reason = str(error.orig)
            fix = "Free disk space on the server" if "full" in reason else "Try again in a moment"
            raise UserError(f"The run store did not answer: {reason}", fix=fix) from error

    def create(
        self, experiment: Experiment, title: str = "", owner: str = "server", *,
        run_id: str = "", **fields: Any,
    ) -> Run:  # fmt: skip
        """A new run, queued."""
        run_id = run_id or new_id()
        values = {
            "id": run_id, "title": title or default_title(experiment),
            "experiment": experiment.model_dump(mode="json"), "state": "queued",
            "owner": owner, "created": time.time(), **fields,
        }  # fmt: skip
        with self.transaction() as connection:
            connection.execute(RUNS.insert().values(values))
        return self.get(run_id)

    def get(self, run_id: str) -> Run:
        """A run by its id.

        Raises:
            UserError: there is none.
        """
        with self.transaction() as connection:
            row = connection.execute(select(RUNS).where(RUNS.c.id == run_id)).mappings().first()
        if row is None:
            raise UserError(
                "There is no such run; it may have been deleted",
                received=run_id,
                fix="Choose one from the list of runs",
            )
        return Run.from_row(row)

    def runs(self, states: Sequence[State] = (), owner: str = "") -> list[Run]:
        """All runs, newest first."""
        query = select(RUNS).order_by(RUNS.c.created.desc())
        if states:
            query = query.where(RUNS.c.state.in_(states))
        if owner:
            query = query.where(RUNS.c.owner == owner)
        with self.transaction() as connection:
            return [Run.from_row(row) for row in connection.execute(query).mappings()]

    def place_in_queue(self, run: Run) -> int:
        """How many runs are to be started before this one, itself included: 1 is next."""
        ahead = (RUNS.c.state == "queued") & (RUNS.c.owner == "server")
        query = select(func.count()).where(ahead, RUNS.c.created <= run.created)
        with self.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def claim(self, run_id: str) -> bool:
        """Take a queued run for training; False if it is no longer queued."""
        now = time.time()
        return self.move(run_id, "running", ("queued",), started=now, seen=now)

    def end(self, run_id: str, state: State, message: str = "", **fields: Any) -> bool:
        """Bring an active run to its end; False if it had ended already."""
        return self.move(run_id, state, ACTIVE, finished=time.time(), message=message, **fields)

    def end_if_running(self, run_id: str, state: State, message: str) -> bool:
        """The same for a run whose worker is gone; one that was resumed meanwhile stays queued."""
        return self.move(run_id, state, ("running",), finished=time.time(), message=message)

    def move(self, run_id: str, state: State, before: Sequence[State], **fields: Any) -> bool:
        """Bring a run into another state; False if it is not in one of ``before``."""
        statement = RUNS.update().where(RUNS.c.id == run_id, RUNS.c.state.in_(before))
        with self.transaction() as connection:
            return connection.execute(statement.values(state=state, **fields)).rowcount == 1

    def add_message(self, run_id: str, text: str) -> None:
        """Add a sentence to what is said of a run."""
        message = f"{self.get(run_id).message} {text}".strip()
        with self.transaction() as connection:
            connection.execute(RUNS.update().where(RUNS.c.id == run_id).values(message=message))

    def request_stop(self, run_id: str) -> None:
        """Ask for the end of a run; one that waits is stopped at once."""
        if self.move(run_id, "stopped", ("queued", "paused"), finished=time.time()):
            return
        statement = RUNS.update().where(RUNS.c.id == run_id, RUNS.c.stop_requested.is_(None))
        with self.transaction() as connection:
            connection.execute(statement.values(stop_requested=time.time()))

    def delete(self, run_id: str) -> None:
        """Forget a run that has ended, its files included.

        Raises:
            UserError: it is still active.
        """
        run = self.get(run_id)
        if run.is_active:
            raise UserError(
                "Expected a run that has ended", received=run.state, fix="Stop it first"
            )
        with self.transaction() as connection:
            connection.execute(POINTS.delete().where(POINTS.c.run == run_id))
            connection.execute(RUNS.delete().where(RUNS.c.id == run_id))
        shutil.rmtree(run.folder, ignore_errors=True)

    def write(
        self, run_id: str, points: Iterable[tuple[int, Point]], progress: dict[str, Any]
    ) -> Wishes:
        """A worker's report: numbered points and progress; returns what is asked of it."""
        rows = [
            {
                "run": run_id, "number": number, "within_epoch": int(point.within_epoch),
                "epoch": point.epoch, "seconds": point.seconds, "metrics": point.metrics,
            }
            for number, point in points
        ]  # fmt: skip
        here = RUNS.c.id == run_id
        with self.transaction() as connection:
            if rows:
                connection.execute(POINTS.insert(), rows)
            connection.execute(
                RUNS.update().where(here).values(progress=progress, seen=time.time())
            )
            wanted = (RUNS.c.stop_requested, RUNS.c.pause_after, RUNS.c.rate_wanted)
            row = connection.execute(select(*wanted).where(here)).first()
        return Wishes(*row) if row else Wishes()

    def points(self, run_id: str, *, within_epoch: bool = False, most: int = 1_000) -> list[Point]:
        """Points in order, at most about ``most`` of them, evenly thinned; the last always."""
        here = (POINTS.c.run == run_id) & (POINTS.c.within_epoch == int(within_epoch))
        with self.transaction() as connection:
            last = connection.execute(select(func.max(POINTS.c.number)).where(here)).scalar()
            if last is None:
                return []
            stride = -(-(last + 1) // most)
            kept = (POINTS.c.number % stride == 0) | (POINTS.c.number == last)
            query = select(POINTS).where(here, kept).order_by(POINTS.c.number)
            rows = connection.execute(query).mappings().all()
        return [
            Point(row["epoch"], row["seconds"], row["metrics"], bool(row["within_epoch"]))
            for row in rows
        ]

    def interrupt_the_dead(self) -> list[str]:
        """Mark what was running when a server or a command line died; returns the ids.

        Only the one executor of a store calls this, at its start: a run of the server that is
        still marked as running then has no worker.
        """
        dead = [
            run
            for run in self.runs(("running",))
            if run.owner == "server" or (run.seen or 0) < time.time() - _SILENCE_SECONDS
        ]
        for run in dead:
            who = "server" if run.owner == "server" else "command"
            self.end(
                run.id,
                "interrupted",
                f"The {who} that trained this run ended before the run did. What it had "
                "recorded is here; resume it to go on from the last epoch it saved.",
            )
        return [run.id for run in dead]


def open_store(settings: Settings | None = None) -> Store:
    """The store the settings name, its tables made if they are not there.

    Raises:
        UserError: the database cannot be reached.
    """
    url = (settings or Settings()).database
    try:
        engine = open_engine(url)
    except (SQLAlchemyError, OSError) as error:
        raise UserError(
            f"The database for the runs did not open: {getattr(error, 'orig', None) or error}",
            received=url,
            fix="Check DLPLAY_HOME, DLPLAY_DATABASE_URL, and that the disk is not full",
        ) from error
    return Store(engine)


def default_title(experiment: Experiment) -> str:
    """“Iris flowers · Multilayer perceptron”."""
    return f"{experiment.dataset.card.title} · {experiment.architecture.card.title}"
