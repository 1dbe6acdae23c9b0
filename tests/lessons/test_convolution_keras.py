"""Convolution and pooling against Keras, stride and padding included."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.lessons.convolution import convolve, pool

pytestmark = pytest.mark.xdist_group("lessons-convolution-keras")

IMAGE = np.random.default_rng(0).random((11, 8))
KERNEL = np.random.default_rng(1).normal(size=(3, 3))


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_convolution_equals_keras(stride: int, padding: str) -> None:
    import keras

    expected = keras.ops.conv(
        IMAGE[None, ..., None].astype("float32"), KERNEL[..., None, None].astype("float32"),
        strides=stride, padding=padding,
    )  # fmt: skip
    ours = convolve(IMAGE, KERNEL, stride, padding == "same")
    np.testing.assert_allclose(ours, expected.numpy()[0, ..., 0], atol=1e-5)


@pytest.mark.parametrize("kind", ["max", "average"])
def test_pooling_equals_keras(kind: str) -> None:
    import keras

    theirs = keras.ops.max_pool if kind == "max" else keras.ops.average_pool
    expected = theirs(IMAGE[None, ..., None].astype("float32"), 2, 2)
    np.testing.assert_allclose(pool(IMAGE, kind), expected.numpy()[0, ..., 0], atol=1e-6)
