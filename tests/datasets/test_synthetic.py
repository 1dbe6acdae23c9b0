"""Points in the plane, checked against the rules they are drawn from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from dlplay.datasets.synthetic import (
    Blobs,
    Circles,
    Moons,
    Plane,
    PlaneDataset,
    Spirals,
    Xor,
)

Shape = Callable[..., PlaneDataset]
SHAPES = (Circles, Moons, Spirals, Xor, Blobs)
EVERY = (*SHAPES, Plane)

every = pytest.mark.parametrize("shape", EVERY, ids=lambda shape: shape.__name__)
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)


@every
def test_there_are_as_many_points_as_asked_for(shape: Shape) -> None:
    for count in (20, 101, 400):
        samples = shape(samples=count).load()
        assert samples.inputs.shape == (count, 2)
        assert samples.facts().is_plane


@every
def test_the_points_seed_draws_others_from_the_same_rule(shape: Shape) -> None:
    first, again, other = (shape(points_seed=seed).load().inputs for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@every_shape
def test_classes_are_about_as_large_as_each_other(shape: Shape) -> None:
    samples = shape(samples=1_000).load()
    shares = np.bincount(samples.targets) / 1_000
    assert np.abs(shares - 1 / len(shares)).max() < 0.05


def score(classifier: LogisticRegression | KNeighborsClassifier, dataset: PlaneDataset) -> float:
    """Accuracy on a half of the points, fitted on the other half."""
    samples = dataset.load()
    half = dataset.samples // 2
    order = np.random.default_rng(0).permutation(dataset.samples)
    inputs, targets = samples.inputs[order], samples.targets[order]
    classifier.fit(inputs[:half], targets[:half])
    return float(classifier.score(inputs[half:], targets[half:]))


@every_shape
def test_without_noise_neighbours_are_of_one_class(shape: Shape) -> None:
    assert score(KNeighborsClassifier(1), shape(samples=2_000, noise=0.0)) > 0.98


@every_shape
def test_noise_mixes_the_classes(shape: Shape) -> None:
    assert score(KNeighborsClassifier(1), shape(samples=2_000, noise=1.0)) < 0.8


@pytest.mark.parametrize("shape", (Circles, Spirals, Xor), ids=lambda shape: shape.__name__)
def test_no_straight_line_parts_the_classes(shape: Shape) -> None:
    assert score(LogisticRegression(), shape(samples=2_000, noise=0.0)) < 0.8


def test_noise_is_normal_and_of_the_deviation_asked_for() -> None:
    quiet, noisy = (Circles(samples=20_000, noise=noise).load().inputs for noise in (0.0, 0.25))
    strayed = noisy - quiet  # the same draws but for the noise
    assert abs(strayed.std() - 0.25) < 0.005
    assert abs(strayed.mean()) < 0.005


def test_circles_are_a_disc_and_a_ring_around_it() -> None:
    samples = Circles(samples=500, noise=0.0).load()
    radius = np.hypot(*samples.inputs.T)
    assert radius[samples.targets == 0].max() <= 0.5
    assert radius[samples.targets == 1].min() >= 0.7
    assert radius.max() <= 1.2


def test_moons_lie_on_two_half_circles() -> None:
    samples = Moons(samples=500, noise=0.0).load()
    upper, lower = (samples.inputs[samples.targets == c] for c in (0, 1))
    np.testing.assert_allclose(np.hypot(*upper.T), 1.0, atol=1e-6)
    np.testing.assert_allclose(np.hypot(*(lower - [1.0, 0.5]).T), 1.0, atol=1e-6)
    assert upper[:, 1].min() >= 0 > lower[:, 1].min()


def test_spirals_turn_as_often_as_asked_and_face_each_other() -> None:
    for turns in (0.5, 1.5, 3.0):
        samples = Spirals(samples=500, noise=0.0, turns=turns).load()
        radius = np.hypot(*samples.inputs.T)
        angle = np.arctan2(samples.inputs[:, 1], samples.inputs[:, 0])
        expected = radius / 2 * turns * 2 * np.pi + np.pi * samples.targets
        np.testing.assert_allclose(np.exp(1j * angle), np.exp(1j * expected), atol=1e-4)
        assert 1.9 < radius.max() <= 2.0


def test_xor_is_of_class_b_where_signs_differ() -> None:
    samples = Xor(samples=500, noise=0.0).load()
    signs = np.sign(samples.inputs)
    np.testing.assert_array_equal(samples.targets, (signs[:, 0] != signs[:, 1]).astype(int))
    assert np.abs(samples.inputs).min() >= 0.05


def test_blobs_are_as_many_as_asked_and_lie_on_a_circle() -> None:
    for clouds in (2, 5, 8):
        samples = Blobs(samples=8_000, noise=0.0, clouds=clouds).load()
        assert samples.class_names == tuple("ABCDEFGH"[:clouds])
        for cloud in range(clouds):
            centre = samples.inputs[samples.targets == cloud].mean(axis=0)
            angle = 2 * np.pi * cloud / clouds
            np.testing.assert_allclose(centre, [np.cos(angle), np.sin(angle)], atol=0.03)


def test_the_plane_rises_by_one_half_along_each_axis() -> None:
    samples = Plane(samples=500, noise=0.0).load()
    fitted = LinearRegression().fit(samples.inputs, samples.targets)
    np.testing.assert_allclose(fitted.coef_, [0.5, 0.5], atol=1e-5)
    assert abs(fitted.intercept_) < 1e-5
    noisy = Plane(samples=20_000, noise=0.3).load()
    residual = noisy.targets - noisy.inputs.sum(axis=1) / 2
    assert abs(residual.std() - 0.3) < 0.01


def test_more_turns_or_noise_than_the_form_allows_are_refused() -> None:
    with pytest.raises(ValueError, match="less than or equal to 3"):
        Spirals(turns=3.1)
    with pytest.raises(ValueError, match="less than or equal to 1"):
        Moons(noise=1.5)
    with pytest.raises(ValueError, match="greater than or equal to 20"):
        Xor(samples=19)
