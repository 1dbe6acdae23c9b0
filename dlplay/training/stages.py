"""The parts of a training: mostly one; two where a frozen part of the network is fine-tuned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras

from dlplay.architectures import FineTuning
from dlplay.datasets import Samples, Split
from dlplay.datasets.base import Inputs
from dlplay.experiment import Experiment
from dlplay.optimisation import Constant, Training
from dlplay.training import frozen
from dlplay.training.compiling import compile_model
from dlplay.training.engine import Array

Arrays = tuple[Array, Array]
OnPhase = Callable[[str, float], None]
"""Told what is being done, and which share of it is; may raise to break off."""


@dataclass(frozen=True, eq=False)
class Stage:
    """Epochs of one model at one schedule.

    Args:
        number: from 0.
        model: compiled; the whole network, or a part that shares its weights.
        experiment: with epochs, rate and batches of this stage.
        features: what the model takes in place of the samples' inputs, of all samples.
        later: epochs of the stages after this one.
        title: what is begun here, where a stage came before.
    """

    number: int
    model: keras.Model
    experiment: Experiment
    split: Split
    features: Inputs | None = None
    later: int = 0
    title: str = ""

    @property
    def training(self) -> Training:
        """Epochs, rate and batches."""
        return self.experiment.training

    def arrays(self, part: str) -> Arrays:
        """What the model takes of a part of the split, and encoded targets."""
        samples = getattr(self.split, part)
        targets = self.experiment.objective(self.split.facts).encode(
            samples.inputs, samples.targets
        )
        if self.features is None:
            return samples.inputs, targets
        return self.features[self.split.rows[part]], targets


class Stages:
    """What is to be trained; a stage is made when its turn has come.

    Args:
        model: the whole network, compiled.
    """

    def __init__(
        self,
        model: keras.Model,
        experiment: Experiment,
        samples: Samples,
        split: Split,
        on_phase: OnPhase,
    ) -> None:
        self._model, self._experiment = model, experiment
        self._samples, self._split, self._on_phase = samples, split, on_phase
        self._tuning = experiment.architecture.tuning()

    def __len__(self) -> int:
        return 1 if self._tuning is None else 2

    def make(self, number: int) -> Stage:
        """One of them, with the weights the whole network has now."""
        if number and self._tuning:
            return self._tuned(self._tuning)
        return self._first()

    def place(self, epoch: int) -> tuple[int, int]:
        """The stage that goes on after ``epoch`` complete epochs, and the epoch it began after."""
        first = self._experiment.training.epochs
        return (1, first) if len(self) > 1 and epoch >= first else (0, 0)

    def _first(self) -> Stage:
        """All layers that are not frozen, on what the frozen ones say; on the samples themselves
        if there are none, or if no epoch sees the same samples again."""
        experiment, later = self._experiment, self._tuning.epochs if self._tuning else 0
        layer = experiment.architecture.frozen_part
        if not layer or experiment.regularisation.augment:
            return Stage(0, self._model, experiment, self._split, later=later)
        features = frozen.features(
            self._model,
            layer,
            self._samples.inputs,
            lambda share: self._on_phase("looking at the images", share),
        )
        head = frozen.head(self._model, layer)
        compile_model(head, experiment, self._split.facts, len(self._split.train))
        return Stage(0, head, experiment, self._split, features, later)

    def _tuned(self, tuning: FineTuning) -> Stage:
        """The whole network at a low, constant rate, the last blocks of its frozen part thawed."""
        experiment = self._experiment
        experiment.architecture.thaw(self._model)
        optimizer = experiment.training.optimizer.model_copy(
            update={"learning_rate": tuning.learning_rate}
        )
        slow = experiment.training.model_copy(
            update={"optimizer": optimizer, "schedule": Constant(), "epochs": tuning.epochs}
        )
        tuned = experiment.model_copy(update={"training": slow})
        compile_model(self._model, tuned, self._split.facts, len(self._split.train))
        return Stage(1, self._model, tuned, self._split, title="fine-tuning")
