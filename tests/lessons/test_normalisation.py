"""Batch normalisation against finite differences and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.lessons.normalisation import (
    EPSILON,
    batch_info,
    normalise,
    normalise_back,
    plot_averages,
    plot_spread,
)
from tests.lessons.numerical import numerical_gradient

Z = np.random.default_rng(0).normal(3, 2, (9, 4))


def test_leaves_with_mean_beta_and_deviation_gamma() -> None:
    out = normalise(Z, 1.5, -0.5)
    np.testing.assert_allclose(out.mean(axis=0), -0.5, atol=1e-12)
    shrink = np.sqrt(Z.var(axis=0) / (Z.var(axis=0) + EPSILON))
    np.testing.assert_allclose(out.std(axis=0), 1.5 * shrink)


def test_gradient_equals_finite_differences() -> None:
    pull = np.random.default_rng(1).normal(size=Z.shape)
    expected = numerical_gradient(lambda z: float((normalise(z) * pull).sum()), Z)
    np.testing.assert_allclose(normalise_back(Z, pull), expected, atol=1e-7)


def test_no_shift_of_a_whole_batch_gets_through() -> None:
    np.testing.assert_allclose(normalise_back(Z, np.ones_like(Z)), 0, atol=1e-12)


@pytest.mark.parametrize("momentum", [0.5, 0.9])
def test_running_mean_is_the_weighted_mean_of_all_batches(momentum: float) -> None:
    info = batch_info(8, 3.0, 2.0, gamma=1.0, beta=0.0, momentum=momentum)
    ages = np.arange(len(info.means))[::-1]
    expected = ((1 - momentum) * momentum**ages * info.means).sum()
    assert info.averages[-1] == pytest.approx(expected)


def test_small_batches_have_jumpier_means() -> None:
    small, large = (
        batch_info(n, 0.0, 1.0, gamma=1.0, beta=0.0, momentum=0.9).means.std() for n in (4, 256)
    )
    assert small / large == pytest.approx(8, rel=0.4)  # √(256 / 4)


def test_pictures_show_every_sample_and_every_batch() -> None:
    info = batch_info(32, 3.0, 2.0, gamma=1.0, beta=0.0, momentum=0.9)
    figure = plot_spread(info, use_running=False)
    assert [trace.y.sum() for trace in figure.data] == [32, 32]
    np.testing.assert_array_equal(plot_averages(info).data[0].y, info.means)
