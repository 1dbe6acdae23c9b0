"""Recurrent cells unrolled along a text: states, gates, and the gradient that reaches back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from dlplay.lessons.base import Lesson

LESSON = Lesson(
    name="recurrence",
    title="Recurrence: RNN, LSTM, GRU",
    icon="repeat",
    idea="One cell reads letter after letter and keeps a state; learning has to reach back "
    "through all of them.",
    notice="The plain cell’s gradient shrinks or grows with every step back, as the recurrent "
    "weights do; clipping only shortens it. Raise the forget gate’s bias: the LSTM’s cell state "
    "becomes a straight road along which the gradient survives.",
    source="S. Hochreiter, J. Schmidhuber (1997); K. Cho et al. (2014), arXiv:1406.1078; "
    "R. Pascanu et al. (2013), arXiv:1211.5063; article 5, whose GRU formula multiplies the kept "
    "state by the reset gate once too often.",
    preset="imdb-lstm",
    trial="Train an LSTM on film reviews, then see its gates along a sentence of your own.",
)

Array = NDArray[np.float64]
UNITS = 8
CELLS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
FIRST = "lstm"
"""The cell a lesson begins with."""
GATES = {"rnn": (), "lstm": ("Input", "Forget", "Output"), "gru": ("Update", "Reset")}
FORMULAS = {
    "rnn": r"h_t=\tanh(Wx_t+Uh_{t-1}+b)",
    "lstm": r"""\begin{gathered}i,f,o=\sigma(Wx_t+Uh_{t-1}+b)\\
c_t=f\odot c_{t-1}+i\odot\tanh(Wx_t+Uh_{t-1}+b)\\ h_t=o\odot\tanh(c_t)\end{gathered}""",
    "gru": r"""\begin{gathered}z,r=\sigma(Wx_t+Uh_{t-1}+b)\\
n=\tanh(Wx_t+U(r\odot h_{t-1})+b)\\ h_t=z\odot h_{t-1}+(1-z)\odot n\end{gathered}""",
}
_BLOCKS = {"rnn": 1, "lstm": 4, "gru": 3}
"""Weight blocks of a cell, in Keras' order: LSTM i, f, c, o; GRU z, r, n."""


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell's weights.

    Args:
        kind: of :data:`CELLS`.
        kernel: ``(inputs, blocks · units)``.
        recurrent: ``(units, blocks · units)``.
        bias: ``(blocks · units,)``.
    """

    kind: str
    kernel: Array
    recurrent: Array
    bias: Array


def make_cell(kind: str, scale: float, forget_bias: float, seed: int = 0) -> Cell:
    """Small input weights; recurrent ones orthogonal times ``scale``, which Keras sets to 1."""
    rng, blocks = np.random.default_rng(seed), _BLOCKS[kind]
    # Small, so that the letters do not saturate the cell and the recurrent weights decide.
    kernel = rng.normal(0, 0.3 * UNITS**-0.5, (UNITS, blocks * UNITS))
    turns = [np.linalg.qr(rng.standard_normal((UNITS, UNITS)))[0] for _ in range(blocks)]
    bias = np.zeros(blocks * UNITS)
    if kind == "lstm":
        bias[UNITS : 2 * UNITS] = forget_bias
    if kind == "gru":
        bias[:UNITS] = forget_bias
    return Cell(kind, kernel, scale * np.concatenate(turns, axis=1), bias)


def embed(text: str) -> Array:
    """A fixed random vector for each letter: ``(letters, UNITS)``."""
    return np.array([np.random.default_rng(ord(c)).standard_normal(UNITS) for c in text])


@dataclass(frozen=True, eq=False)
class Unrolled:
    """A cell's way along a text.

    Args:
        states: ``h`` before the first letter and after each, ``(letters + 1, UNITS)``.
        memories: the LSTM's ``c``, likewise; zeros for the others.
        gates: each gate at every letter, ``(gates, letters, UNITS)``.
        candidates: what is offered to the state at every letter.
    """

    cell: Cell
    states: Array
    memories: Array
    gates: Array
    candidates: Array


def unroll(cell: Cell, inputs: Array) -> Unrolled:
    """Read the text from a state of zeros."""
    states, memories, gates, candidates = [np.zeros(UNITS)], [np.zeros(UNITS)], [], []
    for x in inputs:
        h, c = states[-1], memories[-1]
        into = np.split(x @ cell.kernel + cell.bias, _BLOCKS[cell.kind])
        back = np.split(cell.recurrent, _BLOCKS[cell.kind], axis=1)
        if cell.kind == "rnn":
            offered, opened = np.tanh(into[0] + h @ back[0]), []
            h = offered
        elif cell.kind == "lstm":
            i, f, o = (scipy.special.expit(into[k] + h @ back[k]) for k in (0, 1, 3))
            offered, opened = np.tanh(into[2] + h @ back[2]), [i, f, o]
            c = f * c + i * offered
            h = o * np.tanh(c)
        else:
            z, r = (scipy.special.expit(into[k] + h @ back[k]) for k in (0, 1))
            offered, opened = np.tanh(into[2] + (r * h) @ back[2]), [z, r]
            h = z * h + (1 - z) * offered
        states.append(h)
        memories.append(c)
        gates.append(opened)
        candidates.append(offered)
    shape = len(GATES[cell.kind]), len(inputs), UNITS
    opened_gates = np.array(gates, float).reshape(len(inputs), -1, UNITS).swapaxes(0, 1)
    return Unrolled(
        cell, np.array(states), np.array(memories), opened_gates.reshape(shape),
        np.array(candidates),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Reach:
    """The gradient of the last state, pulled along one direction, on its way back.

    Args:
        norms: its size at the state before each letter, and at the end: ``(letters + 1,)``.
        recurrent: by the recurrent weights, added up over all steps.
        states: by the state at each step, ``(letters + 1, UNITS)``.
    """

    norms: Array
    recurrent: Array
    states: Array


def reach_back(way: Unrolled, pull: Array) -> Reach:
    """Back-propagation through time of ``pull · h`` at the end.

    For an LSTM the size counts the gradient by ``h`` and by ``c`` together.
    """
    cell, steps = way.cell, len(way.candidates)
    blocks = np.split(cell.recurrent, _BLOCKS[cell.kind], axis=1)
    dh, dc = pull.astype(float), np.zeros(UNITS)
    norms, by_state, total = [np.linalg.norm(dh)], [dh], np.zeros_like(cell.recurrent)
    for step in reversed(range(steps)):
        h, c = way.states[step], way.memories[step]
        offered = way.candidates[step]
        if cell.kind == "rnn":
            sums = [dh * (1 - offered**2)]
            total += np.outer(h, sums[0])
            dh = blocks[0] @ sums[0]
        elif cell.kind == "lstm":
            i, f, o = way.gates[:, step]
            shown = np.tanh(way.memories[step + 1])
            dc = dc + dh * o * (1 - shown**2)
            sums = [
                dc * offered * i * (1 - i), dc * c * f * (1 - f),
                dc * i * (1 - offered**2), dh * shown * o * (1 - o),
            ]  # fmt: skip
            total += np.outer(h, np.concatenate(sums))
            dh, dc = sum(b @ s for b, s in zip(blocks, sums, strict=True)), dc * f
        else:
            z, r = way.gates[:, step]
            inner = dh * (1 - z) * (1 - offered**2)
            through = blocks[2] @ inner
            sums = [dh * (h - offered) * z * (1 - z), through * h * r * (1 - r)]
            total += np.concatenate([*(np.outer(h, s) for s in sums), np.outer(r * h, inner)], 1)
            dh = dh * z + through * r + blocks[0] @ sums[0] + blocks[1] @ sums[1]
        norms.append(np.hypot(np.linalg.norm(dh), np.linalg.norm(dc)))
        by_state.append(dh)
    return Reach(np.array(norms[::-1]), total, np.array(by_state[::-1]))


def clip(gradient: Array, limit: float) -> Array:
    """The gradient, shortened to ``limit`` if it is longer. Pascanu et al. (2013), section 3.2."""
    size = float(np.linalg.norm(gradient))
    return gradient * min(1.0, limit / size) if size > 0 else gradient
