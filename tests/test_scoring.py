"""Scores of answers against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from dlplay.scoring import (
    calibration,
    class_scores,
    confusion_matrix,
    precision_recall,
    roc,
)

RANDOM = np.random.default_rng(3)
TRUTH = RANDOM.integers(0, 4, 300)
SAID = np.where(RANDOM.random(300) < 0.6, TRUTH, RANDOM.integers(0, 3, 300))
"""Class 3 is there and named only where it is right; 0 to 2 are confused."""
SCORES = np.round(RANDOM.random(300) * 0.6 + 0.4 * (TRUTH == 1), 1)
"""Many are equal."""


def test_the_matrix_equals_scikit_learn() -> None:
    ours = confusion_matrix(TRUTH, SAID, 4)
    np.testing.assert_array_equal(ours, metrics.confusion_matrix(TRUTH, SAID))


@pytest.mark.parametrize("classes", [4, 6])
def test_scores_of_classes_equal_scikit_learn_even_of_classes_that_never_occur(
    classes: int,
) -> None:
    ours = class_scores(confusion_matrix(TRUTH, SAID, classes))
    theirs = metrics.precision_recall_fscore_support(
        TRUTH, SAID, labels=range(classes), zero_division=0
    )
    for values, expected in zip(ours.values(), theirs, strict=True):
        np.testing.assert_allclose(values, expected)


def test_roc_with_equal_scores_equals_scikit_learn() -> None:
    alarms, recall, area = roc(SCORES, TRUTH == 1)
    theirs = metrics.roc_curve(TRUTH == 1, SCORES, drop_intermediate=False)
    np.testing.assert_allclose(alarms, theirs[0])
    np.testing.assert_allclose(recall, theirs[1])
    assert area == pytest.approx(metrics.roc_auc_score(TRUTH == 1, SCORES))


def test_precision_and_recall_equal_scikit_learn() -> None:
    recall, precision, average = precision_recall(SCORES, TRUTH == 1)
    theirs = metrics.precision_recall_curve(TRUTH == 1, SCORES)
    np.testing.assert_allclose(precision, theirs[0][::-1])
    np.testing.assert_allclose(recall, theirs[1][::-1])
    assert average == pytest.approx(metrics.average_precision_score(TRUTH == 1, SCORES))


def test_calibration_by_hand() -> None:
    confidence = np.array([0.55, 0.58, 0.91, 0.95, 1.0])
    right = np.array([True, False, True, True, False])
    found = calibration(confidence, right)
    np.testing.assert_allclose(found.confidence, [0.565, (0.91 + 0.95 + 1.0) / 3])
    np.testing.assert_allclose(found.accuracy, [0.5, 2 / 3])
    assert found.counts.tolist() == [2, 3]
    assert found.error == pytest.approx((2 * 0.065 + 3 * (2.86 / 3 - 2 / 3)) / 5)


def test_confidence_that_is_deserved_has_no_calibration_error() -> None:
    sure = RANDOM.random(200_000)
    assert calibration(sure, RANDOM.random(200_000) < sure).error < 0.01
