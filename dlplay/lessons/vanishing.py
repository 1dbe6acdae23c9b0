"""Gradients on their way back through a deep network, on a real batch of digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import scipy
from numpy.typing import NDArray

from dlplay.figures import colour
from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import GREY, frame
from dlplay.lessons.functions import ACTIVATIONS
from dlplay.lessons.initialisers import INITIALISERS
from dlplay.lessons.normalisation import normalise, normalise_back

LESSON = Lesson(
    name="vanishing",
    title="Vanishing and exploding gradients",
    icon="blur_on",
    idea="On its way back the gradient is multiplied once a layer, so depth makes it vanish or "
    "explode.",
    notice="Thirty sigmoid layers leave the first layer a gradient of almost nothing: it cannot "
    "learn. Switch on residual connections or batch normalisation, or take ReLU with He weights, "
    "and the line is nearly level.",
    source="S. Hochreiter (1991); X. Glorot, Y. Bengio (2010), AISTATS; K. He et al. (2015), "
    "arXiv:1512.03385; articles 1 and 5.",
    preset="sigmoid-too-deep",
    trial="Train eight sigmoid layers whose first ones hardly learn.",
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """A deep network: equal dense layers, then one to ten classes.

    Args:
        depth: of equal layers.
        activation, initialiser: names from the catalogues of the lessons.
        batch_norm: whether sums are normalised before the activation.
        residual: whether each layer adds to what it is given.
    """

    depth: int
    activation: str
    initialiser: str
    batch_norm: bool = False
    residual: bool = False

    def draw(self, units: int, classes: int = 10, seed: int = 0) -> list[Array]:
        """Its weights before training; biases are zero and left out."""
        rng = np.random.default_rng(seed)
        initialiser = INITIALISERS[self.initialiser]
        sizes = [*[units] * self.depth, classes]
        return [initialiser.draw(rng, units, size) for size in sizes]


@dataclass(frozen=True, eq=False)
class Flow:
    """What one batch does.

    Args:
        gradients: by each layer's weights, the output layer last.
        spreads: standard deviation of what each of the equal layers puts out.
    """

    loss: float
    gradients: list[Array]
    spreads: Array

    @property
    def norms(self) -> Array:
        """The norm of each of the equal layers' gradients."""
        return np.array([np.linalg.norm(gradient) for gradient in self.gradients[:-1]])


def flow(design: Design, weights: list[Array], inputs: Array, labels: NDArray[np.intp]) -> Flow:
    """Forward, cross-entropy, and back."""
    function = ACTIVATIONS[design.activation]
    values, sums, entering = [inputs], [], []
    for weight in weights[:-1]:
        raw = values[-1] @ weight
        total = normalise(raw) if design.batch_norm else raw
        out = function.value(total, function.usual)
        values.append(values[-1] + out if design.residual else out)
        sums.append(raw)
        entering.append(total)
    logits = values[-1] @ weights[-1]
    rows = np.arange(len(labels))
    loss = float(-scipy.special.log_softmax(logits, axis=1)[rows, labels].mean())
    pull = scipy.special.softmax(logits, axis=1)
    pull[rows, labels] -= 1
    pull /= len(labels)
    gradients = [values[-1].T @ pull]
    back = pull @ weights[-1].T
    for layer in reversed(range(design.depth)):
        inner = back * function.slope(entering[layer], function.usual)
        if design.batch_norm:
            inner = normalise_back(sums[layer], inner)
        gradients.insert(0, values[layer].T @ inner)
        passed = inner @ weights[layer].T
        back = back + passed if design.residual else passed
    return Flow(loss, gradients, np.array([value.std() for value in values[1:]]))


def plot_norms(yours: Flow, plain: Flow | None) -> go.Figure:
    """The gradient's size at every layer, and without any help if the network has some."""
    figure = frame("Size of the gradient at each layer’s weights", "Layer, from the input")
    _lines(figure, yours.norms, None if plain is None else plain.norms)
    return figure


def plot_spreads(yours: Flow, plain: Flow | None) -> go.Figure:
    """How far what each layer puts out is spread."""
    figure = frame("Spread of what each layer puts out", "Layer, from the input")
    _lines(figure, yours.spreads, None if plain is None else plain.spreads)
    return figure


def _lines(figure: go.Figure, yours: Array, plain: Array | None) -> None:
    parts = (
        ("Without normalisation or residuals", plain, GREY, "dot"),
        ("Yours", yours, colour(0), "solid"),
    )
    for name, values, tint, dash in parts:
        if values is None:
            continue
        figure.add_scatter(
            x=np.arange(1, len(values) + 1), y=np.maximum(values, 1e-30), mode="lines+markers",
            name=name, line={"color": tint, "width": 2, "dash": dash}, marker={"size": 5},
            hovertemplate="%{y:.3g}",
        )  # fmt: skip
    figure.update_yaxes(type="log", tickformat=".2~g", nticks=7)


def verdict(info: Flow) -> str:
    """What the first layer gets, and how large gradients are, as a sentence."""
    norms = info.norms
    ratio = norms[0] / norms[-1] if norms[-1] > 0 else 0.0
    if norms.max() > 100:
        return f"Exploding: some layer’s gradient has the size {norms.max():.2g}."
    if ratio < 0.01:
        return f"Vanishing: the first layer gets {ratio:.1e} of the last layer’s gradient."
    return f"Healthy: the first layer gets {ratio:.2g} times the last layer’s gradient."
