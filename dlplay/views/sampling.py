"""Writing text with a network that says which character comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras

Numbers = NDArray[np.int32]
Writer = Callable[[Numbers, NDArray[np.float32], int, int], Numbers]
"""Called with a start ``(n,)``, temperatures ``(texts,)``, a length and a seed; answers
``(texts, length)``."""


def writer(model: keras.Model) -> Writer:
    """Draws from ``model`` one character at a time, its state carried along.

    Probabilities are raised to 1/temperature: below 1 the likely becomes likelier, at 0 it is
    always the likeliest. The mark for unknown characters is never drawn.
    """
    import keras
    import tensorflow as tf

    layers = [x for x in model.layers if not isinstance(x, keras.layers.InputLayer)]
    recurrent = [x for x in layers if isinstance(x, keras.layers.RNN)]

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(numbers: tf.Tensor, states: list[list[tf.Tensor]]) -> tuple[tf.Tensor, object]:
        x, left = numbers, list(states)
        kept = []
        for layer in layers:
            if layer in recurrent:
                x, state = layer.cell(x, left.pop(0))
                kept.append(state)
            else:
                x = layer(x, training=False) if layer is not layers[0] else layer(x)
        return x, kept

    def write(
        start: Numbers, temperatures: NDArray[np.float32], length: int, seed: int
    ) -> Numbers:
        random, texts = np.random.default_rng(seed), len(temperatures)
        states = [layer.get_initial_state(texts) for layer in recurrent]
        for number in start:
            answer, states = step(tf.fill([texts], int(number)), states)
        written = np.zeros((texts, length), np.int32)
        for place in range(length):
            written[:, place] = draw(answer.numpy(), temperatures, random)
            answer, states = step(tf.constant(written[:, place]), states)
        return written

    return write


def draw(
    probabilities: NDArray[np.float32],
    temperatures: NDArray[np.float32],
    random: np.random.Generator,
) -> Numbers:
    """A number for each row of ``probabilities`` ``(texts, numbers)``, at its temperature."""
    heat = np.maximum(temperatures[:, None].astype(np.float64), 1e-8)
    scores = np.log(np.maximum(probabilities.astype(np.float64), 1e-30)) / heat
    scores[:, 0] = -np.inf
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    limits = shares.cumsum(axis=1)
    chosen: Numbers = (limits < random.random((len(shares), 1)) * limits[:, -1:]).sum(
        axis=1, dtype=np.int32
    )
    return chosen
