"""The fused LSTM against Keras' own, which steps through the sequence one operation at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlplay.layers import load_model
from dlplay.layers.recurrent import FusedLSTM

pytestmark = pytest.mark.xdist_group("layers-recurrent")

X = np.random.default_rng(0).normal(size=(5, 17, 6)).astype(np.float32)


def pair(**options: Any) -> tuple[keras.layers.LSTM, keras.layers.LSTM]:
    """Keras' layer and ours with the same weights, none of them zero."""
    layers = keras.layers.LSTM(8, **options), FusedLSTM(8, **options)
    random = np.random.default_rng(1)
    for layer in layers:
        layer.build(X.shape)
    weights = [random.normal(0, 0.4, w.shape) for w in layers[0].get_weights()]
    for layer in layers:
        layer.set_weights(weights)
    return layers


def gradients(layer: keras.Layer, **call: Any) -> list[Any]:
    """Of a function of all outputs, by the input and by every weight."""
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = sum(tf.reduce_sum(tf.sin(out)) for out in layer(x, **call))
    return list(tape.gradient(total, [x, *[w.value for w in layer.trainable_variables]]))


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
class TestAgainstKeras:
    """Both directions, with and without all outputs; the states are returned as well."""

    def test_outputs_and_states_are_equal(
        self, go_backwards: bool, return_sequences: bool
    ) -> None:
        keras_layer, ours = pair(
            go_backwards=go_backwards, return_sequences=return_sequences, return_state=True
        )
        for expected, found in zip(keras_layer(X), ours(X), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-6)

    def test_gradients_are_equal(self, go_backwards: bool, return_sequences: bool) -> None:
        keras_layer, ours = pair(
            go_backwards=go_backwards, return_sequences=return_sequences, return_state=True
        )
        for expected, found in zip(gradients(keras_layer), gradients(ours), strict=True):
            scale = float(np.abs(expected).max())
            np.testing.assert_allclose(found / scale, expected / scale, atol=1e-6)


def test_it_goes_on_from_a_given_state() -> None:
    keras_layer, ours = pair()
    state = [tf.constant(X[:, 0, :1]) * np.ones((1, 8), np.float32)] * 2
    np.testing.assert_allclose(
        ours(X, initial_state=state), keras_layer(X, initial_state=state), atol=1e-6
    )


@pytest.mark.parametrize("options", [{"activation": "relu"}, {"use_bias": False}])
def test_what_the_kernel_cannot_do_is_left_to_keras(options: dict[str, Any]) -> None:
    keras_layer, ours = pair(**options)
    np.testing.assert_allclose(ours(X), keras_layer(X), atol=1e-6)


def test_a_mask_is_respected() -> None:
    keras_layer, ours = pair()
    mask = np.arange(17) < np.array([[3], [17], [9], [1], [12]])
    np.testing.assert_allclose(ours(X, mask=mask), keras_layer(X, mask=mask), atol=1e-6)


def test_both_directions_in_one_layer() -> None:
    inputs = keras.Input(X.shape[1:])
    models = [
        keras.Model(inputs, keras.layers.Bidirectional(layer(8))(inputs))
        for layer in (keras.layers.LSTM, FusedLSTM)
    ]
    models[1].set_weights(models[0].get_weights())
    np.testing.assert_allclose(models[1](X), models[0](X), atol=1e-6)


def test_a_saved_network_with_one_loads(tmp_path: Path) -> None:
    inputs = keras.Input(X.shape[1:])
    model = keras.Model(inputs, FusedLSTM(8)(inputs))
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(X), model(X))
