"""The LSTM as one operation for a whole sequence."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="dlplay")
class FusedLSTM(keras.layers.LSTM):  # type: ignore[misc]
    """Keras' LSTM, its steps taken inside TensorFlow's BlockLSTM kernel.

    Weights, outputs, states and gradients are those of ``keras.layers.LSTM``, whose loop runs a
    score of small operations a step; here a sequence is a single one forward and one back. Where
    the kernel does not apply (a GPU, which has cuDNN; a mask; other activations) it is Keras' own.
    """

    written_as: ClassVar[type[keras.layers.Layer]] = keras.layers.LSTM
    """What plain code has in its place: equal but for rounding."""

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any, list[Any]]:
        """Last output ``(batch, units)``, all outputs ``(batch, steps, units)``, states."""
        if mask is not None or not self._applies():
            found: tuple[Any, Any, list[Any]] = super().inner_loop(
                sequences, initial_state, mask, training
            )
            return found
        steps = tf.transpose(sequences, [1, 0, 2])
        if self.go_backwards:
            steps = tf.reverse(steps, [0])
        cell = self.cell
        kernel = tf.concat([cell.kernel, cell.recurrent_kernel], 0)
        h, c = _sequence(steps, initial_state[0], initial_state[1], kernel, cell.bias.value)
        last = h[-1]
        outputs = tf.transpose(h, [1, 0, 2]) if self.return_sequences else last[:, None]
        return last, outputs, [last, c[-1]]

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


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _sequence(
    x: tf.Tensor, h: tf.Tensor, c: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor
) -> tuple[tuple[tf.Tensor, tf.Tensor], Any]:
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

    def gradient(h_grad: tf.Tensor, cs_grad: tf.Tensor) -> tuple[tf.Tensor, ...]:
        back = tf.raw_ops.BlockLSTMGradV2(
            **given, **seen._asdict(), h_grad=h_grad, cs_grad=cs_grad
        )
        return back.x_grad, back.h_prev_grad, back.cs_prev_grad, back.w_grad, back.b_grad

    return (seen.h, seen.cs), gradient
