"""Recurrent cells by the papers' equations, against the layers that were trained."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest

from dlplay.files import Arrays
from dlplay.layers.recurrent import FusedLSTM
from dlplay.views.cells import gru_steps, lstm_steps, simple_steps

pytestmark = pytest.mark.xdist_group("views-cells")

X = np.random.default_rng(0).normal(size=(1, 23, 6)).astype(np.float32)
LAYERS: dict[str, tuple[Callable[..., Arrays], Callable[[], keras.layers.RNN]]] = {
    "simple": (simple_steps, lambda: keras.layers.SimpleRNN(8, return_sequences=True)),
    "lstm": (lstm_steps, lambda: keras.layers.LSTM(8, return_sequences=True)),
    "fused lstm": (lstm_steps, lambda: FusedLSTM(8, return_sequences=True)),
    "gru": (gru_steps, lambda: keras.layers.GRU(8, return_sequences=True)),
    "gru as first published": (
        gru_steps, lambda: keras.layers.GRU(8, return_sequences=True, reset_after=False),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_states_are_those_of_the_layer(name: str) -> None:
    steps, make = LAYERS[name]
    layer = make()
    layer.build(X.shape)
    random = np.random.default_rng(1)
    layer.set_weights([random.normal(0, 0.5, w.shape) for w in layer.get_weights()])
    seen = steps(X[0], *map(np.asarray, layer.get_weights()))
    np.testing.assert_allclose(seen["state"], np.asarray(layer(X))[0], atol=1e-6)


def test_gates_are_between_0_and_1_and_a_closed_one_keeps_everything() -> None:
    """Forget gate open, input gate shut: the memory stays what it was, nought."""
    units, size = 4, 6
    kernel, recurrent = np.zeros((size, 4 * units)), np.zeros((units, 4 * units))
    bias = np.repeat([-50.0, 50.0, 3.0, 0.0], units)
    seen = lstm_steps(X[0], *(a.astype(np.float32) for a in (kernel, recurrent, bias)))
    np.testing.assert_allclose(seen["forget gate"], 1.0)
    np.testing.assert_allclose(seen["memory"], 0.0, atol=1e-12)
    np.testing.assert_allclose(seen["output gate"], 0.5)
