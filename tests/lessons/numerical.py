"""Derivatives by central differences: the oracle of every gradient in the lessons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def numerical_gradient(function: Callable[[Array], float], at: Array, step: float = 1e-6) -> Array:
    """The gradient of ``function`` at ``at``, an array of any shape."""
    gradient = np.zeros_like(at, dtype=float)
    for index in np.ndindex(at.shape):
        change = np.zeros_like(at, dtype=float)
        change[index] = step
        gradient[index] = (function(at + change) - function(at - change)) / (2 * step)
    return gradient
