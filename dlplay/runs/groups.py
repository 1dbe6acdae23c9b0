"""Runs that belong together: an ablation, a sweep, the folds of a cross-validation."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import RowMapping, case, func, select

from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.runs.records import ACTIVE, Run, new_id
from dlplay.runs.store import Store
from dlplay.runs.tables import GROUPS, RUNS

Kind = Literal["ablation", "sweep", "folds"]


@dataclass(frozen=True)
class Group:
    """A row of the store, as it was when read.

    Args:
        plan: what was asked for, the experiment it is about among it.
        stopped: when its end was asked for; None if it was not.
        results: what its driver has found out so far.
        message: why it ended before its time.
    """

    id: str
    kind: Kind
    title: str
    created: float
    plan: dict[str, Any]
    stopped: float | None
    results: dict[str, Any]
    message: str

    @property
    def experiment(self) -> Experiment:
        """What it is about."""
        return Experiment.parse(self.plan["experiment"])


def create(store: Store, kind: Kind, title: str, plan: dict[str, Any]) -> Group:
    """A new group, without runs."""
    values = {"id": new_id(), "kind": kind, "title": title, "created": time.time(), "plan": plan}
    with store.transaction() as connection:
        connection.execute(GROUPS.insert().values(values))
    return get(store, str(values["id"]))


def get(store: Store, group_id: str) -> Group:
    """A group by its id.

    Raises:
        UserError: there is none.
    """
    with store.transaction() as connection:
        query = select(GROUPS).where(GROUPS.c.id == group_id)
        row = connection.execute(query).mappings().first()
    if row is None:
        raise UserError(
            "There is no such study; it may have been deleted",
            received=group_id,
            fix="Choose one from the list under Runs",
        )
    return _from_row(row)


def listed(store: Store) -> list[Group]:
    """All groups, newest first."""
    with store.transaction() as connection:
        rows = connection.execute(select(GROUPS).order_by(GROUPS.c.created.desc())).mappings()
        return [_from_row(row) for row in rows]


def members(store: Store, group_id: str) -> list[Run]:
    """The runs of a group, in the order they were made."""
    query = select(RUNS).where(RUNS.c.group_id == group_id).order_by(RUNS.c.created)
    with store.transaction() as connection:
        return [Run.from_row(row) for row in connection.execute(query).mappings()]


def sizes(store: Store) -> dict[str, tuple[int, int]]:
    """How many runs each group has, and how many of them wait or train."""
    active = func.sum(case((RUNS.c.state.in_(ACTIVE), 1), else_=0))
    query = select(RUNS.c.group_id, func.count(), active).group_by(RUNS.c.group_id)
    with store.transaction() as connection:
        return {row[0]: (int(row[1]), int(row[2] or 0)) for row in connection.execute(query)}


def open_sweeps(store: Store, owner: str = "server") -> list[Group]:
    """Sweeps of this owner that still have trials to make or to watch."""
    query = select(GROUPS).where(GROUPS.c.kind == "sweep", GROUPS.c.stopped.is_(None))
    with store.transaction() as connection:
        found = [_from_row(row) for row in connection.execute(query).mappings()]
    found = [group for group in found if group.plan.get("owner", "server") == owner]
    if not found:
        return []
    counts = sizes(store)
    return [group for group in found if is_open(group, *counts.get(group.id, (0, 0)))]


def is_open(group: Group, made: int, active: int) -> bool:
    """Whether a group has runs that wait or train, or are still to be made."""
    if active or group.kind != "sweep" or group.stopped:
        return bool(active)
    made += len(group.results.get("skipped", ()))
    # What the last trial taught is still to be noted.
    return made < group.plan["trials"] or not group.results.get("done")


def note(store: Store, group_id: str, results: dict[str, Any]) -> None:
    """Keep what was found out."""
    with store.transaction() as connection:
        here = GROUPS.c.id == group_id
        connection.execute(GROUPS.update().where(here).values(results=results))


def stop(store: Store, group_id: str, message: str = "") -> None:
    """End a group: no more runs, and those that wait or train are asked to stop."""
    with store.transaction() as connection:
        here = GROUPS.c.id == group_id
        values = {"stopped": time.time(), "message": message}
        connection.execute(GROUPS.update().where(here).values(values))
    for run in members(store, group_id):
        if run.is_active or run.state == "paused":
            store.request_stop(run.id)


def mark_pruned(store: Store, runs: Sequence[Run]) -> None:
    """End runs that promise less than the others, and remember that this is why."""
    for run in runs:
        with store.transaction() as connection:
            values = {"part": {**run.part, "pruned": True}}
            connection.execute(RUNS.update().where(RUNS.c.id == run.id).values(values))
        store.request_stop(run.id)


def delete(store: Store, group_id: str) -> None:
    """Forget a group and all its runs.

    Raises:
        UserError: some are still active.
    """
    runs = members(store, group_id)
    if any(run.is_active for run in runs):
        raise UserError("Expected a study that has ended", fix="Stop it first")
    for run in runs:
        store.delete(run.id)
    with store.transaction() as connection:
        connection.execute(GROUPS.delete().where(GROUPS.c.id == group_id))


def _from_row(row: RowMapping) -> Group:
    values = dict(row)
    values["results"] = values["results"] or {}
    values["message"] = values["message"] or ""
    return Group(**values)
