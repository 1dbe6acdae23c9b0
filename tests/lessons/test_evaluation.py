"""Metrics, ROC and folds against scikit-learn and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from sklearn import metrics
from sklearn.model_selection import KFold
from sklearn.neighbors import NearestCentroid

from dlplay.lessons.evaluation import (
    fold_scores,
    folds,
    make_scores,
    plot_confusion,
    plot_folds,
    plot_roc,
    plot_scores,
)
from dlplay.scoring import confusion, roc

SCORES, POSITIVE = make_scores(500, 0.3, 1.5)


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.83, 1.0])
class TestThreshold:
    def test_counts_equal_scikit_learn(self, threshold: float) -> None:
        now = confusion(SCORES, POSITIVE, threshold)
        tn, fp, fn, tp = metrics.confusion_matrix(POSITIVE, threshold <= SCORES).ravel()
        assert (now.true_positives, now.false_positives) == (tp, fp)
        assert (now.false_negatives, now.true_negatives) == (fn, tn)

    def test_metrics_equal_scikit_learn(self, threshold: float) -> None:
        ours = confusion(SCORES, POSITIVE, threshold).metrics
        said = threshold <= SCORES
        expected = [
            metrics.precision_score(POSITIVE, said, zero_division=0),
            metrics.recall_score(POSITIVE, said),
            metrics.f1_score(POSITIVE, said, zero_division=0),
            metrics.accuracy_score(POSITIVE, said),
        ]
        assert list(ours.values()) == pytest.approx(expected)

    def test_pictures_follow(self, threshold: float) -> None:
        now = confusion(SCORES, POSITIVE, threshold)
        assert f"<b>{now.true_positives}</b>" in plot_confusion(now).layout.annotations[0].text
        assert plot_roc(SCORES, POSITIVE, threshold).data[2].y[0] == now.metrics["Recall"]
        assert plot_scores(SCORES, POSITIVE, threshold).layout.shapes[0].x0 == threshold


def test_roc_equals_scikit_learn() -> None:
    alarms, hits, area = roc(SCORES, POSITIVE)
    theirs = metrics.roc_curve(POSITIVE, SCORES, drop_intermediate=False)
    np.testing.assert_allclose(alarms, theirs[0])
    np.testing.assert_allclose(hits, theirs[1])
    assert area == pytest.approx(metrics.roc_auc_score(POSITIVE, SCORES))


def test_area_tends_to_the_closed_form() -> None:
    # Two normals of unit variance at distance d: area Φ(d / √2). Green, Swets (1966).
    _, _, area = roc(*make_scores(40_000, 0.5, 1.5))
    assert area == pytest.approx(norm.cdf(1.5 / np.sqrt(2)), abs=0.005)


@pytest.mark.parametrize("k", [2, 3, 7])
def test_folds_in_order_equal_scikit_learn(k: int) -> None:
    expected = [held for _, held in KFold(k).split(np.zeros(25))]
    for ours, theirs in zip(folds(25, k, shuffle=False), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_shuffled_folds_hold_every_sample_back_once() -> None:
    parts = folds(31, 4, shuffle=True)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(31))


def test_accuracy_of_folds_equals_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    classes = np.repeat([0, 1], 15)
    points = rng.normal(size=(30, 2)) + classes[:, None]
    parts = folds(30, 5, shuffle=True)
    expected = []
    for held in parts:
        kept = np.setdiff1d(np.arange(30), held)
        model = NearestCentroid().fit(points[kept], classes[kept])
        expected.append(model.score(points[held], classes[held]))
    scores = fold_scores(points, classes, parts)
    assert scores == pytest.approx(expected)
    assert plot_folds(30, parts, scores).data[0].z.sum() == 30


def test_sorted_folds_never_see_the_class_they_are_asked_about() -> None:
    classes = np.repeat([0, 1], 10)
    points = classes[:, None] + np.zeros((20, 2))
    assert fold_scores(points, classes, folds(20, 2, shuffle=False)) == [0.0, 0.0]
