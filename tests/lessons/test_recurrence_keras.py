"""Recurrent cells against Keras' layers with the same weights."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.lessons.recurrence import CELLS, UNITS, embed, make_cell, unroll

pytestmark = pytest.mark.xdist_group("lessons-recurrence-keras")


@pytest.mark.parametrize("kind", CELLS)
def test_states_equal_keras(kind: str) -> None:
    import keras

    layers = {
        "rnn": lambda: keras.layers.SimpleRNN(UNITS, return_sequences=True),
        "lstm": lambda: keras.layers.LSTM(UNITS, return_sequences=True),
        "gru": lambda: keras.layers.GRU(UNITS, return_sequences=True, reset_after=False),
    }
    layer, cell, inputs = layers[kind](), make_cell(kind, 1.2, 0.7), embed("hello world")
    layer.build((1, None, UNITS))
    layer.set_weights([cell.kernel, cell.recurrent, cell.bias])
    theirs = layer(inputs[None].astype("float32")).numpy()[0]
    np.testing.assert_allclose(unroll(cell, inputs).states[1:], theirs, atol=1e-5)
