"""A run from its first to its last line: data, network, epochs, test, files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from dlplay.catalogue import Task
from dlplay.datasets import Samples, Split, split_samples
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.memory import available_bytes, check_memory
from dlplay.runs import Point, Run, Store
from dlplay.training.boundary import Boundary
from dlplay.training.compiling import build_model
from dlplay.training.engine import Engine, Progress, Values
from dlplay.training.recorder import Recorder
from dlplay.training.stages import Arrays, Stage, stages
from dlplay.training.stopping import Patience
from dlplay.training.summary import summarise

_PLANE_SECONDS = 0.25
MODEL_FILE = "model.keras"

OnProgress = Callable[[dict[str, Any]], None]


def train(store: Store, run: Run, on_progress: OnProgress = lambda _: None) -> Run:
    """Train a claimed run to its end, whatever that is; the store holds the outcome."""
    run.folder.mkdir(parents=True, exist_ok=True)
    try:
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
    return store.get(run.id)


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
        self.best: dict[str, float] = {}
        self.last: Values = {}
        self.split: Split
        self.task: Task | None = None
        self.speed = _Speed()

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
        self.task = self.split.facts.task
        self._report(phase="building the network")
        needed = summarise(self.experiment, self.split.facts).training_bytes
        data_bytes = samples.inputs.nbytes
        check_memory(needed + data_bytes, available_bytes())
        self.model = build_model(self.experiment, self.split.facts, len(self.split.train))
        self.boundary = None
        if self.split.facts.is_plane:
            self.boundary = Boundary(self.model, self.split, samples)
        self._train(samples)

    def _train(self, samples: Samples) -> None:
        self.start, self._plane_drawn = time.perf_counter(), 0.0
        self.epochs, engine, note = 0, None, ""
        parts = stages(self.model, self.experiment, samples, self.split, self._look_about)
        try:
            for stage in parts:
                engine = self._engine(stage)
                note = self._train_stage(stage, engine) or note
        except _StopRequested:
            return self._finish("stopped")
        self._finish("finished", engine, stage.test, note)

    def _engine(self, stage: Stage) -> Engine:
        return Engine(
            stage.model,
            stage.train,
            stage.validation,
            batch_size=stage.training.batch_size,
            seed=self.experiment.seed,
            jit_compile=bool(tf.config.list_physical_devices("GPU")),
        )

    def _train_stage(self, stage: Stage, engine: Engine) -> str:
        """All epochs of a stage, or fewer if it stops early; then a note says so."""
        patience = Patience(stage.training.early_stopping, stage.model)
        self._report(phase="preparing the first step")
        first = self.epochs
        for epoch in range(first, first + stage.training.epochs):
            for progress in engine.run_epoch(epoch):
                self._take(progress, stage.training.learning_rate_at(epoch - first))
                if self.recorder.stop_requested:
                    self.epochs = epoch + progress.is_epoch_end
                    raise _StopRequested
            self.epochs = epoch + 1
            if patience.is_over(epoch, self.last["val_loss"]):
                break
        patience.restore()
        return patience.note

    def _look_about(self, phase: str, share: float) -> None:
        """Report what goes on between two stages; break off if that is wanted."""
        self._report(phase=phase, share=share)
        if self.recorder.stop_requested:
            raise _StopRequested

    def _take(self, progress: Progress, rate: float) -> None:
        """Record what a graph call brought.

        Args:
            rate: learning rate of its epoch.
        """
        if progress.first_bad_step is not None:
            raise _not_a_number(progress, self.experiment)
        values = self._in_units(progress.values)
        done = progress.epoch + progress.step / progress.steps
        seconds = time.perf_counter() - self.start
        if progress.is_epoch_end:
            self.last = values | {"learning_rate": rate}
            self._remember_best(progress.epoch + 1, values)
            self.recorder.add(Point(done, seconds, self.last))
        else:
            self.recorder.add(Point(done, seconds, values, within_epoch=True))
        self._draw_plane(progress.epoch + progress.is_epoch_end)
        epochs = self.experiment.epochs
        self.speed.take(seconds, done)
        self._report(
            phase="training", epoch=progress.epoch + progress.is_epoch_end, epochs=epochs,
            step=progress.step, steps=progress.steps, share=done / epochs, seconds=seconds,
            samples_per_second=self.speed.epochs_per_second * len(self.split.train),
            seconds_left=self.speed.seconds_left(epochs - done),
        )  # fmt: skip

    def _finish(
        self, state: Any, engine: Engine | None = None, test: Arrays | None = None, note: str = ""
    ) -> None:
        seconds = time.perf_counter() - self.start
        self._draw_plane(self.epochs, at_once=True)
        summary: dict[str, Any] = {
            "task": self.task, "seconds": seconds, "epochs": self.epochs,
            "final": self.last, "best": self.best,
            "parameters": self.model.count_params(),
            "sizes": {name: len(rows) for name, rows in self.split.rows.items()},
        }  # fmt: skip
        if engine is not None and test is not None:
            self._report(phase="testing", share=1.0, seconds=seconds)
            summary["test"] = self._in_units(engine.evaluate(*test))
            self._save_model()
            self.recorder.close()
            self.store.end(self.record.id, state, note, summary=summary)
        else:
            self.recorder.close()
            self.store.end(self.record.id, state, note, summary=summary)
            self._save_model()

    def _save_model(self) -> None:
        partial = self.record.folder / f"partial-{MODEL_FILE}"
        self.model.save(partial)
        os.replace(partial, self.record.folder / MODEL_FILE)

    def _in_units(self, values: Values) -> Values:
        """Errors in the target's unit, where the target was standardised."""
        scaling = self.split.target_scaling
        if scaling is None:
            return values
        return {
            name: value * float(scaling.deviation) if name.endswith("mae") else value
            for name, value in values.items()
        }

    def _remember_best(self, epoch: int, values: Values) -> None:
        if values["val_loss"] < self.best.get("val_loss", np.inf):
            self.best = {"epoch": epoch, **{k: v for k, v in values.items() if k[:4] == "val_"}}

    def _draw_plane(self, epoch: int, at_once: bool = False) -> None:
        if self.boundary is None:
            return
        now = time.perf_counter()
        if at_once or now - self._plane_drawn > _PLANE_SECONDS:
            self.boundary.at(epoch).save(self.record.folder)
            self._plane_drawn = now

    def _report(self, **progress: Any) -> None:
        if self.task is not None:
            progress["task"] = self.task
        self.recorder.report(**progress)
        self.on_progress(progress)


class _StopRequested(Exception):
    """Somebody wants the run to end."""


class _Speed:
    """Epochs a second, forgetting the slow first call and what is long past."""

    def __init__(self) -> None:
        self.epochs_per_second = 0.0
        self._last: tuple[float, float] | None = None

    def take(self, seconds: float, epochs: float) -> None:
        """Note that ``epochs`` were done after ``seconds``."""
        if self._last is not None:
            elapsed, done = seconds - self._last[0], epochs - self._last[1]
            now = done / max(elapsed, 1e-6)
            # A time constant of two seconds, however often this is called.
            weight = min(1.0, elapsed / 2.0) if self.epochs_per_second else 1.0
            self.epochs_per_second += weight * (now - self.epochs_per_second)
        self._last = (seconds, epochs)

    def seconds_left(self, epochs: float) -> float | None:
        """Expected time for ``epochs`` more; None before two calls."""
        return epochs / self.epochs_per_second if self.epochs_per_second else None


def _not_a_number(progress: Progress, experiment: Experiment) -> UserError:
    step = progress.epoch * progress.steps + (progress.first_bad_step or 0) + 1
    rate = experiment.training.optimizer.learning_rate
    return UserError(
        f"The loss stopped being a number at step {step:,} (epoch {progress.epoch + 1})",
        fix=f"Try a learning rate of {rate / 10:g} in place of {rate:g}, standardised inputs, "
        "or batch normalisation",
    )
