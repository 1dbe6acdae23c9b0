"""Losses against Keras' own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from dlplay.lessons.losses import binary_info, classes_info

pytestmark = pytest.mark.xdist_group("lessons-losses-keras")


@pytest.mark.parametrize("logit", [-3.0, 0.2, 2.5])
def test_binary_losses_equal_keras(logit: float) -> None:
    import keras

    entropy, squared = binary_info(logit, 1.0)
    truth, probability = np.array([[1.0]]), np.array([[expit(logit)]])
    assert entropy.here == pytest.approx(
        float(keras.losses.BinaryCrossentropy()(truth, probability)), rel=1e-5
    )
    assert squared.here == pytest.approx(
        float(keras.losses.MeanSquaredError()(truth, probability)), rel=1e-5
    )


def test_class_losses_equal_keras() -> None:
    import keras

    info = classes_info(np.array([1.0, -2.0, 0.5]), 0, 0.2)
    q, p = info.target[None], info.predicted[None]
    for value, name in (
        (info.cross_entropy, "CategoricalCrossentropy"),
        (info.divergence, "KLDivergence"),
        (info.squared, "MeanSquaredError"),
    ):
        assert value == pytest.approx(float(getattr(keras.losses, name)()(q, p)), rel=1e-5)
