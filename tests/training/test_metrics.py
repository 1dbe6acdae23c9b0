"""Precision, recall and F1 against scikit-learn."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_score, recall_score

from dlplay.training.metrics import MacroScores

pytestmark = pytest.mark.xdist_group("training-metrics")

Numbers = NDArray[np.int64]


def expected(truth: Numbers, guesses: Numbers, classes: int) -> dict[str, float]:
    """What scikit-learn says."""
    options = {"average": "macro", "zero_division": 0, "labels": list(range(classes))}
    return {
        "precision": precision_score(truth, guesses, **options),
        "recall": recall_score(truth, guesses, **options),
        "f1": f1_score(truth, guesses, **options),
    }


def measured(metric: MacroScores) -> dict[str, float]:
    """What the metric says."""
    return {name: float(value) for name, value in metric.result().items()}


def draw(classes: int, count: int = 200) -> tuple[Numbers, NDArray[np.float32]]:
    """Class numbers, and probabilities that favour the right one a little."""
    random = np.random.default_rng(classes)
    truth = random.integers(0, classes, count)
    answers = random.random((count, classes)) + 0.4 * np.eye(classes)[truth]
    return truth, (answers / answers.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_they_are_what_scikit_learn_says_over_several_batches(classes: int) -> None:
    truth, answers = draw(classes)
    metric = MacroScores(classes)
    for part in np.array_split(np.arange(200), [7, 64, 130]):
        metric.update_state(truth[part], answers[part])
    assert measured(metric) == pytest.approx(expected(truth, answers.argmax(axis=1), classes))


def test_one_hot_rows_count_as_their_class() -> None:
    truth, answers = draw(5)
    numbers, rows = MacroScores(5), MacroScores(5)
    numbers.update_state(truth[:, np.newaxis], answers)
    rows.update_state(np.eye(5, dtype=np.float32)[truth], answers)
    assert measured(numbers) == measured(rows)


def test_a_single_output_chooses_between_two_classes_at_one_half() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 100)
    answers = random.random((100, 1)).astype(np.float32)
    metric = MacroScores(2)
    metric.update_state(truth[:, np.newaxis].astype(np.float32), answers)
    guesses = (answers[:, 0] > 0.5).astype(int)
    assert measured(metric) == pytest.approx(expected(truth, guesses, 2))


def test_a_class_never_guessed_or_never_seen_counts_zero() -> None:
    truth, guesses = np.array([0, 0, 1, 1]), np.array([0, 0, 0, 2])
    metric = MacroScores(4)
    metric.update_state(truth, np.eye(4, dtype=np.float32)[guesses])
    assert measured(metric) == pytest.approx(expected(truth, guesses, 4))


def test_a_new_epoch_begins_from_nothing() -> None:
    truth, answers = draw(3)
    metric = MacroScores(3)
    metric.update_state(truth, np.roll(answers, 1, axis=1))
    metric.reset_state()
    assert measured(metric) == {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    metric.update_state(truth, answers)
    assert measured(metric) == pytest.approx(expected(truth, answers.argmax(axis=1), 3))


def test_it_works_in_the_graph_of_fit_and_evaluate() -> None:
    truth, answers = draw(3)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Identity()])
    model.compile(loss="sparse_categorical_crossentropy", metrics=[MacroScores(3)])
    found = model.evaluate(answers, truth, batch_size=32, verbose=0, return_dict=True)
    flat = {**found, **(found.get("macro") or {})}
    wanted = expected(truth, answers.argmax(axis=1), 3)
    assert {name: float(flat[name]) for name in wanted} == pytest.approx(wanted)
