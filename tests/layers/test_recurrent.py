"""Our LSTM and GRU against Keras' own, which loop over a score of small operations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlplay.layers import load_model
from dlplay.layers.recurrent import FusedGRU, FusedLSTM

pytestmark = pytest.mark.xdist_group("layers-recurrent")

X = np.random.default_rng(0).normal(size=(5, 17, 6)).astype(np.float32)


Kind = type[FusedLSTM] | type[FusedGRU]


@pytest.fixture(params=[FusedLSTM, FusedGRU], ids=["lstm", "gru"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each of our layers."""
    chosen: Kind = request.param
    return chosen


def pair(kind: Kind, **options: Any) -> tuple[keras.layers.RNN, keras.layers.RNN]:
    """Keras' layer and ours with the same weights, none of them zero."""
    layers = kind.written_as(8, **options), kind(8, **options)
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
@pytest.mark.parametrize("training", [False, True])
class TestAgainstKeras:
    """Both directions, with and without all outputs; the states are returned as well."""

    def test_outputs_and_states_are_equal(
        self, kind: Kind, go_backwards: bool, return_sequences: bool, training: bool
    ) -> None:
        keras_layer, ours = pair(
            kind, go_backwards=go_backwards, return_sequences=return_sequences, return_state=True
        )
        expected, found = (layer(X, training=training) for layer in (keras_layer, ours))
        for one, other in zip(expected, found, strict=True):
            np.testing.assert_allclose(other, one, atol=1e-6)

    def test_gradients_are_equal(
        self, kind: Kind, go_backwards: bool, return_sequences: bool, training: bool
    ) -> None:
        keras_layer, ours = pair(
            kind, go_backwards=go_backwards, return_sequences=return_sequences, return_state=True
        )
        every = (gradients(layer, training=training) for layer in (keras_layer, ours))
        for expected, found in zip(*every, strict=True):
            scale = float(np.abs(expected).max())
            np.testing.assert_allclose(found / scale, expected / scale, atol=1e-6)


def test_it_goes_on_from_a_given_state_and_its_gradient_goes_back_to_it(kind: Kind) -> None:
    layers = pair(kind)
    start = tf.constant(X[:, 0, :1]) * np.ones((1, 8), np.float32)
    count = 2 if kind is FusedLSTM else 1
    slopes = []
    for layer in layers:
        with tf.GradientTape() as tape:
            tape.watch(start)
            last = layer(X, initial_state=[tf.identity(start) for _ in range(count)])
        slopes.append((last, tape.gradient(last, start)))
    for expected, found in zip(*slopes, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("samples", [1, 2, 3])
def test_a_batch_too_small_to_share_is_trained_on_as_well(kind: Kind, samples: int) -> None:
    expected, found = (layer(X[:samples], training=True) for layer in pair(kind))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("options", [{"activation": "relu"}, {"use_bias": False}])
def test_what_ours_cannot_do_is_left_to_keras(kind: Kind, options: dict[str, Any]) -> None:
    keras_layer, ours = pair(kind, **options)
    np.testing.assert_allclose(ours(X), keras_layer(X), atol=1e-6)


def test_a_wide_lstm_is_left_to_keras_bit_for_bit() -> None:
    ours, keras_layer = FusedLSTM(65), keras.layers.LSTM(65)
    for layer in (ours, keras_layer):
        layer.build(X.shape)
    ours.set_weights(keras_layer.get_weights())
    np.testing.assert_array_equal(ours(X), keras_layer(X))


def test_the_gru_as_first_published_is_left_to_keras() -> None:
    keras_layer, ours = pair(FusedGRU, reset_after=False)
    np.testing.assert_allclose(ours(X), keras_layer(X), atol=1e-6)


def test_a_mask_is_respected(kind: Kind) -> None:
    keras_layer, ours = pair(kind)
    mask = np.arange(17) < np.array([[3], [17], [9], [1], [12]])
    np.testing.assert_allclose(ours(X, mask=mask), keras_layer(X, mask=mask), atol=1e-6)


def test_both_directions_in_one_layer(kind: Kind) -> None:
    inputs = keras.Input(X.shape[1:])
    models = [
        keras.Model(inputs, keras.layers.Bidirectional(layer(8))(inputs))
        for layer in (kind.written_as, kind)
    ]
    models[1].set_weights(models[0].get_weights())
    np.testing.assert_allclose(models[1](X), models[0](X), atol=1e-6)


def test_a_saved_network_with_one_loads(kind: Kind, tmp_path: Path) -> None:
    inputs = keras.Input(X.shape[1:])
    model = keras.Model(inputs, kind(8)(inputs))
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(X), model(X))
