"""The functions that stand between layers, with their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Activation:
    """A function between layers.

    Args:
        title: its name as people write it.
        formula, slope_formula: LaTeX of the function and of its derivative.
        value, slope: the function and its derivative, of the input and the parameter.
        parameter: name, lowest, highest and usual value of its parameter; none for most.
        hidden: whether it stands between hidden layers; softmax only ends a network.
    """

    title: str
    formula: str
    slope_formula: str
    value: Callable[[Array, float], Array]
    slope: Callable[[Array, float], Array]
    parameter: tuple[str, float, float, float] | None = None
    hidden: bool = True

    @property
    def usual(self) -> float:
        """The parameter's usual value; 0 where there is none."""
        return self.parameter[3] if self.parameter else 0.0


def _sigmoid(x: Array) -> Array:
    # By its full name: SciPy imports that part at the first call, and the menu needs none.
    probability: Array = scipy.special.expit(x)
    return probability


def _softmax(x: Array, other: float) -> Array:
    """The first of three probabilities whose logits are x, ``other`` and 0."""
    top = np.maximum(np.maximum(x, other), 0.0)
    probability: Array = np.exp(x - top) / (np.exp(x - top) + np.exp(other - top) + np.exp(-top))
    return probability


def _normal_density(x: Array) -> Array:
    density: Array = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return density


def _elu(x: Array, alpha: float) -> Array:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation(
        "Sigmoid", r"\sigma(x)=\frac{1}{1+e^{-x}}", r"\sigma'(x)=\sigma(x)\,(1-\sigma(x))",
        lambda x, _: _sigmoid(x), lambda x, _: _sigmoid(x) * _sigmoid(-x),
    ),
    "tanh": Activation(
        "tanh", r"\tanh(x)=\frac{e^x-e^{-x}}{e^x+e^{-x}}", r"\tanh'(x)=1-\tanh^2(x)",
        lambda x, _: np.tanh(x), lambda x, _: 1 - np.tanh(x) ** 2,
    ),
    "relu": Activation(
        "ReLU", r"\mathrm{ReLU}(x)=\max(0,x)", r"\mathrm{ReLU}'(x)=[x>0]",
        lambda x, _: np.maximum(x, 0), lambda x, _: (x > 0).astype(float),
    ),
    "leaky-relu": Activation(
        "Leaky ReLU", r"f(x)=\max(\alpha x,\,x)", r"f'(x)=1\ \text{if}\ x>0,\ \text{else}\ \alpha",
        lambda x, a: np.where(x > 0, x, a * x), lambda x, a: np.where(x > 0, 1.0, a),
        ("Slope α", 0.0, 0.5, 0.01),
    ),
    "elu": Activation(
        "ELU", r"f(x)=x\ \text{if}\ x>0,\ \text{else}\ \alpha(e^x-1)",
        r"f'(x)=1\ \text{if}\ x>0,\ \text{else}\ \alpha e^x",
        _elu, lambda x, a: np.where(x > 0, 1.0, a * np.exp(np.minimum(x, 0))),
        ("Depth α", 0.1, 2.0, 1.0),
    ),
    "gelu": Activation(
        "GELU", r"f(x)=x\,\Phi(x),\ \Phi=\text{normal distribution}",
        r"f'(x)=\Phi(x)+x\,\varphi(x)",
        lambda x, _: x * (1 + scipy.special.erf(x / np.sqrt(2))) / 2,
        lambda x, _: (1 + scipy.special.erf(x / np.sqrt(2))) / 2 + x * _normal_density(x),
    ),
    "softplus": Activation(
        "Softplus", r"f(x)=\ln(1+e^x)", r"f'(x)=\sigma(x)",
        lambda x, _: np.logaddexp(0, x), lambda x, _: _sigmoid(x),
    ),
    "swish": Activation(
        "Swish", r"f(x)=x\,\sigma(\beta x)",
        r"f'(x)=\sigma(\beta x)+\beta x\,\sigma(\beta x)(1-\sigma(\beta x))",
        lambda x, b: x * _sigmoid(b * x),
        lambda x, b: _sigmoid(b * x) + b * x * _sigmoid(b * x) * _sigmoid(-b * x),
        ("Steepness β", 0.1, 5.0, 1.0),
    ),
    "linear": Activation(
        "Linear", r"f(x)=x", r"f'(x)=1", lambda x, _: x, lambda x, _: np.ones_like(x)
    ),
    "softmax": Activation(
        "Softmax", r"p_1=\frac{e^{x}}{e^{x}+e^{z}+e^{0}}",
        r"\frac{\partial p_1}{\partial x}=p_1(1-p_1)",
        _softmax, lambda x, z: _softmax(x, z) * (1 - _softmax(x, z)),
        ("Rival logit z", -3.0, 3.0, 0.0), hidden=False,
    ),
}  # fmt: skip
"""The functions by name."""
