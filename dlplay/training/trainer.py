"""A run from its first to its last line: data, network, epochs, test, files."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from dlplay.catalogue import Task
from dlplay.datasets import Samples, Split, split_samples
from dlplay.datasets.split import doubles
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.files import replacing
from dlplay.memory import available_bytes, check_memory
from dlplay.runs import Mark, Point, Run, Store, control
from dlplay.training.compiling import build_model, set_rate
from dlplay.training.engine import Engine, Progress, Values
from dlplay.training.mirrors import Mirror, hand_on, mirrors
from dlplay.training.recorder import Recorder
from dlplay.training.resuming import wait_until_resumed
from dlplay.training.saving import Saver
from dlplay.training.speed import Speed
from dlplay.training.stages import Stages
from dlplay.training.stopping import Patience
from dlplay.training.summary import summarise
from dlplay.training.units import in_units
from dlplay.training.watching import Watchers, look_back
from dlplay.views import Subject

OnProgress = Callable[[dict[str, Any]], None]


def train(store: Store, run: Run, on_progress: OnProgress = lambda _: None) -> Run:
    """Train a claimed run to its end, whatever that is; the store holds the outcome."""
    run.folder.mkdir(parents=True, exist_ok=True)
    asked: list[Mirror] = []
    try:
        asked = mirrors()
        with Recorder(store, run.id) as recorder:
            Trainer(store, run, recorder, on_progress).run()
    except UserError as error:
        store.end(run.id, "failed", str(error))
    except tf.errors.ResourceExhaustedError:
        store.end(
            run.id,
            "failed",
            "The device ran out of memory. Choose fewer units, a smaller batch or a smaller "
            "network.",
        )
    except Exception as error:
        store.end(run.id, "failed", f"Training broke off: {type(error).__name__}: {error}")
        raise
    try:
        hand_on(store, run.id, asked)
        return store.get(run.id)
    except UserError:  # deleted while it rested
        return run


class Trainer:
    """The steps of one run, in order.

    Args:
        recorder: takes points and progress, and knows whether to stop.
        on_progress: is told the same progress (the command line prints it).
    """

    def __init__(
        self, store: Store, run: Run, recorder: Recorder, on_progress: OnProgress
    ) -> None:
        self.store, self.record, self.recorder = store, run, recorder
        self.on_progress = on_progress
        self.experiment: Experiment = run.experiment
        self.marks = list(run.marks)
        self.epochs = 0
        """Complete ones."""
        self.best: dict[str, float] = {}
        self.last: Values = {}
        self.note = ""
        self.split: Split
        self.task: Task | None = None
        self.speed = Speed()

    def run(self) -> None:
        """Everything."""
        dataset = self.experiment.dataset
        self._report(phase="loading data")
        if dataset.origin() == "needs download":
            self._report(phase="downloading data")
            dataset.download()
        samples = dataset.load()
        self.experiment.check(samples.facts())
        self.split = split_samples(dataset, samples, self.experiment.seed)
        self.task = self.experiment.architecture.task(self.split.facts)
        self._report(phase="building the network")
        needed = summarise(self.experiment, self.split.facts).training_bytes
        data_bytes = samples.inputs.nbytes
        check_memory(needed + data_bytes, available_bytes())
        self.model = build_model(self.experiment, self.split.facts, len(self.split.train))
        self.subject = Subject(self.experiment, self.model, self.split, samples)
        self.watchers = Watchers(self.subject, self.record.folder)
        self._train(samples)

    def _train(self, samples: Samples) -> None:
        self.start = time.perf_counter()
        stages = Stages(self.model, self.experiment, samples, self.split, self._look_about)
        self.saver = Saver(self)
        try:
            first, self.began = self.saver.find(stages)
            for number in range(first, len(stages)):
                self._enter(stages, number)
                if number == first:
                    self._go_back()
                else:
                    self._begin()
                if not self._train_stage():
                    return
        except _StopRequested:
            return self._finish("stopped")
        self._finish("finished", self.engine)

    def _enter(self, stages: Stages, number: int) -> None:
        """Make ready for a stage's epochs."""
        self.stage = stages.make(number)
        self.engine = Engine(
            self.stage.model,
            self.stage.arrays("train"),
            self.stage.arrays("validation"),
            batch_size=self.stage.training.batch_size,
            seed=self.experiment.seed,
            jit_compile=bool(tf.config.list_physical_devices("GPU")),
        )
        self.rate = self.stage.training.optimizer.learning_rate
        self.patience = Patience(self.stage.training.early_stopping, self.stage.model)
        self._report(phase="preparing the first step")

    def _go_back(self) -> None:
        """Put back what the run, or the one it was forked from, saved last."""
        self.saver.go_back()
        self.recorder.continue_from(control.rewind(self.store, self.record.id, self.epochs))
        self.recorder.flush()

    def _begin(self) -> None:
        """Note where a stage begins that comes after another; a run can go back to here."""
        self.began = self.epochs
        self.marks.append(Mark(self.epochs, self.stage.title, self.rate))
        self.saver.save(self.epochs, needed=True)
        if self.recorder.wishes.rate is None:  # such a wish is met, and marked, very soon
            control.mark(self.store, self.record.id, self.marks)

    def _train_stage(self) -> bool:
        """All epochs of a stage, or fewer if it stops early; False if the run rests."""
        for epoch in range(self.epochs, self.began + self.stage.training.epochs):
            self._take_rate(epoch)
            for progress in self.engine.run_epoch(epoch):
                self._take(progress)
                if self.recorder.stop_requested:
                    self.epochs += progress.is_epoch_end
                    raise _StopRequested
            self.epochs = epoch + 1
            over = self.patience.is_over(epoch, self.last["val_loss"])
            self.saver.save_if_due(self.epochs)
            if over:
                break
            if self._is_to_pause() and not self._pause():
                return False
        self.saver.save(self.epochs)
        self.patience.restore()
        self.note = self.patience.note or self.note
        return True

    def _total(self) -> int:
        """Epochs of all stages, unless one that is to come stops early."""
        return self.began + self.stage.training.epochs + self.stage.later

    def _take_rate(self, epoch: int) -> None:
        """Go on with the learning rate that is wished for."""
        rate = self.recorder.wishes.rate
        if rate is None or rate == self.rate:
            return
        self.rate = rate
        set_rate(self.stage.model, rate)
        self.marks.append(Mark.of_rate(epoch, rate))
        control.mark(self.store, self.record.id, self.marks)
        self.saver.save(epoch)

    def _is_to_pause(self) -> bool:
        wanted = self.recorder.wishes.pause_after
        return wanted is not None and wanted <= self.epochs < self._total()

    def _pause(self) -> bool:
        """Rest; False if another process is to go on, or nobody."""
        began = time.perf_counter()
        self.saver.save(self.epochs, needed=True)
        self.watchers.look(self.epochs, at_once=True)
        self._save_model()
        self.recorder.flush()
        if not control.pause(self.store, self.record.id, self._summary()):
            return False
        if not wait_until_resumed(self.store, self.record.id):
            return False
        self.recorder.flush()
        self.start += time.perf_counter() - began
        return True

    def _look_about(self, phase: str, share: float) -> None:
        """Report what goes on before a stage; break off if that is wanted."""
        self._report(phase=phase, share=share)
        if self.recorder.stop_requested:
            raise _StopRequested

    def _take(self, progress: Progress) -> None:
        """Record what a graph call brought."""
        if progress.first_bad_step is not None:
            raise _not_a_number(progress, self.rate)
        values = in_units(progress.values, self.split, self.task)
        done = progress.epoch + progress.step / progress.steps
        seconds = time.perf_counter() - self.start
        if progress.is_epoch_end:
            training = self.stage.training
            changed = self.rate / training.optimizer.learning_rate
            rate = training.learning_rate_at(progress.epoch - self.began) * changed
            self.last = values | {"learning_rate": rate}
            self._remember_best(progress.epoch + 1, values)
            self.recorder.add(Point(done, seconds, self.last))
        else:
            self.recorder.add(Point(done, seconds, values, within_epoch=True))
        self.watchers.look(progress.epoch + progress.is_epoch_end)
        epochs = self._total()
        self.speed.take(seconds, done)
        self._report(
            phase="training", epoch=progress.epoch + progress.is_epoch_end, epochs=epochs,
            step=progress.step, steps=progress.steps, share=done / epochs, seconds=seconds,
            samples_per_second=self.speed.epochs_per_second * len(self.split.train),
            seconds_left=self.speed.seconds_left(epochs - done),
        )  # fmt: skip

    def _finish(self, state: Any, engine: Engine | None = None) -> None:
        summary = self._summary()
        if engine is not None:
            self._report(phase="testing", share=1.0, seconds=summary["seconds"])
            self.watchers.look(self.epochs, at_once=True)
            test = engine.evaluate(*self.stage.arrays("test"))
            summary["test"] = in_units(test, self.split, self.task, "test")
            summary["doubles"] = doubles(self.split)
            self._save_model()
        self.recorder.close()
        note = self.note if engine is not None else ""
        self.store.end(self.record.id, state, note, summary=summary)
        # Whoever stopped a run, or waits for its scores, need not wait for the rest.
        if engine is None:
            self._save_model()
            self.watchers.look(self.epochs, at_once=True)
        look_back(self.subject, self.record.folder, self.epochs)

    def _summary(self) -> dict[str, Any]:
        return {
            "task": self.task, "seconds": time.perf_counter() - self.start, "epochs": self.epochs,
            "final": self.last, "best": self.best,
            "parameters": self.model.count_params(),
            "sizes": {name: len(rows) for name, rows in self.split.rows.items()},
        }  # fmt: skip

    def _save_model(self) -> None:
        with replacing(self.record.model_file) as partial:
            self.model.save(partial)

    def _remember_best(self, epoch: int, values: Values) -> None:
        if values["val_loss"] < self.best.get("val_loss", np.inf):
            self.best = {"epoch": epoch, **{k: v for k, v in values.items() if k[:4] == "val_"}}

    def _report(self, **progress: Any) -> None:
        if self.task is not None:
            progress["task"] = self.task
        self.recorder.report(**progress)
        self.on_progress(progress)


class _StopRequested(Exception):
    """Somebody wants the run to end."""


def _not_a_number(progress: Progress, rate: float) -> UserError:
    step = progress.epoch * progress.steps + (progress.first_bad_step or 0) + 1
    return UserError(
        f"The loss stopped being a number at step {step:,} (epoch {progress.epoch + 1})",
        fix=f"Try a learning rate of {rate / 10:g} in place of {rate:g}, standardised inputs, "
        "or batch normalisation",
    )
