"""Losses against SciPy, scikit-learn and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, softmax
from sklearn.metrics import log_loss

from dlplay.lessons.losses import (
    binary_info,
    classes_info,
    number_info,
    plot_class_pulls,
    plot_classes,
    plot_losses,
    plot_pulls,
)
from tests.lessons.numerical import numerical_gradient


@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.parametrize("logit", [-7.5, -0.3, 0.0, 4.2])
class TestBinary:
    def test_cross_entropy_equals_scikit_learn(self, logit: float, target: float) -> None:
        expected = log_loss([target], [expit(logit)], labels=[0, 1])
        assert binary_info(logit, target)[0].here == pytest.approx(expected, rel=1e-9)

    def test_slopes_equal_finite_differences(self, logit: float, target: float) -> None:
        step = 1e-6
        high, low = binary_info(logit + step, target), binary_info(logit - step, target)
        for now, up, down in zip(binary_info(logit, target), high, low, strict=True):
            assert now.slope == pytest.approx((up.here - down.here) / (2 * step), abs=1e-8)


def test_sure_and_wrong_is_pulled_by_cross_entropy_alone() -> None:
    entropy, squared = binary_info(-8.0, 1.0)
    assert abs(entropy.slope) > 0.99
    assert abs(squared.slope) < 0.001


def test_cross_entropy_stays_finite_where_the_probability_is_zero() -> None:
    assert binary_info(-800.0, 1.0)[0].here == pytest.approx(800)


def test_squared_error_of_a_number() -> None:
    curve = number_info(3.0, 0.5)[0]
    assert (curve.here, curve.slope) == (6.25, 5.0)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
class TestClasses:
    LOGITS = np.array([-3.0, 4.0, 0.5])

    def test_losses_equal_scipy(self, smoothing: float) -> None:
        info = classes_info(self.LOGITS, 0, smoothing)
        assert info.divergence == pytest.approx(stats.entropy(info.target, softmax(self.LOGITS)))
        assert info.entropy == pytest.approx(stats.entropy(info.target))
        assert info.cross_entropy == pytest.approx(info.entropy + info.divergence)

    def test_pulls_equal_finite_differences(self, smoothing: float) -> None:
        info = classes_info(self.LOGITS, 0, smoothing)
        for name, pull in (("cross_entropy", info.pull), ("squared", info.squared_pull)):

            def loss(z: np.ndarray, name: str = name) -> float:
                return float(getattr(classes_info(z, 0, smoothing), name))

            expected = numerical_gradient(loss, self.LOGITS)
            np.testing.assert_allclose(pull, expected, atol=1e-8)


def test_pictures_hold_the_numbers() -> None:
    curves = binary_info(1.0, 1.0)
    np.testing.assert_array_equal(plot_losses(curves, "z").data[0].y, curves[0].values)
    np.testing.assert_array_equal(plot_pulls(curves, "z").data[2].y, curves[1].slopes)
    info = classes_info(np.zeros(3), 1, 0.0)
    np.testing.assert_allclose(plot_classes(info, list("abc")).data[1].y, 1 / 3)
    np.testing.assert_allclose(
        plot_class_pulls(info, list("abc")).data[0].y, [1 / 3, -2 / 3, 1 / 3]
    )
