"""Judging answers: confusion, precision and recall, ROC, calibration. NumPy alone.

Where a denominator is 0, a share is 0, as scikit-learn has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Confusion:
    """How many samples ended where; the names say truth after prediction."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def metrics(self) -> dict[str, float]:
        """What is made of the four counts."""
        tp, fp = self.true_positives, self.false_positives
        fn, tn = self.false_negatives, self.true_negatives
        precision, recall = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
        return {
            "Precision": precision,
            "Recall": recall,
            "F1": 2 * tp / max(2 * tp + fp + fn, 1),
            "Accuracy": (tp + tn) / (tp + fp + fn + tn),
        }


def confusion(scores: Array, positive: Truth, threshold: float) -> Confusion:
    """The four counts if everything from ``threshold`` up is called positive."""
    said = scores >= threshold
    return Confusion(
        int((said & positive).sum()), int((said & ~positive).sum()),
        int((~said & positive).sum()), int((~said & ~positive).sum()),
    )  # fmt: skip


def confusion_matrix(truth: Numbers, said: Numbers, classes: int) -> NDArray[np.int64]:
    """How often each class, a row each, was taken for each, ``(classes, classes)``."""
    counts = np.bincount(truth * classes + said, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def class_scores(matrix: NDArray[np.int64]) -> dict[str, Array]:
    """Precision, recall, F1 of every class, and how many samples it has."""
    hits, named, there = np.diagonal(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    return {
        "Precision": hits / np.maximum(named, 1),
        "Recall": hits / np.maximum(there, 1),
        "F1": 2 * hits / np.maximum(named + there, 1),
        "Samples": there.astype(np.float64),
    }


def roc(scores: Array, positive: Truth) -> tuple[Array, Array, float]:
    """False and true positive rate at every threshold, and the area under the curve.

    T. Fawcett (2006), Pattern Recognition Letters 27(8), section 5.
    """
    hits, named = _counts(scores, positive)
    alarms = (named - hits) / max(int((~positive).sum()), 1)
    recall = hits / max(int(positive.sum()), 1)
    return alarms, recall, float(np.trapezoid(recall, alarms))


def precision_recall(scores: Array, positive: Truth) -> tuple[Array, Array, float]:
    """Recall and precision at every threshold, from the strictest on, and the average precision:
    the sum of precisions weighted by the recall each adds."""
    hits, named = _counts(scores, positive)
    recall = hits / max(int(positive.sum()), 1)
    precision = np.divide(hits, named, out=np.ones(len(hits)), where=named > 0)
    return recall, precision, float(np.sum(np.diff(recall) * precision[1:]))


def _counts(scores: Array, positive: Truth) -> tuple[Array, Array]:
    """True positives, and all that is called positive, at every threshold; equal scores fall
    together."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.diff(scores[order]) != 0, True)
    hits = np.cumsum(positive[order])[last]
    named = np.flatnonzero(last) + 1
    return np.append(0.0, hits), np.append(0.0, named)


@dataclass(frozen=True, eq=False)
class Calibration:
    """How far stated confidence and the share of right answers agree, bin by bin.

    Args:
        confidence, accuracy: means of every bin that has samples.
        counts: samples of these bins.
        error: the expected calibration error, the mean gap weighted by samples.
    """

    confidence: Array
    accuracy: Array
    counts: NDArray[np.int64]
    error: float


def calibration(confidence: Numbers, right: Truth, bins: int = 10) -> Calibration:
    """Bins of equal width over 0…1. C. Guo et al. (2017), ICML, section 2."""
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    kept = counts > 0
    said, true = (
        np.bincount(place, values, minlength=bins)[kept] / counts[kept]
        for values in (confidence, right)
    )
    error = float(np.sum(np.abs(said - true) * counts[kept]) / max(len(confidence), 1))
    return Calibration(said, true, counts[kept], error)
