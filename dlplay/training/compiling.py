"""From an experiment to a compiled Keras model."""

from __future__ import annotations

import keras
import tensorflow as tf

from dlplay.catalogue import Task
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.optimisation import Training
from dlplay.training.metrics import MacroScores, Perplexity


def build_model(experiment: Experiment, facts: Facts, samples: int) -> keras.Model:
    """The experiment's network, its first weights drawn from its seed, compiled for training.

    Args:
        samples: of the training part; they fix the steps of an epoch and the prior's strength.
    """
    # Layers are named by a counter: begin it anew.
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(experiment.seed)
    model = _network(experiment, facts, samples)
    experiment.architecture.initialise(model)
    return compile_model(model, experiment, facts, samples)


def compile_model(
    model: keras.Model, experiment: Experiment, facts: Facts, samples: int
) -> keras.Model:
    """``model`` itself, or a part of it, with the experiment's optimiser, loss and metrics."""
    steps = -(-samples // experiment.training.batch_size)
    model.compile(
        optimizer=_optimizer(experiment, steps),
        loss=experiment.objective(facts).loss,
        metrics=metrics_of(experiment.architecture.task(facts), facts),
        jit_compile=False,
    )
    return model


def outline(experiment: Experiment, facts: Facts, samples: int) -> keras.Model:
    """The network in a graph, where nothing is allocated: to read, not to train."""
    keras.utils.clear_session(free_memory=False)
    with tf.Graph().as_default():
        return _network(experiment, facts, samples)


def _network(experiment: Experiment, facts: Facts, samples: int) -> keras.Model:
    regularisation = experiment.effective_regularisation(facts, samples)
    return experiment.architecture.build(facts, experiment.objective(facts), regularisation)


def _optimizer(experiment: Experiment, steps_per_epoch: int) -> keras.Optimizer:
    training = experiment.training
    rate = training.optimizer.learning_rate
    schedule = None if training.rate_is_constant else EpochSchedule(training, steps_per_epoch)
    return training.optimizer.build(schedule or rate, experiment.regularisation.weight_decay)


def metrics_of(task: Task, facts: Facts) -> list[str | keras.metrics.Metric]:
    """What is measured beside the loss."""
    if task in ("regression", "forecast"):
        return [keras.metrics.MeanAbsoluteError(name="mae"), keras.metrics.R2Score(name="r2")]
    if task == "reconstruction":
        return [keras.metrics.MeanAbsoluteError(name="mae")]
    if task == "next character":
        return ["accuracy", Perplexity()]
    if task == "generation":
        return []  # such a network has its own
    return ["accuracy", MacroScores(facts.classes)]


def set_rate(model: keras.Model, rate: float) -> None:
    """Go on with another learning rate; a schedule goes on from it with its own factors."""
    schedule = vars(model.optimizer).get("_learning_rate")
    if isinstance(schedule, EpochSchedule):
        schedule.rate.assign(rate)
    else:
        model.optimizer.learning_rate = rate


class EpochSchedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """`Training.learning_rate_at` for Keras: the rate at every single step."""

    def __init__(self, training: Training, steps_per_epoch: int) -> None:
        super().__init__()
        self.training = training
        self.steps_per_epoch = steps_per_epoch
        # A variable, so that it can be changed while the graph of a step stays as it is.
        self.rate = keras.Variable(training.optimizer.learning_rate, trainable=False, name="rate")

    def __call__(self, step: keras.KerasTensor) -> keras.KerasTensor:
        epoch = keras.ops.cast(step, "float32") / self.steps_per_epoch
        schedule, rate = self.training.schedule, self.rate
        warmup = schedule.warmup_epochs
        after = keras.ops.maximum(epoch - warmup, 0.0)
        decayed = rate * schedule.factor(after, self.training.epochs - warmup, keras.ops)
        if not warmup:
            return decayed
        return keras.ops.where(epoch < warmup, rate * epoch / warmup, decayed)

    def get_config(self) -> dict[str, object]:
        """What a saved model keeps of the schedule."""
        return {
            "training": self.training.model_dump(mode="json"),
            "steps_per_epoch": self.steps_per_epoch,
        }
