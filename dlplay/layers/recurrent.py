"""LSTM and GRU without what a loop over small operations costs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, ClassVar

import keras
import tensorflow as tf

_PARTS = 2
"""BlockLSTM shares each small product among cores, which costs more than it gains: parts of a
batch, each on a core of its own, are twice as fast here."""

_WIDEST = 64
"""Units up to which BlockLSTM is worth it: its products are not oneDNN's, and with 128 units
they take more than the loop costs."""

States = tuple[tf.Tensor, ...]


class _Fused:
    """What both have in common: outputs and states, and when Keras' own code is to run.

    Weights, outputs, states and gradients are those of the Keras layer. Where ours does not apply
    (a GPU, which has cuDNN; a mask; dropout inside; other activations; many units) Keras runs.
    """

    written_as: ClassVar[type[keras.layers.RNN]]
    """What plain code has in its place: equal but for rounding."""

    cell: Any
    go_backwards: bool
    return_sequences: bool
    compute_dtype: str

    def __init__(self, units: int, *, name: str | None = None, **options: Any) -> None:
        parent: Any = super()
        parent.__init__(units, name=name or _next_name(self.written_as), **options)

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any, list[Any]]:
        """Last output ``(batch, units)``, all outputs ``(batch, steps, units)``, states."""
        if mask is not None or not self._applies():
            parent: Any = super()
            found: tuple[Any, Any, list[Any]] = parent.inner_loop(
                sequences, initial_state, mask, training
            )
            return found
        steps = tf.transpose(sequences, [1, 0, 2])
        if self.go_backwards:
            steps = tf.reverse(steps, [0])
        states = self._states(steps, tuple(initial_state), training)
        last = [state[-1] for state in states]
        outputs = tf.transpose(states[0], [1, 0, 2]) if self.return_sequences else last[0][:, None]
        return last[0], outputs, last

    def _states(self, x: tf.Tensor, before: States, training: bool) -> States:
        """States after every step of ``x``, ``(steps, batch, units)`` each; the first is put out.

        Args:
            before: states before the first step.
        """
        raise NotImplementedError

    def _applies(self) -> bool:
        cell = self.cell
        return (
            cell.activation is keras.activations.tanh
            and cell.recurrent_activation is keras.activations.sigmoid
            and cell.use_bias
            and not cell.dropout
            and not cell.recurrent_dropout
            and self.compute_dtype == "float32"
            and not tf.config.list_physical_devices("GPU")
        )


@keras.saving.register_keras_serializable(package="dlplay")
class FusedLSTM(_Fused, keras.layers.LSTM):  # type: ignore[misc]
    """Keras' LSTM, its steps taken inside TensorFlow's BlockLSTM kernel.

    Keras' loop runs a score of small operations a step; here a sequence is a single one forward
    and one back.
    """

    written_as = keras.layers.LSTM

    def _states(self, x: tf.Tensor, before: States, training: bool) -> States:
        kernel = tf.concat([self.cell.kernel, self.cell.recurrent_kernel], 0)
        bias = self.cell.bias.value
        if not training:
            whole: States = _lstm(x, *before, kernel, bias)
            return whole
        ends = [tf.shape(x)[1] * part // _PARTS for part in range(_PARTS + 1)]
        parts = [
            _lstm(x[:, first:end], *(state[first:end] for state in before), kernel, bias)
            for first, end in pairwise(ends)
        ]
        return tuple(tf.concat(states, 1) for states in zip(*parts, strict=True))

    def _applies(self) -> bool:
        return bool(super()._applies() and self.units <= _WIDEST)


@keras.saving.register_keras_serializable(package="dlplay")
class FusedGRU(_Fused, keras.layers.GRU):  # type: ignore[misc]
    """Keras' GRU, with nothing in its loop that does not need the state before.

    The products of inputs and weights, and the weights' gradients, are one product each for the
    whole sequence; what the way back needs is worked out for all steps at once.
    """

    written_as = keras.layers.GRU

    def _states(self, x: tf.Tensor, before: States, training: bool) -> States:
        inputs_bias, state_bias = tf.unstack(self.cell.bias)
        inputs = tf.tensordot(x, self.cell.kernel, 1) + inputs_bias
        return (_gru(inputs, before[0], self.cell.recurrent_kernel.value, state_bias),)

    def _applies(self) -> bool:
        return bool(super()._applies() and self.cell.reset_after)


def _next_name(kind: type[keras.layers.Layer]) -> str:
    """The name that Keras would give the next layer of such a kind."""
    name = kind.__name__.lower()
    number = keras.backend.get_uid(name)
    return name if number == 1 else f"{name}_{number - 1}"


FASTER = (FusedLSTM, FusedGRU)
"""Layers that Keras has as well."""


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _lstm(
    x: tf.Tensor, h: tf.Tensor, c: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor
) -> tuple[States, Any]:
    """Outputs and memories of all steps, ``(steps, batch, units)`` each.

    Args:
        x: ``(steps, batch, size)``.
        kernel: those of input and state, one above the other.

    The gradient is spelled out: TensorFlow registers that of the older kernel, whose gates stand
    in another order.
    """
    unused = tf.zeros_like(bias[: h.shape[-1]])
    given = {
        "seq_len_max": tf.shape(x, tf.int64)[0], "x": x, "cs_prev": c, "h_prev": h, "w": kernel,
        "wci": unused, "wcf": unused, "wco": unused, "b": bias, "use_peephole": False,
    }  # fmt: skip
    seen = tf.raw_ops.BlockLSTMV2(cell_clip=0.0, **given)

    def gradient(h_grad: tf.Tensor, cs_grad: tf.Tensor) -> States:
        back = tf.raw_ops.BlockLSTMGradV2(
            **given, **seen._asdict(), h_grad=h_grad, cs_grad=cs_grad
        )
        return back.x_grad, back.h_prev_grad, back.cs_prev_grad, back.w_grad, back.b_grad

    return (seen.h, seen.cs), gradient


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _gru(x: tf.Tensor, h: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tuple[tf.Tensor, Any]:
    """States after all steps, ``(steps, batch, units)``.

    Args:
        x: inputs times their weights, ``(steps, batch, 3 units)``: for the update gate z, the
            reset gate r and the candidate n.
        kernel, bias: of the state, ``(units, 3 units)`` and ``(3 units,)``.

    With ``s = h U + b``: ``z, r = sigmoid(x + s)``, ``n = tanh(x + r s)``, ``h ← n + z (h - n)``.
    """
    units = kernel.shape[0]
    gates_x, candidate_x = tf.split(x, [2 * units, units], 2)

    def step(t: tf.Tensor, h: tf.Tensor) -> States:
        gates_s, s = tf.split(h @ kernel + bias, [2 * units, units], 1)
        gates = tf.sigmoid(tf.gather(gates_x, t) + gates_s)
        z, r = tf.split(gates, 2, 1)
        n = tf.tanh(tf.gather(candidate_x, t) + r * s)
        h = n + z * (h - n)
        return h, h, gates, n, s

    states, gates, n, s = _over_steps(step, h, tf.shape(x)[0], 4)

    def gradient(states_grad: tf.Tensor) -> States:
        z, r = tf.split(gates, 2, 2)
        before = tf.concat([h[None], states[:-1]], 0)
        slope = (1 - z) * (1 - n**2)  # of the state by what is inside the tanh
        # Of the state by s, once for each of z, r and n.
        slopes = tf.stack([(before - n) * z * (1 - z), slope * s * r * (1 - r), slope * r], 2)
        last = tf.shape(x)[0] - 1
        transposed = tf.transpose(kernel)

        def back(t: tf.Tensor, h_grad: tf.Tensor) -> States:
            t = last - t
            h_grad += tf.gather(states_grad, t)
            s_grad = tf.reshape(h_grad[:, None] * tf.gather(slopes, t), [-1, 3 * units])
            return h_grad * tf.gather(z, t) + s_grad @ transposed, h_grad

        first = tf.zeros_like(h)
        (every,) = _over_steps(back, first, last + 1, 1)
        every = tf.reverse(every, [0])
        s_grad = every[:, :, None] * slopes
        x_grad = tf.concat([s_grad[:, :, 0], s_grad[:, :, 1], every * slope], 2)
        flat = tf.reshape(s_grad, [-1, 3 * units])
        kernel_grad = tf.matmul(tf.reshape(before, [-1, units]), flat, transpose_a=True)
        h_grad = every[0] * z[0] + tf.reshape(s_grad[0], [-1, 3 * units]) @ transposed
        return x_grad, h_grad, kernel_grad, tf.reduce_sum(flat, 0)

    return states, gradient


def _over_steps(
    step: Callable[[tf.Tensor, tf.Tensor], States], state: tf.Tensor, steps: tf.Tensor, kept: int
) -> list[tf.Tensor]:
    """What ``step`` has to say of every step after the first thing it returns, its next state."""
    tables = [tf.TensorArray(tf.float32, steps) for _ in range(kept)]

    def body(t: tf.Tensor, state: tf.Tensor, tables: Any) -> Any:
        state, *rows = step(t, state)
        return t + 1, state, [table.write(t, row) for table, row in zip(tables, rows, strict=True)]

    _, _, tables = tf.while_loop(lambda t, *_: t < steps, body, (0, state, tables))
    return [table.stack() for table in tables]
