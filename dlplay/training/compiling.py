"""From an experiment to a compiled Keras model."""

from __future__ import annotations

import keras

from dlplay.architectures import Objective
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.optimisation import Training
from dlplay.training.metrics import MacroScores


def build_model(experiment: Experiment, facts: Facts, samples: int) -> keras.Model:
    """The experiment's network, its first weights drawn from its seed, compiled for training.

    Args:
        samples: of the training part; they fix the steps of an epoch and the prior's strength.
    """
    keras.utils.clear_session()  # layers are named by a counter: begin it anew
    keras.utils.set_random_seed(experiment.seed)
    objective = experiment.objective(facts)
    regularisation = experiment.effective_regularisation(facts, samples)
    model = experiment.architecture.build(facts, objective, regularisation)
    experiment.architecture.initialise(model)
    return compile_model(model, experiment, facts, samples)


def compile_model(
    model: keras.Model, experiment: Experiment, facts: Facts, samples: int
) -> keras.Model:
    """``model`` itself, or a part of it, with the experiment's optimiser, loss and metrics."""
    objective = experiment.objective(facts)
    steps = -(-samples // experiment.training.batch_size)
    model.compile(
        optimizer=_optimizer(experiment, steps),
        loss=objective.loss,
        metrics=_metrics(facts, objective),
        jit_compile=False,
    )
    return model


def _optimizer(experiment: Experiment, steps_per_epoch: int) -> keras.Optimizer:
    training = experiment.training
    rate = training.optimizer.learning_rate
    schedule = None if training.rate_is_constant else EpochSchedule(training, steps_per_epoch)
    return training.optimizer.build(schedule or rate, experiment.regularisation.weight_decay)


def _metrics(facts: Facts, objective: Objective) -> list[str | keras.metrics.Metric]:
    if facts.task == "regression":
        return [keras.metrics.MeanAbsoluteError(name="mae"), keras.metrics.R2Score(name="r2")]
    return ["accuracy", MacroScores(facts.classes)]


class EpochSchedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """`Training.learning_rate_at` for Keras: the rate at every single step."""

    def __init__(self, training: Training, steps_per_epoch: int) -> None:
        super().__init__()
        self.training = training
        self.steps_per_epoch = steps_per_epoch

    def __call__(self, step: keras.KerasTensor) -> keras.KerasTensor:
        epoch = keras.ops.cast(step, "float32") / self.steps_per_epoch
        schedule, rate = self.training.schedule, self.training.optimizer.learning_rate
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
