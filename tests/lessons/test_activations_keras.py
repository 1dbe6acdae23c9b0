"""Activation functions against Keras' own."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.lessons.functions import ACTIVATIONS

pytestmark = pytest.mark.xdist_group("lessons-activations-keras")


@pytest.mark.parametrize(
    ("name", "theirs", "options"),
    [
        ("sigmoid", "sigmoid", {}),
        ("tanh", "tanh", {}),
        ("relu", "relu", {}),
        ("leaky-relu", "leaky_relu", {"negative_slope": 0.01}),
        ("elu", "elu", {"alpha": 1.0}),
        ("gelu", "gelu", {"approximate": False}),
        ("softplus", "softplus", {}),
        ("swish", "silu", {}),
        ("linear", "linear", {}),
    ],
)
def test_values_equal_keras(name: str, theirs: str, options: dict[str, float]) -> None:
    import keras

    inputs = np.linspace(-5, 5, 101)
    function = ACTIVATIONS[name]
    expected = getattr(keras.activations, theirs)(keras.ops.array(inputs, "float64"), **options)
    np.testing.assert_allclose(function.value(inputs, function.usual), expected, atol=1e-6)
