"""How weights are drawn before training begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Initialiser:
    """A way to draw a weight matrix.

    Args:
        title: its name as people write it.
        formula: LaTeX of the variance of one weight.
        variance: of one weight, from the number of inputs and outputs.
        uniform: whether weights are drawn evenly from an interval; else from a normal.
    """

    title: str
    formula: str
    variance: Callable[[int, int], float]
    uniform: bool = False

    def draw(self, rng: np.random.Generator, inputs: int, outputs: int) -> Array:
        """Weights, ``(inputs, outputs)``."""
        deviation = self.variance(inputs, outputs) ** 0.5
        if self.uniform:
            limit = 3**0.5 * deviation
            return rng.uniform(-limit, limit, (inputs, outputs))
        return rng.normal(0.0, deviation, (inputs, outputs))


INITIALISERS: dict[str, Initialiser] = {
    "glorot-uniform": Initialiser(
        "Glorot uniform", r"\mathrm{Var}\,w=\tfrac{2}{n_{in}+n_{out}}",
        lambda i, o: 2 / (i + o), uniform=True,
    ),
    "glorot-normal": Initialiser(
        "Glorot normal", r"\mathrm{Var}\,w=\tfrac{2}{n_{in}+n_{out}}", lambda i, o: 2 / (i + o)
    ),
    "he-normal": Initialiser(
        "He normal", r"\mathrm{Var}\,w=\tfrac{2}{n_{in}}", lambda i, o: 2 / i
    ),
    "lecun-normal": Initialiser(
        "LeCun normal", r"\mathrm{Var}\,w=\tfrac{1}{n_{in}}", lambda i, o: 1 / i
    ),
    "small": Initialiser("Too small: σ = 0.01", r"\mathrm{Var}\,w=0.01^2", lambda i, o: 1e-4),
    "large": Initialiser("Too large: σ = 1", r"\mathrm{Var}\,w=1", lambda i, o: 1.0),
}  # fmt: skip
"""The initialisers by name."""
