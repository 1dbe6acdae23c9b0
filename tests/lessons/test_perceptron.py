"""The perceptron rule against scikit-learn's, and against Novikoff's theorem."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Perceptron

from dlplay.lessons.perceptron import (
    boundary,
    learn,
    make_points,
    mistake_bound,
    plot_mistakes,
    plot_points,
    verdict,
)


@pytest.mark.parametrize("rounds", [1, 3, 7])
def test_weights_equal_those_of_scikit_learn(rounds: int) -> None:
    points, classes = make_points("mixed", 20, 0.0, 5)
    theirs = Perceptron(max_iter=rounds, tol=None, shuffle=False, eta0=1.0).fit(points, classes)
    ours = learn(points, classes, rounds * 20).weights[-1]
    np.testing.assert_allclose(ours, [*theirs.coef_[0], theirs.intercept_[0]])


@pytest.mark.parametrize("seed", range(5))
def test_separable_points_settle_within_the_bound(seed: int) -> None:
    points, classes = make_points("apart", 30, 0.2, seed)
    steps = learn(points, classes, 900)
    assert steps.settled is not None
    assert steps.mistakes[-1] == 0
    assert steps.moved.sum() <= mistake_bound(points, classes, steps.weights[-1])
    assert not steps.moved[steps.settled :].any()


@pytest.mark.parametrize("kind", ["xor", "mixed"])
def test_inseparable_points_never_settle(kind: str) -> None:
    points, classes = make_points(kind, 40, 0.1, 0)
    steps = learn(points, classes, 2_000)
    assert steps.settled is None
    assert mistake_bound(points, classes, steps.weights[-1]) == np.inf
    assert "not settled" in verdict(points, classes, steps, 10)


def test_boundary_is_where_the_sum_is_zero() -> None:
    weights = np.array([0.3, -1.2, 0.5])
    x, y = boundary(weights)
    np.testing.assert_allclose(0.3 * x - 1.2 * y + 0.5, 0, atol=1e-12)
    assert len(boundary(np.zeros(3))[0]) == 0


def test_pictures_mark_the_point_and_follow_the_mistakes() -> None:
    points, classes = make_points("apart", 10, 0.1, 0)
    steps = learn(points, classes, 30)
    figure = plot_points(points, classes, steps, 1)
    ring = next(trace for trace in figure.data if trace.name == "Looked at: line moves")
    np.testing.assert_allclose([ring.x[0], ring.y[0]], points[0])
    np.testing.assert_array_equal(plot_mistakes(steps, 5).data[0].y, steps.mistakes[:6])
