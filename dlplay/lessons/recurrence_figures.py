"""States, gates and gradients along a text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from dlplay.figures import colour
from dlplay.lessons.drawing import DIVERGING, frame
from dlplay.lessons.recurrence import CELLS, GATES, UNITS, Reach, Unrolled


def plot_states(way: Unrolled, text: str) -> go.Figure:
    """The state after each letter: a row a unit, blue below zero and red above."""
    figure = frame("State after each letter", y="Unit", legend=False)
    figure.add_heatmap(
        z=way.states[1:].T.astype(np.float32), colorscale=DIVERGING, zmin=-1, zmax=1,
        colorbar={"thickness": 8}, ygap=1, xgap=1,
        hovertemplate="letter %{x}, unit %{y}: %{z:.3f}<extra></extra>",
    )  # fmt: skip
    _letters(figure, text)
    figure.update_yaxes(tickvals=list(range(UNITS)), showgrid=False)
    return figure


def plot_gates(way: Unrolled, text: str) -> go.Figure:
    """How far each gate is open, averaged over units; for a cell without gates, its candidate."""
    names = GATES[way.cell.kind]
    figure = frame("How far the gates are open" if names else "Size of the state")
    if not names:
        sizes = np.linalg.norm(way.states[1:], axis=1)
        figure.add_scatter(y=sizes, mode="lines+markers", name="‖h‖", line={"color": colour(0)})
    for index, name in enumerate(names):
        figure.add_scatter(
            y=way.gates[index].mean(axis=1), mode="lines+markers", name=name,
            line={"color": colour(index), "width": 2}, hovertemplate="%{y:.2f}",
        )  # fmt: skip
    _letters(figure, text)
    if names:
        figure.update_yaxes(range=[0, 1.02])
    return figure


def plot_reach(reaches: Mapping[str, Reach], chosen: str, text: str) -> go.Figure:
    """How much gradient reaches back to each letter, for all cells; the chosen one is wide."""
    figure = frame("Gradient of the last state that reaches back")
    for index, (kind, reach) in enumerate(reaches.items()):
        figure.add_scatter(
            y=np.maximum(reach.norms[1:], 1e-30), mode="lines", name=CELLS[kind],
            line={"color": colour(index), "width": 4 if kind == chosen else 1.5},
            hovertemplate="%{y:.3g}",
        )  # fmt: skip
    figure.update_yaxes(type="log", tickformat=".2~g", nticks=7)
    _letters(figure, text)
    return figure


def _letters(figure: go.Figure, text: str) -> None:
    letters = ["␣" if letter == " " else letter for letter in text]
    figure.update_xaxes(
        tickvals=list(range(len(text))), ticktext=letters, tickangle=0, showgrid=False
    )
