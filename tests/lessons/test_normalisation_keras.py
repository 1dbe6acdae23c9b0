"""Batch normalisation against Keras' layer."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.lessons.normalisation import batch_info, normalise

pytestmark = pytest.mark.xdist_group("lessons-normalisation-keras")


def test_training_equals_keras() -> None:
    import keras

    batch = np.random.default_rng(0).normal(3, 2, (16, 3)).astype("float32")
    theirs = keras.layers.BatchNormalization()(batch, training=True).numpy()
    np.testing.assert_allclose(normalise(batch.astype(float)), theirs, atol=1e-5)


def test_running_averages_equal_keras() -> None:
    import keras

    info = batch_info(16, 2.0, 1.5, gamma=1.0, beta=0.0, momentum=0.9, seed=4)
    rng = np.random.default_rng(4)
    batches = (2.0 + 1.5 * rng.standard_normal((60, 16))).astype("float32")
    layer = keras.layers.BatchNormalization(momentum=0.9)
    for batch in batches:
        layer(batch[:, None], training=True)
    assert float(layer.moving_mean.numpy()[0]) == pytest.approx(info.averages[-1], abs=1e-5)
    out = layer(batches[-1][:, None], training=False).numpy()[:, 0]
    np.testing.assert_allclose(out, info.running, atol=1e-4)
