"""A run from its first to its last line: data, network, epochs, test, files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from dlplay.catalogue import Task
from dlplay.datasets import Part, Split, split_samples
from dlplay.datasets.split import doubles
from dlplay.errors import UserError, shortened
from dlplay.experiment import Experiment
from dlplay.memory import available_bytes, check_memory
from dlplay.runs import Mark, Point, Run, Store, control
from dlplay.training.compiling import build_model, set_rate
from dlplay.training.engine import Array, Engine, Progress, Values
from dlplay.training.mirrors import Mirror, mirrors
from dlplay.training.recorder import Recorder
from dlplay.training.resuming import wait_until_resumed
from dlplay.training.saving import Saver
from dlplay.training.speed import Speed
from dlplay.training.stopping import Patience
from dlplay.training.summary import summarise
from dlplay.training.watching import Watchers, look_back
from dlplay.views import Subject

MODEL_FILE = "model.keras"

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
        _mirror(store, run.id, asked)
        return store.get(run.id)
    except UserError:  # deleted while it rested
        return run


def _mirror(store: Store, run_id: str, asked: Sequence[Mirror]) -> None:
    """Hand the record on; a mirror that fails is named on the run and changes nothing else."""
    if not asked:
        return
    run, points = store.get(run_id), store.points(run_id, most=2**31)
    for mirror in asked:
        try:
            mirror(run, points)
        except Exception as error:  # each library has its own kinds
            said = f"{type(error).__name__}: {shortened(error)}"
            store.add_message(run_id, f"The record was not mirrored ({mirror.__name__}): {said}")


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
        self.rate = self.experiment.training.optimizer.learning_rate
        self.marks = list(run.marks)
        self.best: dict[str, float] = {}
        self.last: Values = {}
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
        self._train()

    def _train(self) -> None:
        training = self.experiment.training
        engine = Engine(
            self.model,
            self._arrays(self.split.train),
            self._arrays(self.split.validation),
            batch_size=training.batch_size,
            seed=self.experiment.seed,
            jit_compile=bool(tf.config.list_physical_devices("GPU")),
        )
        self.patience = Patience(training.early_stopping, self.model)
        self._report(phase="preparing the first step")
        self.start = time.perf_counter()
        epochs = self._go_back()
        for epoch in range(epochs, training.epochs):
            self._take_rate(epoch)
            for progress in engine.run_epoch(epoch):
                self._take(progress)
                if self.recorder.stop_requested:
                    return self._finish("stopped", epochs + progress.is_epoch_end)
            epochs = epoch + 1
            over = self.patience.is_over(epoch, self.last["val_loss"])
            self.saver.save_if_due(epochs)
            if over:
                break
            if self._is_to_pause(epochs) and not self._pause(epochs):
                return
        self.saver.save(epochs)
        self.patience.restore()
        self._finish("finished", epochs, engine, self.patience.note)

    def _go_back(self) -> int:
        """Put back what the run, or the one it was forked from, saved last; epochs done."""
        self.saver = Saver(self)
        epoch = self.saver.go_back()
        self.recorder.continue_from(control.rewind(self.store, self.record.id, epoch))
        self.recorder.flush()
        return epoch

    def _take_rate(self, epoch: int) -> None:
        """Go on with the learning rate that is wished for."""
        rate = self.recorder.wishes.rate
        if rate is None or rate == self.rate:
            return
        self.rate = rate
        set_rate(self.model, rate)
        self.marks.append(Mark(epoch, f"rate {rate:g}", rate))
        control.mark(self.store, self.record.id, self.marks)
        self.saver.save(epoch)

    def _is_to_pause(self, epochs: int) -> bool:
        wanted = self.recorder.wishes.pause_after
        return wanted is not None and wanted <= epochs < self.experiment.training.epochs

    def _pause(self, epochs: int) -> bool:
        """Rest; False if another process is to go on, or nobody."""
        began = time.perf_counter()
        self.saver.save(epochs, needed=True)
        self._look(epochs, at_once=True)
        self._save_model()
        self.recorder.flush()
        if not control.pause(self.store, self.record.id, self._summary(epochs)):
            return False
        if not wait_until_resumed(self.store, self.record.id):
            return False
        self.recorder.flush()
        self.start += time.perf_counter() - began
        return True

    def _take(self, progress: Progress) -> None:
        """Record what a graph call brought."""
        if progress.first_bad_step is not None:
            raise _not_a_number(progress, self.rate)
        values = self._in_units(progress.values)
        done = progress.epoch + progress.step / progress.steps
        seconds = time.perf_counter() - self.start
        if progress.is_epoch_end:
            training = self.experiment.training
            changed = self.rate / training.optimizer.learning_rate
            rate = training.learning_rate_at(progress.epoch) * changed
            self.last = values | {"learning_rate": rate}
            self._remember_best(progress.epoch + 1, values)
            self.recorder.add(Point(done, seconds, self.last))
        else:
            self.recorder.add(Point(done, seconds, values, within_epoch=True))
        self._look(progress.epoch + progress.is_epoch_end)
        epochs = self.experiment.training.epochs
        self.speed.take(seconds, done)
        self._report(
            phase="training", epoch=progress.epoch + progress.is_epoch_end, epochs=epochs,
            step=progress.step, steps=progress.steps, share=done / epochs, seconds=seconds,
            samples_per_second=self.speed.epochs_per_second * len(self.split.train),
            seconds_left=self.speed.seconds_left(epochs - done),
        )  # fmt: skip

    def _finish(
        self, state: Any, epochs: int, engine: Engine | None = None, note: str = ""
    ) -> None:
        summary = self._summary(epochs)
        if engine is not None:
            self._report(phase="testing", share=1.0, seconds=summary["seconds"])
            self._look(epochs, at_once=True)
            test = engine.evaluate(*self._arrays(self.split.test))
            summary["test"] = self._in_units(test, "test")
            summary["doubles"] = doubles(self.split)
            self._save_model()
        self.recorder.close()
        self.store.end(self.record.id, state, note, summary=summary)
        # Whoever stopped a run, or waits for its scores, need not wait for the rest.
        if engine is None:
            self._save_model()
            self._look(epochs, at_once=True)
        look_back(self.subject, self.record.folder, epochs)

    def _summary(self, epochs: int) -> dict[str, Any]:
        return {
            "task": self.task, "seconds": time.perf_counter() - self.start, "epochs": epochs,
            "final": self.last, "best": self.best,
            "parameters": self.model.count_params(),
            "sizes": {name: len(rows) for name, rows in self.split.rows.items()},
        }  # fmt: skip

    def _save_model(self) -> None:
        partial = self.record.folder / f"partial-{MODEL_FILE}"
        self.model.save(partial)
        os.replace(partial, self.record.folder / MODEL_FILE)

    def _arrays(self, part: Part) -> tuple[Array, Array]:
        objective = self.experiment.objective(self.split.facts)
        return part.inputs, objective.encode(part.inputs, part.targets)

    def _in_units(self, values: Values, part: str = "train") -> Values:
        """Errors in the target's unit, where the target was standardised, and in parts of the
        naive forecast's where there is one."""
        scaling, naive = self.split.target_scaling, self.split.naive
        if scaling is None or self.task == "reconstruction":
            return values
        found = {
            name: value * float(scaling.deviation) if name.endswith("mae") else value
            for name, value in values.items()
        }
        for prefix, measured in (("", part), ("val_", "validation")):
            if naive and f"{prefix}mae" in found:
                error = max(naive.errors[measured], 1e-12)
                found[f"{prefix}naive_ratio"] = found[f"{prefix}mae"] / error
        return found

    def _remember_best(self, epoch: int, values: Values) -> None:
        if values["val_loss"] < self.best.get("val_loss", np.inf):
            self.best = {"epoch": epoch, **{k: v for k, v in values.items() if k[:4] == "val_"}}

    def _look(self, epoch: int, at_once: bool = False) -> None:
        self.watchers.look(epoch, at_once)

    def _report(self, **progress: Any) -> None:
        if self.task is not None:
            progress["task"] = self.task
        self.recorder.report(**progress)
        self.on_progress(progress)


def _not_a_number(progress: Progress, rate: float) -> UserError:
    step = progress.epoch * progress.steps + (progress.first_bad_step or 0) + 1
    return UserError(
        f"The loss stopped being a number at step {step:,} (epoch {progress.epoch + 1})",
        fix=f"Try a learning rate of {rate / 10:g} in place of {rate:g}, standardised inputs, "
        "or batch normalisation",
    )
