"""Networks over trees: the states of all nodes, a level of the whole batch at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import keras
from keras import ops

Tensor: TypeAlias = Any
Shape: TypeAlias = tuple[Any, ...]
Combination = Literal["child-sum", "n-ary"]


class TreeLayer(keras.layers.Layer):  # type: ignore[misc]
    """States of a tree's nodes, each from its own input and the states of its children.

    The place of a node says how high it stands: the first ``levels[0]`` places are for leaves,
    the next ``levels[1]`` for nodes with nothing but leaves below them, and so on. So a level is
    a slice, and one matrix product serves all its nodes in all trees of the batch.

    Args:
        units: numbers in a node's state.
        levels: places at each height, leaves first.
        kernel_initializer, kernel_regularizer: of all weights but the biases.

    Call arguments:
        x: what is known of each node, ``(batch, places, features)``.
        children: their places, counted from 1, and 0 for none, ``(batch, places, arity)``.

    Output shape: ``(batch, places, units)``.
    """

    def __init__(
        self,
        units: int,
        levels: Sequence[int],
        kernel_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units, self.levels = units, tuple(levels)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.bias_regularizer = None

    def leaves(self, x: Tensor) -> Tensor:
        """States ``(batch, nodes, state)`` of nodes without children."""
        raise NotImplementedError

    def inner(self, x: Tensor, below: Tensor) -> Tensor:
        """States of nodes whose children's are ``below``, ``(batch, nodes, arity, state)``; that
        of a missing child is all zeros."""
        raise NotImplementedError

    def call(self, x: Tensor, children: Tensor) -> Tensor:
        """Every node's state, from the leaves up."""
        end = self.levels[0]
        known = self.leaves(x[:, :end])
        known = ops.pad(known, ((0, 0), (1, 0), (0, 0)))  # what a missing child is
        for nodes in self.levels[1:]:
            begin, end = end, end + nodes
            below = _take(known, children[:, begin:end])
            known = ops.concatenate([known, self.inner(x[:, begin:end], below)], axis=1)
        return known[:, 1:, : self.units]

    def compute_output_shape(self, x_shape: Shape, children_shape: Shape) -> Shape:
        """``(batch, places, units)``."""
        return *x_shape[:2], self.units

    @property
    def flops(self) -> int:
        """Multiplications and additions in the matrix products of one tree, all places taken."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """What a saved network keeps of the layer."""
        config: dict[str, Any] = super().get_config() | {
            "units": self.units,
            "levels": self.levels,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
        return config

    def _matrix(self, name: str, rows: int, columns: int) -> Any:
        return self.add_weight(
            (rows, columns), self.kernel_initializer, name=name,
            regularizer=self.kernel_regularizer,
        )  # fmt: skip


@keras.saving.register_keras_serializable(package="dlplay")
class TreeLSTM(TreeLayer):
    """Tai, Socher, Manning (2015), Improved Semantic Representations From Tree-Structured Long
    Short-Term Memory Networks, section 3.

    Args:
        combination: ``child-sum`` adds the children's states up (3.1): their order does not
            count, nor how many they are; ``n-ary`` has weights of its own for the first, second, …
            child (3.2).
        forget_bias: what the forget gates' bias is at first, as in an LSTM.
    """

    def __init__(
        self,
        units: int,
        levels: Sequence[int],
        combination: Combination = "child-sum",
        forget_bias: float = 1.0,
        **options: Any,
    ) -> None:
        super().__init__(units, levels, **options)
        self.combination, self.forget_bias = combination, forget_bias

    def build(self, x_shape: Shape, children_shape: Shape) -> None:
        """Weights; gates stand in the order input, output, update, forget."""
        units, self.arity = self.units, children_shape[-1]
        self.kernel = self._matrix("kernel", x_shape[-1], 4 * units)
        self.bias = self.add_weight((4 * units,), self._bias, name="bias")
        if self.combination == "child-sum":
            self.recurrent_kernel = self._matrix("recurrent_kernel", units, 3 * units)
            self.forget_kernel = self._matrix("forget_kernel", units, units)
        else:
            size = self.arity * units
            self.recurrent_kernel = self._matrix("recurrent_kernel", size, 3 * units)
            self.forget_kernel = self._matrix("forget_kernel", size, size)

    def leaves(self, x: Tensor) -> Tensor:
        gates = 3 * self.units
        own = ops.matmul(x, self.kernel[:, :gates]) + self.bias[:gates]
        return self._state(own, 0.0)

    def inner(self, x: Tensor, below: Tensor) -> Tensor:
        units = self.units
        own = ops.matmul(x, self.kernel) + self.bias
        hidden, cells = below[..., :units], below[..., units:]
        if self.combination == "child-sum":
            gathered = ops.sum(hidden, axis=2)
            from_children = ops.matmul(hidden, self.forget_kernel)
        else:
            gathered = ops.reshape(hidden, (-1, below.shape[1], self.arity * units))
            from_children = ops.matmul(gathered, self.forget_kernel)
            from_children = ops.reshape(from_children, (-1, below.shape[1], self.arity, units))
        forget = ops.sigmoid(own[:, :, None, 3 * units :] + from_children)
        kept = ops.sum(forget * cells, axis=2)
        gates = own[..., : 3 * units] + ops.matmul(gathered, self.recurrent_kernel)
        return self._state(gates, kept)

    @property
    def flops(self) -> int:
        leaves, inner = self.levels[0], sum(self.levels[1:])
        own = self.kernel.shape[0] * self.units * (3 * leaves + 4 * inner)
        times = self.arity if self.combination == "child-sum" else 1
        below = math.prod(self.recurrent_kernel.shape) + times * math.prod(
            self.forget_kernel.shape
        )
        return int(2 * (own + inner * below))

    def get_config(self) -> dict[str, Any]:
        """What a saved network keeps of the layer."""
        own = {"combination": self.combination, "forget_bias": self.forget_bias}
        return super().get_config() | own

    def _state(self, gates: Tensor, kept: Tensor | float) -> Tensor:
        """Hidden state and cell side by side, from what the gates add up and what was kept."""
        units = self.units
        opened = ops.sigmoid(gates[..., : 2 * units])
        cell = opened[..., :units] * ops.tanh(gates[..., 2 * units :]) + kept
        return ops.concatenate([opened[..., units:] * ops.tanh(cell), cell], axis=-1)

    def _bias(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        rest = ops.zeros((shape[0] - self.units,), dtype)
        return ops.concatenate([rest, ops.full((self.units,), self.forget_bias, dtype)])


@keras.saving.register_keras_serializable(package="dlplay")
class RecursiveLayer(TreeLayer):
    """A leaf cell and an inner cell, each one dense layer: ``f(W x + b)`` and
    ``f(W [x, children] + b)``.

    C. Goller, A. Küchler (1996), Learning task-dependent distributed representations by
    backpropagation through structure; Socher et al. (2011).

    Args:
        activation: f.
    """

    def __init__(
        self, units: int, levels: Sequence[int], activation: Any = "tanh", **options: Any
    ) -> None:
        super().__init__(units, levels, **options)
        self.activation = keras.activations.get(activation)

    def build(self, x_shape: Shape, children_shape: Shape) -> None:
        """Weights of both cells."""
        features, units = x_shape[-1], self.units
        self.leaf_kernel = self._matrix("leaf_kernel", features, units)
        self.leaf_bias = self.add_weight((units,), "zeros", name="leaf_bias")
        self.kernel = self._matrix("kernel", features + children_shape[-1] * units, units)
        self.bias = self.add_weight((units,), "zeros", name="bias")

    def leaves(self, x: Tensor) -> Tensor:
        return self.activation(ops.matmul(x, self.leaf_kernel) + self.leaf_bias)

    def inner(self, x: Tensor, below: Tensor) -> Tensor:
        _, nodes, arity, units = below.shape
        together = ops.concatenate([x, ops.reshape(below, (-1, nodes, arity * units))], axis=-1)
        return self.activation(ops.matmul(together, self.kernel) + self.bias)

    @property
    def flops(self) -> int:
        leaves, inner = self.levels[0], sum(self.levels[1:])
        kernels = math.prod(self.leaf_kernel.shape), math.prod(self.kernel.shape)
        return int(2 * (leaves * kernels[0] + inner * kernels[1]))

    def get_config(self) -> dict[str, Any]:
        """What a saved network keeps of the layer."""
        activation = keras.activations.serialize(self.activation)
        return super().get_config() | {"activation": activation}


@keras.saving.register_keras_serializable(package="dlplay")
class Root(keras.layers.Layer):  # type: ignore[misc]
    """The state of each tree's root, the last place that is taken.

    Call arguments:
        states: ``(batch, places, units)``.
        tokens: 0 where a place is empty, ``(batch, places)``.

    Output shape: ``(batch, units)``.
    """

    def call(self, states: Tensor, tokens: Tensor) -> Tensor:
        """A row of each tree's states."""
        places = ops.arange(1, tokens.shape[1] + 1, dtype="int32")
        last = ops.max(ops.where(tokens > 0, places, 0), axis=1, keepdims=True)
        return _take(ops.pad(states, ((0, 0), (1, 0), (0, 0))), last)[:, 0]

    def compute_output_shape(self, states_shape: Shape, tokens_shape: Shape) -> Shape:
        """``(batch, units)``."""
        return states_shape[0], states_shape[2]


def _take(rows: Tensor, which: Tensor) -> Tensor:
    """``rows[b, which[b, …]]`` of every b: ``(batch, …, features)``."""
    batch, count = ops.shape(rows)[0], rows.shape[1]
    flat = ops.reshape(rows, (-1, rows.shape[2]))
    first = count * ops.arange(batch, dtype="int32")
    return ops.take(flat, which + ops.reshape(first, (-1, *[1] * (len(which.shape) - 1))), axis=0)
