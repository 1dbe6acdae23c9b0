"""Recurrent cells step by step, with everything that happens inside them.

The equations as the papers give them, for a sequence ``x`` ``(steps, size)``, the kernels of
input ``(size, …)`` and state ``(units, …)`` in Keras' order of gates, and its bias. Answers are
arrays ``(steps, units)`` by name.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlplay.files import Arrays

Floats = NDArray[np.float32]


def simple_steps(x: Floats, kernel: Floats, recurrent: Floats, bias: Floats) -> Arrays:
    """h = tanh(W·x + U·h + b): J. Elman (1990)."""
    h = np.zeros(recurrent.shape[0], np.float32)
    states = []
    for given in x @ kernel + bias:
        h = np.tanh(given + h @ recurrent)
        states.append(h)
    return {"state": np.array(states)}


def lstm_steps(x: Floats, kernel: Floats, recurrent: Floats, bias: Floats) -> Arrays:
    """c = f⊙c + i⊙u, h = o⊙tanh(c): F. Gers, J. Schmidhuber, F. Cummins (2000)."""
    units = recurrent.shape[0]
    h = c = np.zeros(units, np.float32)
    seen = []
    for given in x @ kernel + bias:
        i, f, u, o = np.split(given + h @ recurrent, 4)
        i, f, o, u = _sigmoid(i), _sigmoid(f), _sigmoid(o), np.tanh(u)
        c = f * c + i * u
        h = o * np.tanh(c)
        seen.append((h, c, i, f, o, u))
    names = ("state", "memory", "input gate", "forget gate", "output gate", "proposal")
    return dict(zip(names, np.array(seen).transpose(1, 0, 2), strict=True))


def gru_steps(x: Floats, kernel: Floats, recurrent: Floats, bias: Floats) -> Arrays:
    """h = z⊙h + (1−z)⊙u, z and r the gates of update and reset: K. Cho et al. (2014).

    With two rows of biases the reset gate acts after the product with the state's kernel:
    u = tanh(W·x + r⊙(U·h)); with one, before: u = tanh(W·x + U·(r⊙h)).
    """
    units = recurrent.shape[0]
    after = bias.ndim == 2
    bias_x, bias_h = bias if after else (bias, np.zeros_like(bias))
    h = np.zeros(units, np.float32)
    seen = []
    for given in x @ kernel + bias_x:
        from_state = h @ recurrent + bias_h
        z, r = np.split(_sigmoid((given + from_state)[: 2 * units]), 2)
        inner = r * from_state[2 * units :] if after else (r * h) @ recurrent[:, 2 * units :]
        u = np.tanh(given[2 * units :] + inner)
        h = z * h + (1 - z) * u
        seen.append((h, z, r, u))
    names = ("state", "update gate", "reset gate", "proposal")
    return dict(zip(names, np.array(seen).transpose(1, 0, 2), strict=True))


def _sigmoid(x: Floats) -> Floats:
    answer: Floats = 0.5 + 0.5 * np.tanh(0.5 * x)  # does not overflow
    return answer
