"""What the store keeps: runs and their points, as they were when read."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import RowMapping

from dlplay.catalogue import Task
from dlplay.experiment import Experiment
from dlplay.settings import Settings

State = Literal["queued", "running", "finished", "stopped", "failed", "interrupted", "paused"]
ACTIVE: tuple[State, ...] = ("queued", "running")
RESUMABLE: tuple[State, ...] = ("paused", "stopped", "interrupted")


def new_id() -> str:
    """An id nothing else has."""
    return secrets.token_hex(4)


@dataclass(frozen=True)
class Point:
    """Metrics at some moment of a run.

    Args:
        epoch: complete epochs, with a fraction inside one.
        seconds: since training started.
        metrics: by name; of a complete epoch with ``val_`` ones and ``learning_rate``.
        within_epoch: whether the epoch was not complete yet.
    """

    epoch: float
    seconds: float
    metrics: dict[str, float]
    within_epoch: bool = False


@dataclass(frozen=True)
class Mark:
    """Something done to a run on its way, for its curves.

    Args:
        epoch: complete epochs when it happened.
        text: what, in a few words.
        rate: the learning rate from then on, where that is what was changed.
    """

    epoch: int
    text: str
    rate: float | None = None

    @classmethod
    def of_rate(cls, epoch: int, rate: float) -> Mark:
        """A learning rate that somebody asked for while the run trained."""
        return cls(epoch, f"rate {rate:g}", rate)

    @property
    def by_hand(self) -> bool:
        """Whether it is one of `of_rate`."""
        return self.rate is not None and self == Mark.of_rate(self.epoch, self.rate)


@dataclass(frozen=True)
class Origin:
    """Where a fork comes from: a run, and after how many of its epochs."""

    run: str
    epoch: int


@dataclass(frozen=True)
class Wishes:
    """What is asked of a run's worker.

    Args:
        stop: when its end was asked for; None if it was not.
        pause_after: epochs after which to pause, 0 for as soon as one is complete.
        rate: the learning rate to go on with.
    """

    stop: float | None = None
    pause_after: int | None = None
    rate: float | None = None


@dataclass(frozen=True)
class Run:
    """A row of the store, as it was when read."""

    id: str
    title: str
    state: State
    owner: str
    created: float
    started: float | None
    seen: float | None
    finished: float | None
    stop_requested: float | None
    progress: dict[str, Any]
    summary: dict[str, Any]
    message: str
    values: dict[str, Any]
    pause_after: int | None = None
    rate_wanted: float | None = None
    marks: tuple[Mark, ...] = ()
    origin: Origin | None = None
    group_id: str | None = None
    part: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: RowMapping) -> Run:
        """A run from its row."""
        fields = dict(row)
        values = fields.pop("experiment")
        for name, empty in (("progress", {}), ("summary", {}), ("message", ""), ("part", {})):
            fields[name] = fields[name] or empty
        fields["marks"] = tuple(Mark(**mark) for mark in fields["marks"] or ())
        fields["origin"] = Origin(**fields["origin"]) if fields["origin"] else None
        return cls(values=values, **fields)

    @cached_property
    def experiment(self) -> Experiment:
        """What was trained.

        Raises:
            UserError: the run was made by a version whose experiments this one cannot read.
        """
        return Experiment.parse(self.values)

    @property
    def task(self) -> Task | None:
        """What is asked of the network; None until its worker has seen the data."""
        return self.summary.get("task") or self.progress.get("task")

    @property
    def departures(self) -> str:
        """What was done to it that its experiment does not say, a sentence; empty if nothing."""
        told = [f"{mark.text} from epoch {mark.epoch} on" for mark in self.marks if mark.by_hand]
        if self.origin and self.origin.epoch:
            told.insert(0, f"a start from epoch {self.origin.epoch} of run {self.origin.run}")
        return f"The run had what this program has not: {', '.join(told)}." if told else ""

    @property
    def is_active(self) -> bool:
        """Whether it waits or trains."""
        return self.state in ACTIVE

    @property
    def seconds(self) -> float | None:
        """How long training took, or has taken so far."""
        known = self.summary or (self.progress if self.is_active else {})
        if "seconds" in known:
            return float(known["seconds"])
        if self.started is None:
            return None
        return (self.finished or time.time()) - self.started

    @property
    def model_file(self) -> Path:
        """Where its network is once it has ended."""
        return self.folder / "model.keras"

    @property
    def folder(self) -> Path:
        """Where its files are: the model, the decision boundary."""
        return Settings().folder("runs") / self.id
