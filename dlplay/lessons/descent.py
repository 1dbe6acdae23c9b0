"""Gradient descent: optimisers side by side on one loss surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from dlplay.figures import MARGIN, PALETTE, axis, colour
from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import GREY, data_address
from dlplay.lessons.optimisers import OPTIMISERS
from dlplay.lessons.surfaces import Surface

LESSON = Lesson(
    name="descent",
    title="Gradient descent",
    icon="downhill_skiing",
    idea="Feel which way is down, take a step, feel again: that is how every network learns.",
    notice="The ravine’s steep walls forbid a large rate, so plain SGD creeps along the floor; "
    "momentum gathers speed there, and Adam scales each direction by itself. Just above the rate "
    "2/λ, where λ is the largest curvature, SGD leaps further out with every step.",
    source="Y. Nesterov (1983); J. Duchi et al. (2011), JMLR 12; D. Kingma, J. Ba (2014), "
    "arXiv:1412.6980; G. Goh (2017), Why Momentum Really Works, distill.pub; article 2.",
    preset="rate-too-high",
    trial="Train with steps a thousand times too long, then shorten them.",
)

Array = NDArray[np.float64]
RATES = tuple(float(f"{m * 10.0**e:g}") for e in range(-5, 2) for m in (1, 1.3, 2, 3, 5, 7))
_FAR = 1e4
_FRAMES = 40
_BANDS = 18


@dataclass(frozen=True, eq=False)
class Walk:
    """One optimiser's way down.

    Args:
        points: ``(steps + 1, d)``, the start first; fewer if it left for infinity.
        losses: at the points.
        diverged: whether it left for infinity.
    """

    name: str
    points: Array
    losses: Array
    diverged: bool


def walk(
    name: str, surface: Surface, start: Sequence[float], rate: float, steps: int, momentum: float
) -> Walk:
    """``steps`` steps of an optimiser from ``start``."""
    optimiser, point = OPTIMISERS[name], np.array(start, float)
    state, points = optimiser.start(point), [point]
    for step in range(1, steps + 1):
        change, state = optimiser.rule(surface.gradient(point), state, step, rate, momentum)
        point = point + change
        if not np.all(np.abs(point) < _FAR):
            break
        points.append(point)
    way = np.array(points)
    return Walk(name, way, surface.value(way), len(points) <= steps)


def telling_rates(surface: Surface) -> dict[str, float]:
    """Rates for plain SGD that are too small, right and too large near a minimum.

    On a quadratic with largest curvature λ a step multiplies the error by ``1 - rate·λ``: it
    shrinks while ``rate < 2/λ``. Goodfellow et al. (2016), Deep Learning, section 4.3.1.
    """
    size = surface.curvature(np.array(surface.minima[0], float))
    return {
        "Too small": max(rate for rate in RATES if rate <= 0.03 / size),
        "Right": max(rate for rate in RATES if rate <= 1.4 / size),
        "Too large": min(rate for rate in RATES if rate >= 2.2 / size),
    }


def formulas(surface: Surface, chosen: Sequence[str]) -> str:
    """The surface and at most three of the chosen rules, in LaTeX, a line each."""
    lines = [surface.formula, *(OPTIMISERS[name].formula for name in chosen[:3])]
    return r"\begin{gathered}" + r"\\".join(lines) + r"\end{gathered}"


def advice(surface: Surface, start: Sequence[float]) -> str:
    """What can be clicked, and the rate below which plain SGD is stable near ``start``."""
    click = "Click the surface to start there. " if surface.y else ""
    curvature = surface.curvature(np.array(start, float))
    if curvature <= 0:
        return f"{click}At the start the surface bends downwards: any rate leads away from here."
    return (
        f"{click}Largest curvature at the start: λ = {curvature:.3g}, so near there plain SGD is "
        f"stable below a rate of 2/λ = {2 / curvature:.2g}."
    )


def plot_walks(surface: Surface, walks: Sequence[Walk], clickable: bool = True) -> go.Figure:
    """The surface with the walks on it, and the loss of every step under it; it can be played."""
    figure = make_subplots(rows=2, cols=1, row_heights=[0.7, 0.3], vertical_spacing=0.1)
    if surface.y is None:
        _draw_curve(figure, surface)
    else:
        _draw_map(figure, surface)
        if clickable:
            _draw_targets(figure, surface)
    for way in walks:
        _draw_walk(figure, surface, way)
    _make_playable(figure, surface, walks)
    figure.update_xaxes(
        **axis("Weight x", range=list(surface.x), fixedrange=True, showgrid=False), row=1, col=1
    )
    y_title = "Loss" if surface.y is None else "Weight y"
    figure.update_yaxes(**axis(y_title, fixedrange=True, showgrid=surface.y is None), row=1, col=1)
    if surface.y is not None:
        figure.update_yaxes(range=list(surface.y), row=1, col=1)
    figure.update_xaxes(**axis("Step", fixedrange=True), row=2, col=1)
    figure.update_yaxes(**axis("Loss", fixedrange=True, nticks=5), row=2, col=1)
    if all(way.losses.min() > 0 for way in walks):
        figure.update_yaxes(type="log", tickformat=".2~g", row=2, col=1)
    figure.update_layout(
        margin={**MARGIN, "t": 36, "b": 8}, dragmode=False, clickmode="event+select",
        legend={"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom"},
    )  # fmt: skip
    return figure


def bands(surface: Surface, columns: int = 480, rows: int = 320) -> NDArray[np.intp]:
    """The window from its top row down, as bands of equal loss, 0 the lowest."""
    x, y = np.linspace(*surface.x, columns), np.linspace(*(surface.y or surface.x), rows)
    loss = surface.value(np.stack(np.meshgrid(x, y[::-1]), axis=-1))
    height = np.log10(loss - loss.min() + 0.02 * np.ptp(loss) ** 0.5)
    edges = np.linspace(height.min(), height.max(), _BANDS + 1)[1:-1]
    band: NDArray[np.intp] = np.searchsorted(edges, height)
    return band


def _draw_map(figure: go.Figure, surface: Surface) -> None:
    """The bands as a picture: an animation would wipe a heatmap while it runs."""
    band = bands(surface)
    accent = np.array([int(PALETTE[0][i : i + 2], 16) for i in (1, 3, 5)], np.uint8)
    alpha = np.linspace(170, 12, _BANDS).astype(np.uint8)[band]
    border = (np.diff(band, axis=0, prepend=band[:1]) != 0) | (
        np.diff(band, axis=1, prepend=band[:, :1]) != 0
    )
    alpha[border] = np.minimum(alpha[border] + 60, 255)
    pixels = np.dstack([np.broadcast_to(accent, (*band.shape, 3)), alpha])
    low, high = surface.y or surface.x
    figure.add_layout_image(
        source=data_address(pixels),
        x=surface.x[0], y=high, sizex=surface.x[1] - surface.x[0], sizey=high - low,
        xref="x", yref="y", sizing="stretch", layer="below",
    )  # fmt: skip
    figure.add_scatter(
        x=[m[0] for m in surface.minima], y=[m[1] for m in surface.minima], mode="markers",
        name="Minimum", marker={"symbol": "star", "size": 12, "color": "#E0A100"},
        hovertemplate="minimum %{x:.3g}, %{y:.3g}<extra></extra>", row=1, col=1,
    )  # fmt: skip


def _draw_curve(figure: go.Figure, surface: Surface) -> None:
    x = np.linspace(*surface.x, 200)
    figure.add_scatter(
        x=x, y=surface.value(x[:, None]), mode="lines", line={"color": GREY, "width": 2},
        name="Loss", showlegend=False, hoverinfo="skip", row=1, col=1,
    )  # fmt: skip


def _draw_targets(figure: go.Figure, surface: Surface) -> None:
    """Invisible points to click on: only points of a scatter report a click."""
    x, y = np.meshgrid(np.linspace(*surface.x, 49), np.linspace(*(surface.y or surface.x), 41))
    unseen = {"marker": {"opacity": 0}}
    figure.add_scatter(
        x=x.ravel(), y=y.ravel(), mode="markers", marker={"size": 14, "opacity": 0},
        selected=unseen, unselected=unseen, showlegend=False, name="start",
        hovertemplate="start at %{x:.2f}, %{y:.2f}<extra></extra>", row=1, col=1,
    )  # fmt: skip


def _tint(way: Walk) -> str:
    return colour(1 + list(OPTIMISERS).index(way.name))


def _draw_walk(figure: go.Figure, surface: Surface, way: Walk) -> None:
    title, tint = OPTIMISERS[way.name].title, _tint(way)
    up = way.losses if surface.y is None else way.points[:, 1]
    figure.add_scatter(
        x=way.points[:, 0], y=up, mode="lines+markers", name=title, legendgroup=title,
        line={"color": tint, "width": 2}, marker={"size": 4}, hoverinfo="skip", row=1, col=1,
    )  # fmt: skip
    figure.add_scatter(
        y=way.losses, mode="lines", name=title, legendgroup=title, showlegend=False,
        line={"color": tint, "width": 2}, hovertemplate="%{y:.3g}", row=2, col=1,
    )  # fmt: skip


def _balls(surface: Surface, walks: Sequence[Walk], step: int) -> list[dict[str, list[float]]]:
    """Where each walk is at ``step``: on the surface, then on its loss curve."""
    balls = []
    for way in walks:
        at = min(step, len(way.points) - 1)
        x, loss = float(way.points[at, 0]), float(way.losses[at])
        up = loss if surface.y is None else float(way.points[at, 1])
        balls += [{"x": [x], "y": [up]}, {"x": [float(at)], "y": [loss]}]
    return balls


def _make_playable(figure: go.Figure, surface: Surface, walks: Sequence[Walk]) -> None:
    """Balls and a Play button in the figure: they roll in the browser, the server rests."""
    first, last = len(figure.data), max((len(way.points) for way in walks), default=1) - 1
    for place, ball in enumerate(_balls(surface, walks, last)):
        tint = _tint(walks[place // 2])
        figure.add_scatter(
            **ball, mode="markers", showlegend=False, hoverinfo="skip", row=1 + place % 2, col=1,
            marker={"size": 13, "color": tint, "line": {"color": "white", "width": 2}},
        )  # fmt: skip
    moments = np.unique(np.linspace(0, last, min(last + 1, _FRAMES)).round().astype(int))
    moved = list(range(first, len(figure.data)))
    figure.frames = [
        {"data": _balls(surface, walks, int(step)), "traces": moved, "name": str(step)}
        for step in moments
    ]
    play = {"frame": {"duration": 60, "redraw": False}, "transition": {"duration": 0}}
    figure.update_layout(
        updatemenus=[
            {
                "type": "buttons", "x": 1, "y": 1.02, "xanchor": "right", "yanchor": "bottom",
                "showactive": False, "pad": {"t": 0, "b": 0}, "bgcolor": "rgba(0,0,0,0)",
                "buttons": [{"label": "▶ Play", "method": "animate", "args": [None, play]}],
            }
        ]
    )  # fmt: skip
