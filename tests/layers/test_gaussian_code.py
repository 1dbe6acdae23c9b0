"""The bottleneck of the variational autoencoder: its divergence, twice over."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from dlplay.layers.gaussian_code import GaussianCode, kl_divergence

pytestmark = pytest.mark.xdist_group("layers-gaussian-code")

MEANS = np.array([[0.0, 0.0], [1.5, -0.5], [-2.0, 0.25]], np.float32)
LOGS = np.array([[0.0, 0.0], [-1.0, 0.7], [0.5, -3.0]], np.float32)


def test_the_divergence_is_the_integral_it_stands_for() -> None:
    """``∫ q log(q / p)`` of each number, added up: its closed form against quadrature."""

    def divergence(mean: float, deviation: float) -> float:
        q, p = norm(mean, deviation), norm(0, 1)
        ends = mean - 12 * deviation, mean + 12 * deviation
        return float(quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), *ends)[0])

    expected = [
        sum(divergence(float(m), float(np.exp(s / 2))) for m, s in zip(*row, strict=True))
        for row in zip(MEANS, LOGS, strict=True)
    ]
    found = np.asarray(kl_divergence(MEANS, LOGS))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_the_divergence_is_what_drawn_codes_estimate() -> None:
    """Monte Carlo: the mean of ``log q(z) - log p(z)`` over codes that the layer itself draws."""
    keras.utils.set_random_seed(0)
    layer = GaussianCode()
    for mean, log in zip(MEANS, LOGS, strict=True):
        numbers = np.tile(np.concatenate([mean, log]), (200_000, 1))
        codes = np.asarray(layer(numbers, training=True), np.float64)
        logs = norm(mean, np.exp(log / 2)).logpdf(codes) - norm(0, 1).logpdf(codes)
        estimates = logs.sum(axis=1)
        error = 5 * estimates.std() / len(estimates) ** 0.5
        expected = float(kl_divergence(mean[np.newaxis], log[np.newaxis])[0])
        assert estimates.mean() == pytest.approx(expected, abs=max(error, 1e-6))


def test_it_adds_its_weighted_mean_to_the_loss_and_gives_the_mean_when_judged() -> None:
    layer = GaussianCode(weight=0.25)
    numbers = np.concatenate([MEANS, LOGS], axis=1)
    np.testing.assert_array_equal(np.asarray(layer(numbers, training=False)), MEANS)
    expected = 0.25 * np.asarray(kl_divergence(MEANS, LOGS)).mean()
    assert float(sum(layer.losses)) == pytest.approx(float(expected), rel=1e-5)
