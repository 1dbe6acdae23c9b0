"""Pictures of an answer: the photo with what the network looked at, and the guesses as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image

from dlplay.classify.activation_map import heat
from dlplay.classify.framing import Framing
from dlplay.classify.runtime import Guess
from dlplay.figures import PALETTE, axis

_SIDE = 960
_COOL, _HOT = np.array([255, 214, 64], np.float32), np.array([214, 30, 70], np.float32)
_UNSEEN = 0.45


@dataclass(frozen=True)
class Bar:
    """A guess of a chart.

    Args:
        name: of the class.
        probability: 0…1.
        text: the probability as people read it.
    """

    name: str
    probability: float
    text: str


def bars_info(guesses: Sequence[Guess]) -> list[Bar]:
    """The guesses, best first."""
    return [
        Bar(guess.label.name, guess.probability, f"{100 * guess.probability:.1f} %")
        for guess in guesses
    ]


def plot_bars(bars: Sequence[Bar], chosen: int = 0) -> go.Figure:
    """A bar a guess, the best on top, the chosen one in the accent colour."""
    colours = [PALETTE[0] if index == chosen else f"{PALETTE[0]}66" for index in range(len(bars))]
    figure = go.Figure()
    figure.add_bar(
        x=[bar.probability for bar in bars], y=list(range(len(bars))), orientation="h",
        marker_color=colours, marker_cornerradius=4, hoverinfo="skip", width=0.36,
    )  # fmt: skip
    for index, bar in enumerate(bars):
        text = f"<b>{bar.name}</b>" if index == chosen else bar.name
        shared = {"y": index - 0.36, "yref": "y", "showarrow": False, "font": {"size": 15}}
        figure.add_annotation(x=0, xref="paper", xanchor="left", text=text, **shared)
        figure.add_annotation(x=1, xref="paper", xanchor="right", text=bar.text, **shared)
    figure.update_xaxes(**axis(visible=False, range=[0, 1], fixedrange=True))
    figure.update_yaxes(**axis(visible=False, range=[len(bars) - 0.6, -0.7], fixedrange=True))
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0}, dragmode=False,
        modebar={"remove": ["toImage", "zoom", "pan", "zoomIn", "zoomOut", "resetScale"]},
    )  # fmt: skip
    return figure


def overlay_info(
    photo: Image.Image, framing: Framing, values: NDArray[np.float32] | None, strength: float
) -> NDArray[np.uint8]:
    """The photo, ``(height, width, 3)``: what the network did not see pale, the map over the rest.

    Args:
        values: class activation map; None to show the photo without one.
        strength: how opaque the map's strongest place is, 0…1.
    """
    shown = photo.copy()
    shown.thumbnail((_SIDE, _SIDE))
    pixels = np.asarray(shown, np.float32).copy()
    left, top, right, bottom = framing.box(*shown.size)
    seen = pixels[top:bottom, left:right].copy()
    pixels += (255 - pixels) * _UNSEEN
    if values is not None:
        # Before scaling, so that the ringing of the bicubic filter cannot make new places.
        small = Image.fromarray(heat(values))
        large = small.resize((right - left, bottom - top), Image.Resampling.BICUBIC)
        share = np.asarray(large, np.float32).clip(0, 1)[..., np.newaxis]
        seen += (_COOL + (_HOT - _COOL) * share - seen) * share * strength
    pixels[top:bottom, left:right] = seen
    return pixels.round().astype(np.uint8)
