"""What can be done to a run on its way: let it rest, go on, or go on at another learning rate."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, literal, select

from dlplay.errors import UserError
from dlplay.runs.records import ACTIVE, RESUMABLE, Mark, State
from dlplay.runs.store import Store
from dlplay.runs.tables import POINTS, RUNS


def request_pause(store: Store, run_id: str) -> None:
    """Ask a run to rest as soon as its epoch is complete; one that waits rests at once."""
    if not store.move(run_id, "paused", ("queued",)):
        store.move(run_id, "running", ("running",), pause_after=0)


def request_rate(store: Store, run_id: str, rate: float) -> None:
    """Ask for another learning rate, from the next epoch on.

    Raises:
        UserError: it is not a positive number.
    """
    if not 0 < rate <= 1_000:
        raise UserError("Expected a learning rate above 0 and up to 1000", received=rate)
    before: tuple[State, ...] = (*ACTIVE, *RESUMABLE)
    with store.transaction() as connection:
        here = (RUNS.c.id == run_id) & RUNS.c.state.in_(before)
        connection.execute(RUNS.update().where(here).values(rate_wanted=rate))


def pause(store: Store, run_id: str, summary: dict[str, Any]) -> bool:
    """Let a running run rest; it may be resumed, by this process or another."""
    return store.move(
        run_id, "paused", ("running",), pause_after=None, finished=time.time(),
        summary=summary,
    )  # fmt: skip


def resume(
    store: Store, run_id: str, pause_after: int | None = None, owner: str = "server"
) -> None:
    """Put a run that rests back into the queue.

    Args:
        pause_after: epochs in all after which it is to rest again; None to go on to its end.

    Raises:
        UserError: it does not rest.
    """
    again = store.move(
        run_id, "queued", RESUMABLE, pause_after=pause_after, stop_requested=None,
        finished=None, message=None, summary=None, owner=owner,
    )  # fmt: skip
    if not again:
        raise UserError(
            "Expected a run that is paused, stopped or interrupted",
            received=store.get(run_id).state,
        )


def rewind(store: Store, run_id: str, epoch: int) -> dict[bool, int]:
    """Forget the points after ``epoch``; the numbers of the next, by `Point.within_epoch`."""
    here = POINTS.c.run == run_id
    query = select(POINTS.c.within_epoch, func.max(POINTS.c.number))
    with store.transaction() as connection:
        connection.execute(POINTS.delete().where(here, POINTS.c.epoch > epoch))
        last = connection.execute(query.where(here).group_by(POINTS.c.within_epoch))
        found = {bool(within): int(number) + 1 for within, number in last}
    return {False: 0, True: 0} | found


def copy_points(store: Store, source: str, target: str, epoch: int) -> None:
    """Give a fork the points of its origin up to ``epoch``."""
    columns = ["number", "within_epoch", "epoch", "seconds", "metrics"]
    kept = select(literal(target), *(POINTS.c[name] for name in columns)).where(
        POINTS.c.run == source, POINTS.c.epoch <= epoch
    )
    with store.transaction() as connection:
        connection.execute(POINTS.insert().from_select(["run", *columns], kept))


def mark(store: Store, run_id: str, marks: Sequence[Mark]) -> None:
    """Keep what was done to a run on its way; a wish for a learning rate is met by that."""
    values = {"marks": [asdict(mark) for mark in marks], "rate_wanted": None}
    with store.transaction() as connection:
        connection.execute(RUNS.update().where(RUNS.c.id == run_id).values(values))
