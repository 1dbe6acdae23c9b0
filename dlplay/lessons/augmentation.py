"""Data augmentation: one photo, changed as a network would see it in every epoch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import scipy
from numpy.typing import NDArray

from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import bare, data_address

LESSON = Lesson(
    name="augmentation",
    title="Data augmentation",
    icon="auto_awesome_motion",
    idea="The same photo, a little different each time, is a new sample that costs nothing.",
    notice="A change is allowed as long as the label stays true: a flower upside down is still a "
    "flower, a 6 upside down is a 9. The network never sees the same pixels twice, so it cannot "
    "learn them by heart.",
    source="A. Krizhevsky et al. (2012), NeurIPS 25, section 4.1; C. Shorten, T. Khoshgoftaar "
    "(2019), Journal of Big Data 6(60); article 3.",
    preset="mnist-cnn-small",
    trial="Train a small CNN on digits that are shifted and turned a little.",
    changes={"regularisation.augment": '["shift", "rotate"]'},
)

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Change:
    """What is done to a photo.

    Args:
        turn: degrees, anticlockwise.
        right, down: shift, as a share of width and height.
        zoom: above 1 shows less, larger.
        brightness: added, as a share of the full range.
        contrast: factor around middle grey.
        noise: deviation of what is added to each pixel, as a share of the full range.
        erase: side of a square put out in the middle, as a share of the height.
    """

    flip: bool = False
    upside_down: bool = False
    turn: float = 0.0
    right: float = 0.0
    down: float = 0.0
    zoom: float = 1.0
    brightness: float = 0.0
    contrast: float = 1.0
    noise: float = 0.0
    erase: float = 0.0


def inverse_matrix(change: Change, height: int, width: int) -> tuple[NDArray[np.float64], ...]:
    """Where each pixel of the result comes from: ``source = matrix · place + offset``.

    Flips, turn and zoom keep the middle where it is; the shift comes last.
    """
    angle = np.deg2rad(change.turn)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    flip = np.diag([-1.0 if change.upside_down else 1.0, -1.0 if change.flip else 1.0])
    matrix = flip @ turn / change.zoom
    middle = np.array([height - 1, width - 1]) / 2
    shift = np.array([change.down * height, change.right * width])
    return matrix, middle - matrix @ (middle + shift)


def apply(photo: Pixels, change: Change, seed: int = 0) -> Pixels:
    """The changed photo; what moves in from outside repeats the edge.

    Input shape: ``(height, width, 3)``. Output shape: the same.
    """
    matrix, offset = inverse_matrix(change, *photo.shape[:2])
    image = photo / 255.0
    if not (np.array_equal(matrix, np.eye(2)) and not offset.any()):
        channels = [
            scipy.ndimage.affine_transform(image[..., c], matrix, offset, order=1, mode="nearest")
            for c in range(3)
        ]
        image = np.stack(channels, axis=-1)
    image = (image - 0.5) * change.contrast + 0.5 + change.brightness
    if change.noise:
        image = image + np.random.default_rng(seed).normal(0, change.noise, image.shape)
    if change.erase:
        height, width = photo.shape[:2]
        half = round(change.erase * height / 2)
        image[height // 2 - half : height // 2 + half, width // 2 - half : width // 2 + half] = 0.5
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


def draw(strength: float, rng: np.random.Generator) -> Change:
    """A random change; ``strength`` 1 turns up to 30°, shifts up to a fifth, zooms up to 40 %."""
    low, high = -strength, strength
    return Change(
        flip=bool(rng.random() < 0.5 * min(1.0, 2 * strength)),
        turn=30 * rng.uniform(low, high), right=0.2 * rng.uniform(low, high),
        down=0.2 * rng.uniform(low, high), zoom=1 + 0.4 * rng.uniform(0, high),
        brightness=0.25 * rng.uniform(low, high), contrast=1 + 0.4 * rng.uniform(low, high),
    )  # fmt: skip


def sheet(photo: Pixels, strength: float, seed: int, rows: int = 3, columns: int = 3) -> Pixels:
    """The photo and eight random draws of it, as one picture with gaps one can see through."""
    rng, gap = np.random.default_rng(seed), 6
    height, width = photo.shape[:2]
    page = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, 4), 0, np.uint8)
    for place in range(rows * columns):
        shown = apply(photo, draw(strength, rng), seed) if place else photo
        top, left = (place // columns) * (height + gap), (place % columns) * (width + gap)
        page[top : top + height, left : left + width, :3] = shown
        page[top : top + height, left : left + width, 3] = 255
    return page


def plot_picture(pixels: Pixels, title: str) -> go.Figure:
    """A picture under its title."""
    figure = bare(title)
    height, width = pixels.shape[:2]
    figure.add_layout_image(
        source=data_address(pixels), x=0, y=0, sizex=width, sizey=height, xref="x", yref="y",
        sizing="stretch", layer="above",
    )  # fmt: skip
    figure.update_xaxes(range=[0, width], constrain="domain", scaleanchor="y")
    figure.update_yaxes(range=[height, 0], constrain="domain", constraintoward="top")
    # Without a trace Plotly draws no axes, and without axes no picture.
    figure.add_scatter(x=[0], y=[0], mode="markers", marker={"opacity": 0}, hoverinfo="skip")
    return figure
