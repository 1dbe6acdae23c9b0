"""Trees drawn: the root on top, children below in their order."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.datasets.trees import Tree
from dlplay.figures import PALETTE

RIGHT, WRONG = PALETTE[2], PALETTE[1]
_QUIET = "#9AA3B2"
_ROW = 62


def tree_info(tree: Tree) -> dict[str, NDArray[Any]]:
    """Where each node stands, children before their parents: ``x`` (leaves one apart), ``depth``
    below the root, the number of its ``parent`` (−1 for the root), ``token``, ``value`` and
    ``height``."""
    found: dict[str, list[Any]] = {
        name: [] for name in ("x", "depth", "parent", "token", "value", "height")
    }
    leaves = 0

    def place(node: Tree, depth: int) -> int:
        nonlocal leaves
        below = [place(child, depth + 1) for child in node.children]
        if below:
            x = sum(found["x"][child] for child in below) / len(below)
        else:
            x, leaves = float(leaves), leaves + 1
        number = len(found["x"])
        for child in below:
            found["parent"][child] = number
        height = 1 + max((found["height"][child] for child in below), default=-1)
        values = (x, depth, -1, node.token, node.value, height)
        for name, value in zip(found, values, strict=True):
            found[name].append(value)
        return number

    place(tree, 0)
    return {name: np.array(values) for name, values in found.items()}


def plot_tree(
    info: dict[str, NDArray[Any]],
    inside: NDArray[Any] | None = None,
    colours: list[str] | None = None,
    hover: list[str] | None = None,
) -> go.Figure:
    """A tree: beside each node what is written there, ``inside`` it its value or what is given."""
    shown = info["value"] if inside is None else inside
    figure = go.Figure()
    x, y, parents = info["x"], -info["depth"], info["parent"]
    children = np.flatnonzero(parents >= 0)
    gap = np.full(len(children), np.nan)
    figure.add_scatter(
        x=np.stack([x[children], x[parents[children]], gap], axis=1).ravel(),
        y=np.stack([y[children], y[parents[children]], gap], axis=1).ravel(),
        mode="lines", line={"color": _QUIET, "width": 1}, hoverinfo="skip",
    )  # fmt: skip
    leaf = info["height"] == 0
    tints = colours or [f"{_QUIET}55" if is_leaf else f"{PALETTE[0]}55" for is_leaf in leaf]
    size = float(np.clip(560 / max(leaf.sum(), 1), 11, 26))
    figure.add_scatter(
        x=x, y=y, mode="markers+text", text=[str(value) for value in shown],
        texttemplate="%{text}",
        textfont={"size": max(9.0, size / 2)}, hovertext=hover,
        hoverinfo="text" if hover else "skip",
        marker={"color": tints, "size": size, "line": {"width": 0}},
    )  # fmt: skip
    words = [token.strip("[] ") for token in info["token"].tolist()]
    above = ~leaf if inside is None else np.ones(len(leaf), bool)
    for number in np.flatnonzero(above):
        figure.add_annotation(
            x=x[number], y=y[number], text=words[number], showarrow=False, font={"size": 11},
            yshift=-size / 2 - 9 if leaf[number] else size / 2 + 8,
        )  # fmt: skip
    figure.update_xaxes(visible=False, fixedrange=True, range=[-0.7, leaf.sum() - 0.3])
    figure.update_yaxes(visible=False, fixedrange=True, range=[y.min() - 0.6, 0.6])
    return figure.update_layout(showlegend=False, margin={"l": 0, "r": 0, "t": 8, "b": 0})


def figure_height(info: dict[str, NDArray[Any]]) -> int:
    """Pixels a drawn tree needs."""
    return 60 + _ROW * (int(info["depth"].max()) + 1)
