"""The last layer and the loss that fit a task."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from sklearn.metrics import log_loss

from dlplay.architectures import Loss, Objective, objective_for
from dlplay.datasets import Facts
from dlplay.errors import UserError

pytestmark = pytest.mark.xdist_group("architectures-objective")

TWO = Facts("table", (4,), "classification", 100, ("a", "b"))
THREE = Facts("table", (4,), "classification", 100, ("a", "b", "c"))
NUMBER = Facts("table", (4,), "regression", 100)

ANSWERS = np.array(
    [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.3, 0.5], [0.3, 0.3, 0.4]], np.float32
)
TARGETS = np.array([0, 1, 2, 0], np.int32)
ONE_HOT = np.eye(3)[TARGETS]


@pytest.mark.parametrize(
    ("loss", "facts", "expected"),
    [
        ("auto", THREE, Objective("sparse_categorical_crossentropy", 3, "softmax")),
        ("auto", TWO, Objective("binary_crossentropy", 1, "sigmoid")),
        ("auto", NUMBER, Objective("mean_squared_error", 1, "linear")),
        ("mse", NUMBER, Objective("mean_squared_error", 1, "linear")),
        ("mse", THREE, Objective("mean_squared_error", 3, "softmax", one_hot=True)),
        (
            "categorical cross-entropy", TWO,
            Objective("sparse_categorical_crossentropy", 2, "softmax"),
        ),
        (
            "binary cross-entropy", THREE,
            Objective("binary_crossentropy", 3, "sigmoid", one_hot=True),
        ),
        ("kl divergence", TWO, Objective("kl_divergence", 2, "softmax", one_hot=True)),
    ],
)  # fmt: skip
def test_the_task_and_the_loss_decide_how_a_network_ends(
    loss: Loss, facts: Facts, expected: Objective
) -> None:
    assert objective_for(loss, facts) == expected


@pytest.mark.parametrize(
    "loss", ["binary cross-entropy", "categorical cross-entropy", "kl divergence"]
)
def test_a_loss_for_classes_is_refused_for_numbers(loss: Loss) -> None:
    with pytest.raises(UserError, match=f"auto or mse.*Received: {loss}"):
        objective_for(loss, NUMBER)


def keras_loss(loss: Loss) -> float:
    """What Keras makes of the answers and the encoded targets."""
    objective = objective_for(loss, THREE)
    values = keras.losses.get(objective.loss)(objective.encode(ANSWERS, TARGETS), ANSWERS)
    return float(keras.ops.mean(values))


def test_cross_entropy_is_the_log_loss_of_scikit_learn() -> None:
    expected = log_loss(TARGETS, ANSWERS)
    assert keras_loss("auto") == pytest.approx(expected, rel=1e-5)
    assert keras_loss("categorical cross-entropy") == pytest.approx(expected, rel=1e-5)


def test_kl_divergence_from_a_certain_answer_is_cross_entropy() -> None:
    assert keras_loss("kl divergence") == pytest.approx(log_loss(TARGETS, ANSWERS), rel=1e-4)


def test_squares_are_averaged_over_samples_and_outputs() -> None:
    assert keras_loss("mse") == pytest.approx(((ONE_HOT - ANSWERS) ** 2).mean(), rel=1e-5)
    assert objective_for("mse", THREE).outputs_averaged == 3
    assert objective_for("mse", THREE).squared_error


def test_binary_cross_entropy_of_several_classes_asks_about_each_alone() -> None:
    terms = ONE_HOT * np.log(ANSWERS) + (1 - ONE_HOT) * np.log(1 - ANSWERS)
    assert keras_loss("binary cross-entropy") == pytest.approx(float(-terms.mean()), rel=1e-4)
    assert objective_for("binary cross-entropy", THREE).outputs_averaged == 3


NOTHING = np.zeros((3, 0), np.float32)


def test_targets_are_encoded_as_the_loss_wants_them() -> None:
    numbers = np.array([0, 1, 1], np.int32)
    assert objective_for("auto", THREE).encode(NOTHING, numbers).tolist() == [0, 1, 1]
    assert objective_for("auto", TWO).encode(NOTHING, numbers).tolist() == [[0.0], [1.0], [1.0]]
    assert objective_for("mse", TWO).encode(NOTHING, numbers).tolist() == [[1, 0], [0, 1], [0, 1]]
    heights = np.array([1.5, -2.0], np.float32)
    encoded = objective_for("auto", NUMBER).encode(NOTHING, heights)
    assert encoded.tolist() == [[1.5], [-2.0]]
    assert encoded.dtype == np.float32
