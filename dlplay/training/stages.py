"""The parts of a training: mostly one; two where a frozen part of the network is fine-tuned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np

from dlplay.datasets import Samples, Split
from dlplay.datasets.base import Inputs
from dlplay.experiment import Experiment
from dlplay.optimisation import Constant, Training
from dlplay.training import frozen
from dlplay.training.compiling import compile_model
from dlplay.training.engine import Array

Arrays = tuple[Array, Array]
OnPhase = Callable[[str, float], None]
"""Told what is being done, and which share of it is."""


@dataclass(frozen=True, eq=False)
class Stage:
    """Epochs of one model at one schedule.

    Args:
        model: compiled; the whole network, or a part that shares its weights.
        train, validation, test: inputs of that model, and encoded targets.
        training: epochs, rate and batches of this stage.
    """

    model: keras.Model
    train: Arrays
    validation: Arrays
    test: Arrays
    training: Training


def stages(
    model: keras.Model, experiment: Experiment, samples: Samples, split: Split, on_phase: OnPhase
) -> Iterator[Stage]:
    """What is to be trained, each stage made when the one before is done.

    Args:
        model: the whole network, compiled.
    """
    layer = experiment.architecture.frozen
    if layer and not experiment.regularisation.augment:
        inputs = frozen.features(
            model, layer, samples.inputs, lambda share: on_phase("looking at the images", share)
        )
        part = frozen.head(model, layer)
        compile_model(part, experiment, split.facts, len(split.train))
        yield _stage(part, experiment, split, inputs)
    else:
        yield _stage(model, experiment, split)
    tuning = experiment.architecture.tuning()
    if tuning is not None:
        experiment.architecture.thaw(model)
        optimizer = experiment.training.optimizer.model_copy(
            update={"learning_rate": tuning.learning_rate}
        )
        slow = experiment.training.model_copy(
            update={"optimizer": optimizer, "schedule": Constant(), "epochs": tuning.epochs}
        )
        tuned = experiment.model_copy(update={"training": slow})
        compile_model(model, tuned, split.facts, len(split.train))
        yield _stage(model, tuned, split)


def _stage(
    model: keras.Model, experiment: Experiment, split: Split, features: Inputs | None = None
) -> Stage:
    """The parts of the split; with ``features`` of all samples in place of their inputs."""
    encode = experiment.objective(split.facts).encode

    def arrays(name: str) -> Arrays:
        part = getattr(split, name)
        inputs = part.inputs if features is None else features[split.rows[name]]
        return np.ascontiguousarray(inputs), encode(part.targets)

    return Stage(model, arrays("train"), arrays("validation"), arrays("test"), experiment.training)
