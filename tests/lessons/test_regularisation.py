"""Fits against scikit-learn, closed forms and plain gradient descent."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import DotProduct
from sklearn.linear_model import Lasso, Ridge

from dlplay.lessons.regularisation import (
    BUMPS,
    REMEDIES,
    errors,
    features,
    fit,
    make_data,
    truth,
    uncertainty,
)
from dlplay.lessons.regularisation_figures import fit_info, plot_errors, plot_fit, plot_weights

X, Y = make_data(25, 0.3, 0)
INPUTS = features(X)[:, 1:]


def objective(weights: np.ndarray, penalty: float) -> float:
    return float(np.mean((features(X) @ weights - Y) ** 2) + penalty)


@pytest.mark.parametrize("strength", [1e-4, 1e-2, 1.0])
class TestPenalties:
    def test_l2_equals_scikit_learn(self, strength: float) -> None:
        theirs = Ridge(alpha=strength * len(X)).fit(INPUTS, Y)
        ours = fit("l2", [strength], X, Y, 0.3)[0]
        np.testing.assert_allclose(ours, [theirs.intercept_, *theirs.coef_], rtol=1e-6, atol=1e-8)

    def test_l1_is_as_low_as_scikit_learn(self, strength: float) -> None:
        # Their mean squared error is halved, so their strength is.
        theirs = Lasso(alpha=strength / 2, max_iter=200_000, tol=1e-10).fit(INPUTS, Y)
        lowest = objective(
            np.array([theirs.intercept_, *theirs.coef_]), strength * np.abs(theirs.coef_).sum()
        )
        ours = fit("l1", [strength], X, Y, 0.3)[0]
        reached = objective(ours, strength * np.abs(ours[1:]).sum())
        assert reached == pytest.approx(lowest, rel=2e-3)

    def test_prior_is_the_l2_it_says(self, strength: float) -> None:
        sigma = 0.3 / np.sqrt(strength * len(X))
        np.testing.assert_allclose(
            fit("prior", [sigma], X, Y, 0.3), fit("l2", [strength], X, Y, 0.3), rtol=1e-6
        )


def test_dropout_is_the_expectation_over_masks() -> None:
    rng, p = np.random.default_rng(0), 0.3
    weights = fit("dropout", [p], X, Y, 0.3)[0, 1:]
    inputs, targets = INPUTS - INPUTS.mean(axis=0), Y - Y.mean()
    masks = (rng.random((40_000, BUMPS)) > p) / (1 - p)

    def sampled(w: np.ndarray) -> float:
        return float(np.mean((targets - (masks * w) @ inputs.T) ** 2))

    closed = np.mean((targets - inputs @ weights) ** 2)
    closed += p / (1 - p) * ((inputs**2).sum(axis=0) @ weights**2) / len(X)
    assert sampled(weights) == pytest.approx(closed, rel=0.02)
    for _ in range(5):
        assert sampled(weights + 0.05 * rng.standard_normal(BUMPS)) > sampled(weights)


def test_early_stopping_equals_gradient_descent_step_by_step() -> None:
    inputs, targets = INPUTS - INPUTS.mean(axis=0), Y - Y.mean()
    rate = 0.9 / np.linalg.norm(inputs, 2) ** 2
    weights = np.zeros(BUMPS)
    for _ in range(100):
        weights -= rate * inputs.T @ (inputs @ weights - targets)
    np.testing.assert_allclose(fit("early", [100], X, Y, 0.3)[0, 1:], weights, atol=1e-10)


def test_uncertainty_equals_scikit_learns_gaussian_process() -> None:
    # A linear model with a Gaussian prior on its weights is one with a dot-product kernel.
    at, sigma, noise = np.linspace(0, 1, 7), 0.8, 0.3
    centre = INPUTS.mean(axis=0)
    kernel = sigma**2 * DotProduct(sigma_0=0.0, sigma_0_bounds="fixed")
    process = GaussianProcessRegressor(kernel, alpha=noise**2, optimizer=None)
    process.fit(INPUTS - centre, Y - Y.mean())
    _, deviation = process.predict(features(at)[:, 1:] - centre, return_std=True)
    ours = uncertainty(X, at, sigma, noise)
    np.testing.assert_allclose(ours**2 - noise**2 / len(X), deviation**2, rtol=1e-5)


@pytest.mark.parametrize("remedy", REMEDIES)
class TestEveryRemedy:
    def test_training_error_grows_with_the_strength(self, remedy: str) -> None:
        weights = fit(remedy, REMEDIES[remedy].values, X, Y, 0.3)
        assert (np.diff(errors(weights, X, Y)) > -1e-3).all()

    def test_helps_on_fresh_points(self, remedy: str) -> None:
        info = fit_info(remedy, REMEDIES[remedy].usual, 20, 0.3, 0)
        assert info.test.min() < 0.9 * info.test[0]

    def test_pictures_hold_what_was_found(self, remedy: str) -> None:
        info = fit_info(remedy, REMEDIES[remedy].usual, 20, 0.3, 0)
        lines = {trace.name: trace for trace in plot_fit(info).data}
        np.testing.assert_allclose(lines["Fit"].y, info.curve)
        assert ("± 2 deviations" in lines) is (remedy == "prior")
        assert plot_errors(info).data[1].y[0] == info.train[info.now]
        assert plot_weights(info).data[0].y.sum() == BUMPS


def test_more_data_bring_the_fit_to_the_truth() -> None:
    few, many = (fit("l2", [1e-6], *make_data(n, 0.3, 0), 0.3) for n in (20, 2_000))
    at = np.linspace(0.05, 0.95, 50)
    assert errors(many, at, truth(at))[0] < 0.3 * errors(few, at, truth(at))[0]
