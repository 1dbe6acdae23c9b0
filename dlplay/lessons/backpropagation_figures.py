"""A small network drawn with all its numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dlplay.figures import PALETTE
from dlplay.lessons.backpropagation import (
    Edge,
    Network,
    Pass,
    chain_in_words,
    edges,
    gradient_of,
    plain,
)
from dlplay.lessons.drawing import GREY, bare

_RAISES, _LOWERS = PALETTE[1], PALETTE[0]


@dataclass(frozen=True)
class Line:
    """A weight in the drawing.

    Args:
        start, end: its ends.
        label: where its number stands.
        weight, gradient: its value, and the derivative of the loss by it.
        width: of the line, by the gradient's size.
    """

    edge: Edge
    start: tuple[float, float]
    end: tuple[float, float]
    label: tuple[float, float]
    weight: float
    gradient: float
    width: float


def places(network: Network) -> list[list[tuple[float, float]]]:
    """Where each layer's neurons stand: layers from left to right, neurons around the middle."""
    return [
        [(float(layer), (size - 1) / 2 - number) for number in range(size)]
        for layer, size in enumerate(network.sizes)
    ]


def lines_info(network: Network, found: Pass) -> list[Line]:
    """A line for every weight; biases belong to their neurons."""
    spots, lines = places(network), []
    weights = [edge for edge in edges(network).values() if edge.source is not None]
    most = max((abs(gradient_of(found, edge)) for edge in weights), default=0.0) or 1.0
    for edge in weights:
        source = edge.source or 0
        start, end = spots[edge.layer][source], spots[edge.layer + 1][edge.target]
        # Where edges cross in the middle their numbers would hide each other.
        share = 0.28 if source % 2 == 0 else 0.42
        label = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
        gradient = gradient_of(found, edge)
        weight = float(network.weights[edge.layer][source, edge.target])
        width = 1 + 5 * abs(gradient) / most
        lines.append(Line(edge, start, end, label, weight, gradient, width))
    return lines


def plot_network(network: Network, found: Pass, chosen: str) -> go.Figure:
    """Neurons with value and blame, weights with value and gradient; the chosen one stands out."""
    figure = bare()
    lines = lines_info(network, found)
    for line in lines:
        tint = _RAISES if line.gradient > 0 else _LOWERS
        (x0, y0), (x1, y1) = line.start, line.end
        figure.add_scatter(
            x=[x0, x1], y=[y0, y1], mode="lines", hoverinfo="skip",
            line={"color": tint, "width": line.width + 3 * (line.edge.name == chosen)},
            opacity=1.0 if line.edge.name == chosen else 0.5,
        )  # fmt: skip
    figure.add_scatter(
        x=[line.label[0] for line in lines], y=[line.label[1] for line in lines],
        mode="markers+text", text=[f"{line.weight:.2f}" for line in lines],
        customdata=[[line.edge.name] for line in lines],
        hovertext=[
            f"{plain(network, line.edge)}, weight {line.weight:.4f}<br>"
            f"{chain_in_words(network, found, line.edge)}" for line in lines
        ],
        hovertemplate="%{hovertext}<extra></extra>", textfont={"size": 12, "color": "white"},
        marker={
            "size": 32, "symbol": "square", "color": [
                PALETTE[2] if line.edge.name == chosen else "#5A6270" for line in lines
            ],
        },
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    for layer, spots in enumerate(places(network)):
        _draw_layer(figure, network, found, layer, np.array(spots))
    tallest = max(network.sizes)
    figure.update_xaxes(range=[-0.35, len(network.sizes) - 0.65])
    figure.update_yaxes(range=[-tallest / 2 - 0.25, tallest / 2 - 0.05])
    return figure


def _draw_layer(
    figure: go.Figure, network: Network, found: Pass, layer: int, spots: np.ndarray
) -> None:
    values = found.values[layer]
    figure.add_scatter(
        x=spots[:, 0], y=spots[:, 1], mode="markers+text", text=[f"{v:.2f}" for v in values],
        textfont={"size": 13, "color": "white"}, hoverinfo="skip",
        marker={"size": 50, "color": GREY if layer == 0 else "#3A3F8F"},
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    letter = "x" if layer == 0 else "y" if layer == len(network.weights) else "h"
    for number, (x, y) in enumerate(spots):
        note = f"{letter}{number + 1}"
        if layer:
            blame, bias = found.blames[layer - 1][number], network.biases[layer - 1][number]
            note += f"  b = {bias:.2f}<br>δ = {blame:.3g}"
        figure.add_annotation(
            x=x, y=y, text=note, showarrow=False, yshift=-28, yanchor="top", font={"size": 12}
        )
