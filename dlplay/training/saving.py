"""When a run saves its state, and how it goes back to it."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from dlplay.errors import UserError
from dlplay.runs.checkpoints import Checkpoint, Checkpoints
from dlplay.training import resuming
from dlplay.training.compiling import set_rate
from dlplay.training.stages import Stages
from dlplay.views.snapshots import forget_after

if TYPE_CHECKING:
    from dlplay.training.trainer import Trainer

_SECONDS, _SHARE = 0.25, 0.02
"""Least time between two saved epochs, and the share of a run's time saving may take."""


class Saver:
    """Saves a trainer's state at ends of epochs, seldom enough that training hardly notices."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._kept = Checkpoints(trainer.record.folder)
        self._last: Checkpoint | None = None
        self._not_before = 0.0

    def save_if_due(self, epoch: int) -> None:
        """Save if it is time to."""
        if time.perf_counter() >= self._not_before:
            self.save(epoch)

    def save(self, epoch: int, needed: bool = False) -> None:
        """Save now, unless epochs are too large to be kept and this one is not ``needed``.

        A run that cannot be saved (its disk is full) goes on all the same.
        """
        trainer, start = self._trainer, time.perf_counter()
        model = trainer.stage.model
        if not needed and not self._kept.has_room(resuming.size(model)):
            return
        trainer.recorder.flush()  # whoever goes on from here finds the curve up to here
        weights, patience = trainer.patience.capture()
        notes = {
            "run": trainer.record.id, "rate": trainer.rate, "seconds": start - trainer.start,
            "best": trainer.best, "last": trainer.last, "patience": patience,
            "stage": trainer.stage.number, "began": trainer.began, "note": trainer.note,
            "epochs": trainer.experiment.training.epochs,
        }  # fmt: skip
        arrays = {**resuming.capture(model), **weights}
        with suppress(OSError):
            self._kept.save(Checkpoint(epoch, arrays, notes))
        now = time.perf_counter()
        self._not_before = now + max(_SECONDS, (now - start) / _SHARE)

    def find(self, stages: Stages) -> tuple[int, int]:
        """Read the last saved epoch: the stage to go on in, and the epoch that began after.

        Raises:
            UserError: a fork's epoch cannot be read.
        """
        trainer = self._trainer
        self._last = kept = self._kept.latest()
        if kept is None:
            if trainer.record.origin is not None:
                raise UserError("The saved epoch this fork started from cannot be read any more")
            return 0, 0
        notes = kept.notes
        trainer.epochs, trainer.note = kept.epoch, notes["note"]
        trainer.best, trainer.last = notes["best"], notes["last"]
        trainer.start -= notes["seconds"]
        if len(stages) > 1:  # what one stage has learnt the others build on
            resuming.restore(trainer.model, kept.arrays)
        if notes["epochs"] == trainer.experiment.training.epochs:
            return notes["stage"], notes["began"]
        return stages.place(kept.epoch)  # a fork may give the first stage more epochs

    def go_back(self) -> None:
        """Put back what `find` has read. A new run saves its first weights."""
        trainer, kept, self._last = self._trainer, self._last, None
        if kept is None:
            return self.save(0)
        notes, model = kept.notes, trainer.stage.model
        self._kept.forget_after(kept.epoch)
        forget_after(trainer.record.folder, kept.epoch)
        resuming.restore(model, kept.arrays)
        if trainer.experiment.training.early_stopping:
            trainer.patience.put_back(kept.arrays, notes["patience"])
        if notes["run"] == trainer.record.id:  # a fork has a rate of its own
            trainer.rate = notes["rate"]
        elif not trainer.stage.training.rate_is_constant:
            # Another batch size or optimiser counts other steps: the schedule goes by epochs.
            steps = -(-len(trainer.split.train) // trainer.stage.training.batch_size)
            model.optimizer.iterations.assign((kept.epoch - trainer.began) * steps)
        set_rate(model, trainer.rate)
        trainer.marks = [mark for mark in trainer.marks if mark.epoch <= kept.epoch]
