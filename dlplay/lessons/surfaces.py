"""Loss surfaces to walk on, with their exact gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """A loss of one or two weights.

    Args:
        title: its name as people write it.
        formula: LaTeX.
        value: the loss at ``(..., d)``: ``(...)``.
        gradient: at ``(..., d)``: ``(..., d)``.
        x, y: the window that is shown; ``y`` is None for a loss of one weight.
        start: where a walk begins.
        minima: the lowest points, to be marked.
        rate: a learning rate that suits plain SGD.
        adaptive_rate: one that suits the rules that choose the size of each step themselves.
    """

    title: str
    formula: str
    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    x: tuple[float, float]
    y: tuple[float, float] | None
    start: tuple[float, ...]
    minima: tuple[tuple[float, ...], ...]
    rate: float
    adaptive_rate: float = 0.1

    @property
    def windows(self) -> list[tuple[str, float, float, float]]:
        """For each weight its name, the lowest and highest value shown, and the usual start."""
        axes = zip("xy", (self.x, self.y), self.start, strict=False)
        return [(name, float(w[0]), float(w[1]), first) for name, w, first in axes if w]

    def curvature(self, point: Array, step: float = 1e-4) -> float:
        """The largest eigenvalue of the second derivatives at ``point``, by differences."""
        shifts = step * np.eye(len(point))
        rows = [(self.gradient(point + s) - self.gradient(point - s)) / (2 * step) for s in shifts]
        return float(np.linalg.eigvalsh(np.array(rows)).max())


def _himmelblau_gradient(w: Array) -> Array:
    x, y = w[..., 0], w[..., 1]
    first, second = x**2 + y - 11, x + y**2 - 7
    return np.stack([4 * x * first + 2 * second, 2 * first + 4 * y * second], axis=-1)


def _rosenbrock_gradient(w: Array) -> Array:
    x, y = w[..., 0], w[..., 1]
    return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1)


_RAVINE = np.array([1.0, 100.0])

SURFACES: dict[str, Surface] = {
    "bowl": Surface(
        "Bowl", r"L=\tfrac12(x^2+y^2)", lambda w: (w**2).sum(-1) / 2, lambda w: w,
        (-4, 4), (-3, 3), (-3.0, 2.0), ((0, 0),), 0.1,
    ),
    "ravine": Surface(
        "Ravine", r"L=\tfrac12(x^2+100y^2)", lambda w: (_RAVINE * w**2).sum(-1) / 2,
        lambda w: _RAVINE * w, (-4, 4), (-1, 1), (-3.5, 0.5), ((0, 0),), 0.013,
    ),
    "saddle": Surface(
        "Saddle", r"L=\tfrac12x^2+\tfrac14y^4-\tfrac12y^2",
        lambda w: w[..., 0] ** 2 / 2 + w[..., 1] ** 4 / 4 - w[..., 1] ** 2 / 2,
        lambda w: np.stack([w[..., 0], w[..., 1] ** 3 - w[..., 1]], axis=-1),
        (-3, 3), (-2, 2), (-2.5, 0.01), ((0, 1), (0, -1)), 0.1,
    ),
    "rosenbrock": Surface(
        "Rosenbrock", r"L=(1-x)^2+100(y-x^2)^2",
        lambda w: (1 - w[..., 0]) ** 2 + 100 * (w[..., 1] - w[..., 0] ** 2) ** 2,
        _rosenbrock_gradient, (-2, 2), (-1, 3), (-1.2, 1.0), ((1, 1),), 0.002,
    ),
    "himmelblau": Surface(
        "Himmelblau", r"L=(x^2+y-11)^2+(x+y^2-7)^2",
        lambda w: (
            (w[..., 0] ** 2 + w[..., 1] - 11) ** 2 + (w[..., 0] + w[..., 1] ** 2 - 7) ** 2
        ),
        _himmelblau_gradient, (-5, 5), (-5, 5), (0.0, 0.0),
        ((3, 2), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)), 0.01,
    ),
    "many": Surface(
        "Many minima", r"L=\tfrac14(x^2+y^2)+2-\cos 3x-\cos 3y",
        lambda w: (w**2).sum(-1) / 4 + 2 - np.cos(3 * w).sum(-1),
        lambda w: w / 2 + 3 * np.sin(3 * w), (-4, 4), (-4, 4), (-3.2, 2.6), ((0, 0),), 0.1,
    ),
    "parabola": Surface(
        "Parabola, one weight", r"L=\tfrac12x^2", lambda w: w[..., 0] ** 2 / 2, lambda w: w,
        (-4, 4), None, (-3.5,), ((0,),), 0.2,
    ),
    "valleys": Surface(
        "Two valleys, one weight", r"L=\tfrac14x^4-x^2+\tfrac12x",
        lambda w: w[..., 0] ** 4 / 4 - w[..., 0] ** 2 + w[..., 0] / 2,
        lambda w: w**3 - 2 * w + 0.5, (-2.5, 2.5), None, (2.2,), ((-1.525687,),), 0.05,
    ),
}  # fmt: skip
"""The surfaces by name."""
