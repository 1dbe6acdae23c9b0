"""When a run saves its state, and how it goes back to it."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from dlplay.errors import UserError
from dlplay.runs.checkpoints import Checkpoint, Checkpoints
from dlplay.training import resuming
from dlplay.training.compiling import set_rate
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
        self._is_usual = self._kept.has_room(resuming.size(trainer.model))
        self._not_before = 0.0

    def save_if_due(self, epoch: int) -> None:
        """Save if it is time to."""
        if time.perf_counter() >= self._not_before:
            self.save(epoch)

    def save(self, epoch: int, needed: bool = False) -> None:
        """Save now, unless epochs are too large to be kept and this one is not ``needed``.

        A run that cannot be saved (its disk is full) goes on all the same.
        """
        if not self._is_usual and not needed:
            return
        trainer, start = self._trainer, time.perf_counter()
        trainer.recorder.flush()  # whoever goes on from here finds the curve up to here
        weights, patience = trainer.patience.capture()
        notes = {
            "run": trainer.record.id, "rate": trainer.rate, "seconds": start - trainer.start,
            "best": trainer.best, "last": trainer.last, "patience": patience,
        }  # fmt: skip
        arrays = {**resuming.capture(trainer.model), **weights}
        with suppress(OSError):
            self._kept.save(Checkpoint(epoch, arrays, notes))
        now = time.perf_counter()
        self._not_before = now + max(_SECONDS, (now - start) / _SHARE)

    def go_back(self) -> int:
        """Put the last saved epoch back: complete epochs. A new run saves its first weights."""
        trainer = self._trainer
        kept = self._kept.latest()
        if kept is None:
            if trainer.record.origin is not None:
                raise UserError("The saved epoch this fork started from cannot be read any more")
            self.save(0)
            return 0
        notes = kept.notes
        self._kept.forget_after(kept.epoch)
        forget_after(trainer.record.folder, kept.epoch)
        resuming.restore(trainer.model, kept.arrays)
        if trainer.experiment.training.early_stopping:
            trainer.patience.put_back(kept.arrays, notes["patience"])
        if notes["run"] == trainer.record.id:  # a fork has a rate of its own
            trainer.rate = notes["rate"]
        elif not trainer.experiment.training.rate_is_constant:
            # Another batch size or optimiser counts other steps: the schedule goes by epochs.
            steps = -(-len(trainer.split.train) // trainer.experiment.training.batch_size)
            trainer.model.optimizer.iterations.assign(kept.epoch * steps)
        set_rate(trainer.model, trainer.rate)
        trainer.marks = [mark for mark in trainer.marks if mark.epoch <= kept.epoch]
        trainer.best, trainer.last = notes["best"], notes["last"]
        trainer.start -= notes["seconds"]
        return kept.epoch
