"""A fork: a new run that goes on from an epoch another one has saved, trained differently."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.runs import control
from dlplay.runs.checkpoints import Checkpoints
from dlplay.runs.records import Mark, Origin, Run, new_id
from dlplay.runs.store import Store
from dlplay.settings import Settings

_KEPT = ("dataset", "architecture", "seed", "training.loss")
"""What weights, and a test set nobody has trained on, depend on."""


def fork(store: Store, run_id: str, epoch: int, experiment: Experiment, **fields: Any) -> Run:
    """A queued run that starts as ``run_id`` was after ``epoch`` epochs, 0 for its first weights.

    Raises:
        UserError: the run or the saved epoch is gone, or the experiment asks for another network,
            other data, or no further epoch.
    """
    parent = store.get(run_id)
    check(parent, epoch, experiment)
    fork_id = new_id()
    folder = Settings().folder("runs") / fork_id
    if not Checkpoints(parent.folder).copy_to(folder, epoch):
        raise UserError(
            "Expected an epoch this run has saved",
            received=epoch,
            fix=f"Choose one of {', '.join(map(str, Checkpoints(parent.folder).epochs()))}",
        )
    marks = [mark for mark in parent.marks if mark.epoch <= epoch]
    fork_mark = Mark(epoch, "forked", experiment.rate_after(epoch))
    made = store.create(
        experiment, f"Fork of {parent.title.removeprefix('Fork of ')}", run_id=fork_id,
        state="paused", origin=asdict(Origin(run_id, epoch)),
        marks=[asdict(mark) for mark in [*marks, fork_mark]], **fields,
    )  # fmt: skip
    control.copy_points(store, run_id, fork_id, epoch)
    control.resume(store, fork_id, owner=made.owner)
    return store.get(fork_id)


def check(parent: Run, epoch: int, experiment: Experiment) -> None:
    """Raise a `UserError` if ``experiment`` cannot go on where ``parent`` was."""
    changed = [path for path, _, _ in experiment.differences(parent.experiment)]
    wrong = [path for path in changed if path.startswith(_KEPT)]
    if wrong:
        raise UserError(
            "A fork keeps its data, network, loss and seed",
            received=", ".join(wrong),
            fix="Train a new run to change them",
        )
    if experiment.epochs <= epoch:
        raise UserError(
            f"Expected more epochs than the {epoch} that are behind it",
            received=experiment.epochs,
        )
    experiment.check(experiment.dataset.facts())
