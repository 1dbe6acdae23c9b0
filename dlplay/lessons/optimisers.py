"""Update rules in NumPy, step for step those of Keras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
State = tuple[Array, Array]
Rule = Callable[[Array, State, int, float, float], tuple[Array, State]]
"""Gradient, state, number of the step from 1, learning rate, momentum → change, new state."""

_EPSILON = 1e-7
_DECAY = 0.9
_FIRST_DECAY, _SECOND_DECAY = 0.9, 0.999


@dataclass(frozen=True)
class Optimiser:
    """A rule that turns gradients into steps.

    Args:
        title: its name as people write it.
        formula: LaTeX of one step.
        rule: the step itself.
        first: what its running sums start from.
        adaptive: whether it divides by the size of recent gradients.
    """

    title: str
    formula: str
    rule: Rule
    first: float = 0.0
    adaptive: bool = False

    def start(self, point: Array) -> State:
        """The state before the first step."""
        return np.zeros_like(point), np.full_like(point, self.first)


def _sgd(g: Array, state: State, step: int, rate: float, momentum: float) -> tuple[Array, State]:
    return -rate * g, state


def _momentum(
    g: Array, state: State, step: int, rate: float, momentum: float
) -> tuple[Array, State]:
    velocity = momentum * state[0] - rate * g
    return velocity, (velocity, state[1])


def _nesterov(
    g: Array, state: State, step: int, rate: float, momentum: float
) -> tuple[Array, State]:
    velocity = momentum * state[0] - rate * g
    return momentum * velocity - rate * g, (velocity, state[1])


def _adagrad(
    g: Array, state: State, step: int, rate: float, momentum: float
) -> tuple[Array, State]:
    total = state[1] + g**2
    return -rate * g / np.sqrt(total + _EPSILON), (state[0], total)


def _rmsprop(
    g: Array, state: State, step: int, rate: float, momentum: float
) -> tuple[Array, State]:
    mean = _DECAY * state[1] + (1 - _DECAY) * g**2
    return -rate * g / np.sqrt(mean + _EPSILON), (state[0], mean)


def _adam(g: Array, state: State, step: int, rate: float, momentum: float) -> tuple[Array, State]:
    mean = _FIRST_DECAY * state[0] + (1 - _FIRST_DECAY) * g
    square = _SECOND_DECAY * state[1] + (1 - _SECOND_DECAY) * g**2
    unbiased = rate * np.sqrt(1 - _SECOND_DECAY**step) / (1 - _FIRST_DECAY**step)
    return -unbiased * mean / (np.sqrt(square) + _EPSILON), (mean, square)


OPTIMISERS: dict[str, Optimiser] = {
    "sgd": Optimiser("SGD", r"w \leftarrow w-\eta\,g", _sgd),
    "momentum": Optimiser(
        "Momentum", r"v \leftarrow \mu v-\eta\,g,\quad w \leftarrow w+v", _momentum
    ),
    "nesterov": Optimiser(
        "Nesterov", r"v \leftarrow \mu v-\eta\,g,\quad w \leftarrow w+\mu v-\eta\,g", _nesterov
    ),
    "adagrad": Optimiser(
        "Adagrad", r"s \leftarrow s+g^2,\quad w \leftarrow w-\eta\,g/\sqrt{s}", _adagrad,
        first=0.1, adaptive=True,
    ),
    "rmsprop": Optimiser(
        "RMSprop", r"s \leftarrow 0.9s+0.1g^2,\quad w \leftarrow w-\eta\,g/\sqrt{s}", _rmsprop,
        adaptive=True,
    ),
    "adam": Optimiser(
        "Adam", r"w \leftarrow w-\eta\,\hat m/\sqrt{\hat s}", _adam, adaptive=True
    ),
}  # fmt: skip
"""The rules by name."""
