"""Regularisation: a curve with far too many weights, and six ways to calm it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlplay.lessons.base import Lesson

LESSON = Lesson(
    name="regularisation",
    title="Regularisation",
    icon="shield",
    idea="A curve with too many weights learns the noise by heart; every remedy keeps them small.",
    notice="From weak to strong the training error only grows, while the test error falls first "
    "and then grows too: the best strength lies between. More data do the same without any "
    "penalty.",
    source="A. Hoerl, R. Kennard (1970); R. Tibshirani (1996); N. Srivastava et al. (2014), JMLR "
    "15; C. Bishop (2006), Pattern Recognition and Machine Learning, 3.3; articles 2 and 3.",
    preset="no-regularisation",
    trial="Train a network that learns sixty points by heart, then regularise it.",
)

Array = NDArray[np.float64]
BUMPS = 40
_WIDTH = 0.06
_LASSO_STEPS = 1_500
_RATE_SHARE = 0.9


@dataclass(frozen=True)
class Remedy:
    """A way to regularise.

    Args:
        title, strength: its name, and what its slider sets.
        formula: LaTeX of what training then makes small.
        values: the strengths, from weak to strong.
        usual: the one the page begins with.
    """

    title: str
    strength: str
    formula: str
    values: tuple[float, ...]
    usual: float


def _decades(low: int, high: int) -> tuple[float, ...]:
    return tuple(float(f"{m}e{e}") for e in range(low, high) for m in (1, 3))


REMEDIES: dict[str, Remedy] = {
    "l2": Remedy(
        "L2", "Strength λ", r"\tfrac1n\|y-\Phi w\|^2+\lambda\textstyle\sum w_i^2",
        _decades(-10, 1), 1e-10,
    ),
    "l1": Remedy(
        "L1", "Strength λ", r"\tfrac1n\|y-\Phi w\|^2+\lambda\textstyle\sum|w_i|",
        _decades(-6, 1), 1e-3,
    ),
    "prior": Remedy(
        "Gaussian prior", "Deviation σ of the prior",
        r"w\sim\mathcal N(0,\sigma^2):\quad\lambda=\frac{\sigma_{noise}^2}{n\,\sigma^2}",
        _decades(-2, 4)[::-1], 1.0,
    ),
    "dropout": Remedy(
        "Dropout", "Share p left out",
        r"\tfrac1n\|y-\Phi w\|^2+\tfrac{p}{1-p}\tfrac1n\textstyle\sum_i w_i^2\|\phi_i\|^2",
        (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9), 0.1,
    ),
    "early": Remedy(
        "Early stopping", "Steps of gradient descent", r"w_0=0,\quad w\leftarrow w-\eta\nabla L",
        _decades(0, 9)[::-1], 1e3,
    ),
}  # fmt: skip
"""The remedies by name; more data, the sixth, is a slider of its own."""


def features(x: Array) -> Array:
    """A constant and Gaussian bumps along 0…1: ``(n, BUMPS + 1)``."""
    bumps = np.exp(-((x[:, None] - np.linspace(0, 1, BUMPS)) ** 2) / (2 * _WIDTH**2))
    return np.column_stack([np.ones(len(x)), bumps])


def truth(x: Array) -> Array:
    """The curve behind the noise."""
    wave: Array = np.sin(2 * np.pi * x) + 0.4 * np.cos(5 * np.pi * x)
    return wave


def make_data(count: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Noisy points of the curve."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0, 1, count))
    return x, truth(x) + rng.normal(0, noise, count)


def fit(remedy: str, strengths: Sequence[float], x: Array, y: Array, noise: float) -> Array:
    """The weights each strength leads to: ``(strengths, BUMPS + 1)``; the bias is not penalised.

    L2 and the prior in closed form; dropout as the expectation over all masks, which is a ridge
    weighted by the features' sizes (Srivastava et al. 2014, section 9.1); early stopping as the
    closed form of so many steps on the quadratic; L1 by FISTA (Beck, Teboulle 2009).
    """
    inputs, offset = features(x)[:, 1:], y.mean()
    centre = inputs.mean(axis=0)
    inputs, targets, count = inputs - centre, y - offset, len(x)
    if remedy == "l1":
        weights = _lasso(inputs, targets, np.array(strengths))
    elif remedy == "early":
        weights = _stopped(inputs, targets, np.array(strengths))
    else:
        sizes = (inputs**2).sum(axis=0)
        ridges = [_ridge(remedy, s, count, noise, sizes) for s in strengths]
        gram, aim = inputs.T @ inputs, inputs.T @ targets
        # Tiny but not nothing: without a penalty the equations have many solutions.
        ridges = [np.maximum(ridge, 1e-12) for ridge in ridges]
        weights = np.array([np.linalg.solve(gram + np.diag(r), aim) for r in ridges])
    return np.column_stack([offset - weights @ centre, weights])


def _ridge(remedy: str, strength: float, count: int, noise: float, sizes: Array) -> Array:
    """What is added to the diagonal of ``ΦᵀΦ``."""
    if remedy == "dropout":
        return strength / (1 - strength) * sizes
    if remedy == "prior":
        return np.full_like(sizes, noise**2 / strength**2)
    return np.full_like(sizes, strength * count)


def _stopped(inputs: Array, targets: Array, steps: Array) -> Array:
    """Weights after so many steps of gradient descent from zero, direction by direction."""
    left, sizes, right = np.linalg.svd(inputs, full_matrices=False)
    shrink = 1 - _RATE_SHARE * (sizes / sizes[0]) ** 2
    share = 1 - shrink ** steps[:, None]
    weights: Array = (share * (left.T @ targets) / np.maximum(sizes, 1e-12)) @ right
    return weights


def _lasso(inputs: Array, targets: Array, strengths: Array) -> Array:
    """Minima of ``mean squared error + λ Σ|w|`` for all strengths at once."""
    gram, aim = inputs.T @ inputs / len(inputs), inputs.T @ targets / len(inputs)
    rate = 1 / (2 * np.linalg.eigvalsh(gram)[-1])
    weights = ahead = np.zeros((len(aim), len(strengths)))
    pace = 1.0
    for _ in range(_LASSO_STEPS):
        moved = ahead - 2 * rate * (gram @ ahead - aim[:, None])
        shrunk = np.sign(moved) * np.maximum(np.abs(moved) - rate * strengths, 0)
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = shrunk + (pace - 1) / faster * (shrunk - weights)
        weights, pace = shrunk, faster
    return weights.T


def uncertainty(x: Array, at: Array, sigma: float, noise: float) -> Array:
    """The posterior's standard deviation of the curve at ``at`` under the Gaussian prior."""
    inputs = features(x)[:, 1:]
    centre = inputs.mean(axis=0)
    inputs, wanted = inputs - centre, features(at)[:, 1:] - centre
    precision = inputs.T @ inputs / noise**2 + np.eye(BUMPS) / sigma**2
    spread = np.einsum("ij,ij->i", wanted, np.linalg.solve(precision, wanted.T).T)
    deviation: Array = np.sqrt(spread + noise**2 / len(x))
    return deviation


def errors(weights: Array, x: Array, y: Array) -> Array:
    """Root mean squared error of each row of weights."""
    found: Array = np.sqrt(np.mean((features(x) @ weights.T - y[:, None]) ** 2, axis=0))
    return found
