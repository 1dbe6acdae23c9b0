"""Pictures of datasets: a sheet of samples, a scatter, the classes in every part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.datasets.base import Facts, Samples, Split, Targets
from dlplay.figures import MARGIN, PALETTE, axis, colour

_GAP = 2
PARTS = ("train", "validation", "test")


def sheet_info(samples: Samples, rows: int = 4, most_classes: int = 10) -> NDArray[np.uint8]:
    """The first ``rows`` images of each class, a column a class: ``(height, width, 3)``, white
    between."""
    classes = range(min(most_classes, len(samples.class_names)))
    height, width, _ = samples.inputs.shape[1:]
    zoom = max(1, 56 // width)
    cell = np.array([height, width]) * zoom + _GAP
    sheet = np.full((*(cell * (rows, len(classes)) + _GAP), 3), 255, np.uint8)
    for column in classes:
        for row, index in enumerate(np.flatnonzero(samples.targets == column)[:rows]):
            image = samples.inputs[index].astype(np.uint8)
            image = image.repeat(zoom, axis=0).repeat(zoom, axis=1)
            top, left = cell * (row, column) + _GAP
            sheet[top : top + height * zoom, left : left + width * zoom] = image
    return sheet


def plot_sheet(samples: Samples) -> go.Figure:
    """Samples of every class under their names."""
    import plotly.express as px  # takes a while, and the first page may do without

    sheet = sheet_info(samples)
    figure = px.imshow(sheet, binary_string=True)
    count = min(10, len(samples.class_names))
    step = sheet.shape[1] / count
    figure.update_xaxes(
        side="top", showgrid=False, tickvals=[(i + 0.5) * step for i in range(count)],
        ticktext=samples.class_names[:count], tickangle=0, fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(visible=False, fixedrange=True)
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 28, "b": 0})
    return figure


def telling_features(samples: Samples) -> list[int]:
    """Column numbers, the most telling first: by the share of a column's variance that lies
    between the classes (the correlation ratio η²), or by r² for regression."""
    inputs, targets = samples.inputs.astype(np.float64), samples.targets
    centred = inputs - inputs.mean(axis=0)
    total = np.maximum((centred**2).sum(axis=0), 1e-12)
    if samples.class_names:
        counts = np.bincount(targets)
        sums = np.stack([np.bincount(targets, column) for column in centred.T])
        share = (sums**2 / np.maximum(counts, 1)).sum(axis=1) / total
    else:
        height = targets - targets.mean(dtype=np.float64)
        share = (centred.T @ height) ** 2 / total / max(float(height @ height), 1e-12)
    return [int(column) for column in np.argsort(-share, kind="stable")]


def plot_scatter(samples: Samples, x: int, y: int, most: int = 1_000) -> go.Figure:
    """Two columns against each other, coloured by what is to be predicted."""
    figure = go.Figure()
    inputs, targets = samples.inputs[:most], samples.targets[:most]
    if samples.class_names:
        for index, name in enumerate(samples.class_names):
            rows = inputs[targets == index]
            marker = {"color": colour(index), "size": 6, "opacity": 0.8}
            figure.add_scatter(
                x=rows[:, x], y=rows[:, y], mode="markers", name=name, marker=marker
            )
    else:
        marker = {
            "color": targets, "colorscale": "RdBu", "reversescale": True, "size": 6,
            "showscale": True, "colorbar": {"thickness": 8, "title": samples.target_name},
        }  # fmt: skip
        figure.add_scatter(x=inputs[:, x], y=inputs[:, y], mode="markers", marker=marker)
    figure.update_xaxes(**axis(samples.feature_names[x]))
    figure.update_yaxes(**axis(samples.feature_names[y]))
    figure.update_layout(margin=MARGIN, legend={"orientation": "h", "y": 1.12})
    return figure


def balance_info(split: Split, targets: Targets) -> dict[str, NDArray[np.int64]]:
    """How many samples of each class are in each part."""
    classes = split.facts.classes
    return {part: np.bincount(targets[split.rows[part]], minlength=classes) for part in PARTS}


def characters_info(split: Split, targets: Targets, most: int = 40) -> dict[str, dict[str, int]]:
    """How often each of the most frequent characters occurs in each part."""
    names = [readable(character) for character in split.facts.vocabulary[1 : most + 1]]
    found: dict[str, dict[str, int]] = {}
    for part in PARTS:
        counts = np.bincount(targets[split.rows[part]].ravel(), minlength=len(names) + 1)
        found[part] = dict(zip(names, counts[1:].tolist(), strict=False))
    return found


def readable(character: str) -> str:
    """A character as one can see it."""
    return {" ": "␣", "\n": "⏎", "\t": "⇥"}.get(character, character)


def plot_balance(split: Split, targets: Targets) -> go.Figure:
    """Samples of each class in training, validation and test; a histogram for regression."""
    facts, figure = split.facts, go.Figure()
    shades = dict(zip(PARTS, (PALETTE[0], f"{PALETTE[0]}99", f"{PALETTE[0]}44"), strict=True))
    if facts.kind == "characters":
        for part, occurrences in characters_info(split, targets).items():
            figure.add_bar(
                x=list(occurrences), y=list(occurrences.values()), name=part.capitalize(),
                marker_color=shades[part],
            )  # fmt: skip
    elif facts.task == "classification":
        names = list(facts.class_names)
        for part, counts in balance_info(split, targets).items():
            figure.add_bar(x=names, y=counts, name=part.capitalize(), marker_color=shades[part])
    else:
        edges = np.histogram_bin_edges(targets, 24)
        for part in PARTS:
            counts, _ = np.histogram(targets[split.rows[part]], edges)
            middles = (edges[1:] + edges[:-1]) / 2
            figure.add_bar(x=middles, y=counts, name=part.capitalize(), marker_color=shades[part])
    figure.update_xaxes(**axis(_axis_title(facts), showgrid=False))
    if facts.class_names:
        figure.update_xaxes(tickvals=facts.class_names, ticktext=_short(facts.class_names))
    figure.update_yaxes(**axis("Characters" if facts.kind == "characters" else "Samples"))
    figure.update_layout(
        barmode="stack", margin=MARGIN, legend={"orientation": "h", "y": 1.15}, bargap=0.25
    )
    return figure


def _axis_title(facts: Facts) -> str:
    return facts.target_name.capitalize() if facts.task == "regression" else ""


def _short(names: Sequence[str], limit: int = 14) -> list[str]:
    """Names short enough for an axis."""
    return [name if len(name) <= limit else f"{name[: limit - 1]}…" for name in names]
