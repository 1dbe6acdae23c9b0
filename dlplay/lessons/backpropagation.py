"""Back-propagation through a network small enough to see every number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dlplay.lessons.base import Lesson
from dlplay.lessons.functions import ACTIVATIONS

LESSON = Lesson(
    name="backpropagation",
    title="Back-propagation, step by step",
    icon="undo",
    idea="Values run forward, blame runs back: every weight learns its share of the error.",
    notice="Choose a weight: its gradient is the value that enters it times the blame δ of the "
    "neuron it leads to. Take updates one at a time and the loss falls, unless the rate is too "
    "large and every step overshoots.",
    source="D. Rumelhart, G. Hinton, R. Williams (1986), Nature 323, 533–536; article 4.",
    preset="iris-mlp",
    trial="Train a network of ten hidden units by back-propagation.",
)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """Dense layers, all with one activation but the last, which is linear.

    Args:
        weights: a matrix a layer, ``(inputs, outputs)``.
        biases: a vector a layer.
        activation: name of the activation between layers.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    activation: str = "tanh"

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons in each layer, the input first."""
        return (len(self.weights[0]), *(len(bias) for bias in self.biases))


@dataclass(frozen=True, eq=False)
class Pass:
    """One pass forward and back.

    Args:
        values: what every layer puts out, the input first.
        sums: what enters the activation of every layer after the input.
        blames: derivative of the loss by those sums, ``δ``.
        weights, biases: derivative of the loss by each weight and bias.
    """

    values: tuple[Array, ...]
    sums: tuple[Array, ...]
    loss: float
    blames: tuple[Array, ...]
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]


def article_network() -> Network:
    """The fourth article's: three inputs, one linear neuron, weights -1, 2, 3 and bias 2."""
    return Network((np.array([[-1.0], [2.0], [3.0]]),), (np.array([2.0]),))


def random_network(sizes: Sequence[int], activation: str, seed: int) -> Network:
    """A network of these sizes; Glorot normal weights, zero biases."""
    rng, pairs = np.random.default_rng(seed), list(pairwise(sizes))
    weights = tuple(rng.normal(0, (2 / (i + o)) ** 0.5, (i, o)).round(2) for i, o in pairs)
    return Network(weights, tuple(np.zeros(o) for _, o in pairs), activation)


def propagate(network: Network, inputs: Array, targets: Array) -> Pass:
    """Forward, the mean squared error, and back by the chain rule."""
    function = ACTIVATIONS[network.activation]
    values, sums = [inputs], []
    last = len(network.weights) - 1
    for layer, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        total = values[-1] @ weight + bias
        sums.append(total)
        values.append(total if layer == last else function.value(total, function.usual))
    error = values[-1] - targets
    blames = [2 * error / error.size]
    for layer in range(last, 0, -1):
        slope = function.slope(sums[layer - 1], function.usual)
        blames.insert(0, (network.weights[layer] @ blames[0]) * slope)
    return Pass(
        tuple(values), tuple(sums), float(np.mean(error**2)), tuple(blames),
        tuple(np.outer(v, b) for v, b in zip(values, blames, strict=False)), tuple(blames),
    )  # fmt: skip


def train(
    network: Network, inputs: Array, targets: Array, *, rate: float, momentum: float, updates: int
) -> list[Network]:
    """The network before and after each of ``updates`` updates."""
    networks = [network]
    speeds = [np.zeros_like(part) for part in (*network.weights, *network.biases)]
    for _ in range(updates):
        now = networks[-1]
        found = propagate(now, inputs, targets)
        gradients = (*found.weights, *found.biases)
        speeds = [momentum * s - rate * g for s, g in zip(speeds, gradients, strict=True)]
        parts = [p + s for p, s in zip((*now.weights, *now.biases), speeds, strict=True)]
        count = len(now.weights)
        networks.append(replace(now, weights=tuple(parts[:count]), biases=tuple(parts[count:])))
    return networks


@dataclass(frozen=True)
class Edge:
    """A weight, or a bias if ``source`` is None.

    Args:
        layer: 0 for the first layer after the input.
        source, target: numbers of the neurons it joins.
    """

    layer: int
    source: int | None
    target: int

    @property
    def name(self) -> str:
        """Short and stable, for the address."""
        source = "b" if self.source is None else str(self.source + 1)
        return f"{self.layer + 1}-{source}-{self.target + 1}"


def edges(network: Network) -> dict[str, Edge]:
    """Every weight and bias by name."""
    every = [
        Edge(layer, source, target)
        for layer, weight in enumerate(network.weights)
        for target in range(weight.shape[1])
        for source in (*range(weight.shape[0]), None)
    ]
    return {edge.name: edge for edge in every}


def neuron(network: Network, layer: int, number: int) -> str:
    """A neuron's name in LaTeX; layer 0 is the input."""
    letter = "x" if layer == 0 else "y" if layer == len(network.weights) else "h"
    upper = f"^{{({layer})}}" if letter == "h" else ""
    return f"{letter}{upper}_{{{number + 1}}}"


def plain(network: Network, edge: Edge) -> str:
    """An edge as text: “x1 → h2”."""
    ends = [(edge.layer, edge.source), (edge.layer + 1, edge.target)]
    names = []
    for layer, number in ends:
        if number is None:
            names.append("bias")
            continue
        letter = "x" if layer == 0 else "y" if layer == len(network.weights) else "h"
        names.append(f"{letter}{number + 1}" + ("′" * (layer - 1) if letter == "h" else ""))
    return " → ".join(names)


def gradient_of(found: Pass, edge: Edge) -> float:
    """The derivative of the loss by one weight or bias."""
    if edge.source is None:
        return float(found.biases[edge.layer][edge.target])
    return float(found.weights[edge.layer][edge.source, edge.target])


def by_difference(
    network: Network, inputs: Array, targets: Array, edge: Edge, step: float = 1e-5
) -> float:
    """The same derivative, found by moving the weight a little both ways."""
    losses = []
    for sign in (1, -1):
        weights, biases = ([part.copy() for part in p] for p in (network.weights, network.biases))
        if edge.source is None:
            biases[edge.layer][edge.target] += sign * step
        else:
            weights[edge.layer][edge.source, edge.target] += sign * step
        moved = replace(network, weights=tuple(weights), biases=tuple(biases))
        losses.append(propagate(moved, inputs, targets).loss)
    return (losses[0] - losses[1]) / (2 * step)


def numbers(
    network: Network, updated: Network, inputs: Array, targets: Array, edge: Edge
) -> dict[str, float]:
    """The loss before and after an update, and one gradient found in two ways."""
    found = propagate(network, inputs, targets)
    return {
        "Loss now": found.loss,
        "Loss after one update": propagate(updated, inputs, targets).loss,
        "Gradient, chain rule": gradient_of(found, edge),
        "By moving the weight": by_difference(network, inputs, targets, edge),
    }


def chain_in_words(network: Network, found: Pass, edge: Edge) -> str:
    """The chain rule for one edge as text: what enters times the blame of where it leads."""
    source, target = plain(network, edge).split(" → ")
    value = 1.0 if edge.source is None else float(found.values[edge.layer][edge.source])
    blame = float(found.blames[edge.layer][edge.target])
    return f"∂L/∂w = {source} · δ({target}) = {value:.3g} × {blame:.3g} = {value * blame:.4g}"


def chain_rule(network: Network, found: Pass, edge: Edge) -> str:
    """The chain rule for one edge in LaTeX, with its numbers."""
    target = neuron(network, edge.layer + 1, edge.target)
    blame = found.blames[edge.layer][edge.target]
    entering, value = "1", 1.0
    if edge.source is not None:
        entering = neuron(network, edge.layer, edge.source)
        value = found.values[edge.layer][edge.source]
    lines = [
        rf"\frac{{\partial L}}{{\partial w}}={entering}\cdot\delta_{{{target}}}"
        rf"={value:.3g}\times({blame:.3g})={value * blame:.4g}"
    ]
    if edge.layer == len(network.weights) - 1:
        count = found.values[-1].size
        share = "" if count == 1 else rf"\tfrac{{1}}{{{count}}}"
        lines.append(rf"\delta_{{{target}}}={share}2({target}-t)={blame:.4g}")
    else:
        function = ACTIVATIONS[network.activation]
        slope = function.slope(found.sums[edge.layer], function.usual)[edge.target]
        terms = zip(
            network.weights[edge.layer + 1][edge.target], found.blames[edge.layer + 1], strict=True
        )
        total = " + ".join(rf"({w:.3g})({d:.3g})" for w, d in terms)
        lines.append(
            rf"\delta_{{{target}}}=f'(z)\textstyle\sum_k w_k\delta_k={slope:.3g}\,[{total}]"
            rf"={blame:.4g}"
        )
    return r"\begin{gathered}" + r"\\[4pt]".join(lines) + r"\end{gathered}"
