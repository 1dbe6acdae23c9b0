"""A network drawn: what flows through it, layer by layer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dlplay.architectures.layers import Layer
from dlplay.figures import PALETTE

_KINDS = {
    "InputLayer": ("Input", "#9AA3B2"), "Rescaling": ("Scale to 0…1", "#9AA3B2"),
    "Conv2D": ("Convolution", PALETTE[0]), "MaxPooling2D": ("Max pooling", PALETTE[1]),
    "AveragePooling2D": ("Average pooling", PALETTE[1]), "Dense": ("Dense", PALETTE[2]),
    "Flatten": ("Flatten", "#9AA3B2"), "Dropout": ("Dropout", PALETTE[3]),
    "BatchNormalization": ("Batch norm", PALETTE[6]), "LeakyReLU": ("Leaky ReLU", PALETTE[4]),
    "Activation": ("Activation", PALETTE[4]),
    "TreeLSTM": ("Tree-LSTM", PALETTE[0]), "RecursiveLayer": ("Recursive", PALETTE[0]),
    "Root": ("Root", "#9AA3B2"),
    "Functional": ("Pre-trained network", PALETTE[5]),
    "FusedLSTM": ("LSTM", PALETTE[5]), "FusedGRU": ("GRU", PALETTE[5]),
    "AddPositions": ("Positions", "#9AA3B2"),
}  # fmt: skip
_MOST_BOXES = 24
_LEAST_WIDTH = 6.0


@dataclass(frozen=True)
class Box:
    """A layer in the drawing.

    Args:
        title: what the layer does, as people say it.
        shape: of its output, as text.
        width, height: of the drawn box: channels in depth, pixels or units in height, both on a
            logarithmic scale.
    """

    title: str
    shape: str
    parameters: int
    colour: str
    width: float
    height: float


def layer_title(layer: Layer) -> str:
    """What a layer does, as people say it."""
    return _KINDS.get(layer.kind, (_spaced(layer.kind), ""))[0]


def diagram_info(layers: Sequence[Layer]) -> list[Box]:
    """A box for each layer that changes the shape or has parameters, and for the input."""
    boxes = []
    for layer in layers:
        _, tint = _KINDS.get(layer.kind, ("", PALETTE[5]))
        *spatial, channels = layer.output_shape or (1,)
        if spatial:
            width, height = 0.25 + 0.12 * math.log2(channels + 1), 0.35 * math.log2(spatial[0] + 1)
        else:
            width, height = 0.25, 0.22 * math.log2(channels + 1)
        shape = "×".join(map(str, layer.output_shape))
        boxes.append(Box(layer_title(layer), shape, layer.parameters, tint, width, height))
    return boxes


def plot_diagram(layers: Sequence[Layer]) -> go.Figure:
    """Boxes from input to output, as tall as their pixels or units, as wide as their channels."""
    kept = [layer for layer in layers if layer.kind not in ("Rescaling", "Flatten")]
    boxes, hidden = diagram_info(kept[:_MOST_BOXES]), len(kept) - _MOST_BOXES
    figure, x = go.Figure(), 0.0
    middles = []
    for box in boxes:
        left, right, half = x, x + box.width, max(box.height, 0.15) / 2
        middles.append((left + right) / 2)
        figure.add_scatter(
            x=[left, right, right, left, left], y=[-half, -half, half, half, -half],
            mode="lines", fill="toself", fillcolor=f"{box.colour}55", hoveron="fills",
            line={"color": box.colour, "width": 1.5}, name="",
            text=f"{box.title}<br>{box.shape}<br>{box.parameters:,} parameters", hoverinfo="text",
        )  # fmt: skip
        figure.add_annotation(
            x=middles[-1], y=half, text=box.shape, showarrow=False, yshift=10, font={"size": 11}
        )
        x = right + 0.45
    lowest = min(-max(box.height, 0.15) / 2 for box in boxes)
    for middle, box in zip(middles, boxes, strict=True):
        figure.add_annotation(
            x=middle, y=lowest, text=box.title.replace(" ", "<br>"), showarrow=False, yshift=-8,
            yanchor="top", font={"size": 11},
        )  # fmt: skip
    if hidden > 0:
        figure.add_annotation(x=x, y=0, text=f"… {hidden} more", showarrow=False, xanchor="left")
    slack = max(0.0, _LEAST_WIDTH - x) / 2  # a short network stands in the middle
    figure.update_xaxes(visible=False, fixedrange=True, range=[-0.3 - slack, x + slack])
    figure.update_yaxes(visible=False, fixedrange=True, range=[lowest - 0.7, -lowest + 0.35])
    figure.update_layout(showlegend=False, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return figure


def _spaced(kind: str) -> str:
    """“GlobalAveragePooling2D” as “Global average pooling 2D”."""
    first, *others = re.findall(r"[0-9]D|[A-Z][a-z]+|[A-Z]+", kind) or [kind]
    return " ".join([first, *(w.lower() if w[1:].islower() else w for w in others)])
