"""From an experiment to a compiled model: seed, schedule, optimiser, penalty, metrics."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.optimisation import OPTIMIZERS, SCHEDULES, Training
from dlplay.training.compiling import EpochSchedule, build_model

pytestmark = pytest.mark.xdist_group("training-compiling")

THREE = Facts("table", (4,), "classification", 100, ("a", "b", "c"), tuple("wxyz"))
TWO = Facts("table", (4,), "classification", 100, ("a", "b"), tuple("wxyz"))
NUMBER = Facts("table", (4,), "regression", 100, (), tuple("wxyz"), "height")


def experiment(**values: Any) -> Experiment:
    """A small network on a table."""
    shortest = {"dataset": {"name": "iris"}, "architecture": {"name": "mlp"}}
    return Experiment.parse(shortest | values)


@pytest.mark.parametrize("warmup", [0, 3])
@pytest.mark.parametrize("name", SCHEDULES)
class TestEpochSchedule:
    """The rate at every step is `Training.learning_rate_at` of that moment."""

    STEPS_PER_EPOCH = 7

    def training(self, name: str, warmup: int) -> Training:
        """Thirty epochs."""
        schedule = {"name": name, "warmup_epochs": warmup}
        return Training.model_validate({"epochs": 30, "schedule": schedule})

    def test_it_is_so_at_every_step_of_a_run(self, name: str, warmup: int) -> None:
        training = self.training(name, warmup)
        schedule = EpochSchedule(training, self.STEPS_PER_EPOCH)
        steps = np.arange(30 * self.STEPS_PER_EPOCH)
        found = [float(schedule(keras.ops.convert_to_tensor(step))) for step in steps]
        expected = [training.learning_rate_at(step / self.STEPS_PER_EPOCH) for step in steps]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-10)

    def test_it_is_what_the_optimiser_uses(self, name: str, warmup: int) -> None:
        """Plain SGD on a constant gradient moves by exactly the rate."""
        training = self.training(name, warmup)
        optimizer = keras.optimizers.SGD(EpochSchedule(training, self.STEPS_PER_EPOCH))
        weight = keras.Variable(0.0)
        moves = []
        for _ in range(40):
            before = float(weight)
            optimizer.apply([keras.ops.convert_to_tensor(-1.0)], [weight])
            moves.append(float(weight) - before)
        expected = [training.learning_rate_at(step / self.STEPS_PER_EPOCH) for step in range(40)]
        np.testing.assert_allclose(moves, expected, atol=1e-7)


@pytest.mark.parametrize("name", OPTIMIZERS)
class TestOptimizers:
    """Every optimiser, as Keras has it."""

    def build(self, name: str, **regularisation: float) -> keras.Optimizer:
        """The optimiser of a compiled model."""
        training = {"optimizer": {"name": name, "learning_rate": 0.125}}
        chosen = experiment(training=training, regularisation=regularisation)
        return build_model(chosen, THREE, 100).optimizer

    def test_it_is_the_keras_class_of_that_name_with_the_rate(self, name: str) -> None:
        optimizer = self.build(name)
        assert type(optimizer).__name__.lower() == name
        assert float(optimizer.learning_rate) == 0.125

    def test_weight_decay_shrinks_weights_apart_from_the_gradient(self, name: str) -> None:
        """Loshchilov & Hutter: w ← w - rate · decay · w, where the gradient is zero."""
        optimizer = self.build(name, weight_decay=0.2)
        weight = keras.Variable([2.0, -4.0])
        optimizer.apply([keras.ops.zeros(2)], [weight])
        expected = np.array([2.0, -4.0]) * (1 - 0.125 * 0.2)
        np.testing.assert_allclose(keras.ops.convert_to_numpy(weight), expected, rtol=1e-6)

    def test_without_decay_a_zero_gradient_moves_nothing(self, name: str) -> None:
        weight = keras.Variable([2.0, -4.0])
        self.build(name).apply([keras.ops.zeros(2)], [weight])
        assert keras.ops.convert_to_numpy(weight).tolist() == [2.0, -4.0]


def test_momentum_and_nesterov_reach_keras() -> None:
    optimizer = {"name": "sgd", "momentum": 0.9, "nesterov": True}
    built = build_model(experiment(training={"optimizer": optimizer}), THREE, 100).optimizer
    assert (built.momentum, built.nesterov) == (0.9, True)


def test_the_same_seed_draws_the_same_first_weights() -> None:
    def weights(seed: int) -> np.ndarray:
        return np.asarray(build_model(experiment(seed=seed), THREE, 100).get_weights()[0])

    np.testing.assert_array_equal(weights(1), weights(1))
    assert not np.array_equal(weights(1), weights(2))


def test_a_prior_becomes_the_penalty_it_equals() -> None:
    model = build_model(experiment(regularisation={"prior_sigma": 0.5}), THREE, samples=80)
    for layer in model.layers[1:]:
        assert float(layer.kernel_regularizer.l2) == pytest.approx(1 / (2 * 0.25 * 80))


def test_the_loss_holds_the_penalty_of_every_kernel() -> None:
    """Keras' own loss of a batch, less the data's part, is L1 Σ|w| + L2 Σw²."""
    chosen = experiment(regularisation={"l1": 0.01, "l2": 0.1})
    model = build_model(chosen, THREE, 100)
    kernels = [np.asarray(layer.kernel) for layer in model.layers[1:]]
    penalty = sum(0.01 * np.abs(k).sum() + 0.1 * (k**2).sum() for k in kernels)
    inputs = np.random.default_rng(0).normal(size=(16, 4)).astype(np.float32)
    targets = np.arange(16) % 3
    answers = np.asarray(model(inputs))
    data = -np.log(answers[np.arange(16), targets]).mean()
    loss = float(model.compute_loss(inputs, targets, model(inputs)))
    assert loss == pytest.approx(float(data + penalty), rel=1e-5)


@pytest.mark.parametrize(
    ("facts", "measured"),
    [
        (THREE, {"loss", "accuracy", "precision", "recall", "f1"}),
        (TWO, {"loss", "accuracy", "precision", "recall", "f1"}),
        (NUMBER, {"loss", "mae", "r2"}),
    ],
)
def test_metrics_are_those_of_the_task(facts: Facts, measured: set[str]) -> None:
    model = build_model(experiment(), facts, 100)
    inputs = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    targets = (np.arange(12) % (facts.classes or 7)).astype(np.int32)
    model.evaluate(inputs, experiment().objective(facts).encode(inputs, targets), verbose=0)
    found = model.get_metrics_result()
    assert {*found, *(found.pop("macro", None) or {})} - {"macro"} == measured


def test_accuracy_of_two_classes_is_the_share_of_right_answers() -> None:
    model = build_model(experiment(), TWO, 100)
    inputs = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    targets = (np.arange(50) % 2).astype(np.int32)
    encoded = experiment().objective(TWO).encode(inputs, targets)
    found = model.evaluate(inputs, encoded, verbose=0, return_dict=True)
    right = (np.asarray(model(inputs))[:, 0] > 0.5) == targets
    assert found["accuracy"] == pytest.approx(right.mean())
