"""Batch normalisation, forward and back, and the averages kept for later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.figures import colour
from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import GREY, frame

LESSON = Lesson(
    name="batch-norm",
    title="Batch normalisation",
    icon="align_vertical_center",
    idea="Whatever comes in, each unit’s values leave with the mean β and the deviation γ.",
    notice="Shift or stretch what comes in: what goes out stays put, so the next layer need not "
    "chase a moving target. With few samples a batch the statistics jump about, which is why "
    "running averages are kept for prediction.",
    source="S. Ioffe, C. Szegedy (2015), arXiv:1502.03167; article 3.",
    preset="sigmoid-too-deep",
    trial="Train eight sigmoid layers, this time with batch normalisation.",
    changes={"regularisation.batch_norm": "true"},
)

Array = NDArray[np.float64]
EPSILON = 1e-3
"""Keras' own; keeps a constant unit from dividing by zero."""
FORMULA = r"""\begin{gathered}\hat z=\frac{z-\mu}{\sqrt{\sigma^2+\varepsilon}},\quad
y=\gamma\,\hat z+\beta\\[4pt] \bar\mu\leftarrow m\,\bar\mu+(1-m)\,\mu\end{gathered}"""


def normalise(z: Array, gamma: float = 1.0, beta: float = 0.0) -> Array:
    """Each column to mean ``beta`` and deviation ``gamma``, by the batch's own statistics."""
    centred = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + EPSILON)
    out: Array = gamma * centred + beta
    return out


def normalise_back(z: Array, gradient: Array) -> Array:
    """The gradient by ``z`` from that by its normalised values (γ = 1).

    Mean and deviation depend on every sample, so each sample's gradient depends on all. Ioffe,
    Szegedy (2015), section 3.
    """
    deviation = np.sqrt(z.var(axis=0) + EPSILON)
    unit = (z - z.mean(axis=0)) / deviation
    back: Array = (
        gradient - gradient.mean(axis=0) - unit * (gradient * unit).mean(axis=0)
    ) / deviation
    return back


@dataclass(frozen=True, eq=False)
class BatchInfo:
    """One unit over many batches.

    Args:
        before, after: of the last batch.
        running: what inference makes of that batch, with the running averages.
        means: of every batch; ``averages`` the running mean after each.
        true_mean: of the data.
    """

    before: Array
    after: Array
    running: Array
    means: Array
    averages: Array
    true_mean: float


def batch_info(
    size: int, shift: float, stretch: float, *, gamma: float, beta: float, momentum: float,
    batches: int = 60, seed: int = 0,
) -> BatchInfo:  # fmt: skip
    """Batches of normal values with mean ``shift`` and deviation ``stretch``."""
    rng = np.random.default_rng(seed)
    values = shift + stretch * rng.standard_normal((batches, size))
    mean, variance, averages = 0.0, 1.0, []
    for batch in values:
        mean = momentum * mean + (1 - momentum) * float(batch.mean())
        variance = momentum * variance + (1 - momentum) * float(batch.var())
        averages.append(mean)
    last = values[-1]
    after = normalise(last[:, None], gamma, beta)[:, 0]
    running = gamma * (last - mean) / np.sqrt(variance + EPSILON) + beta
    return BatchInfo(last, after, running, values.mean(axis=1), np.array(averages), shift)


def plot_spread(info: BatchInfo, use_running: bool) -> go.Figure:
    """One batch before and after."""
    figure = frame("One batch, one unit", "Value", "Samples", barmode="overlay", bargap=0.02)
    after = info.running if use_running else info.after
    low, high = min(-8.0, info.before.min()), max(8.0, info.before.max())
    for values, name, tint in (
        (info.before, "Comes in", GREY), (after, "Goes out", colour(0)),
    ):  # fmt: skip
        counts, edges = np.histogram(values, 60, (low, high))
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2, y=counts, name=name, opacity=0.7, marker_color=tint
        )
        figure.add_vline(x=float(values.mean()), line={"color": tint, "width": 2, "dash": "dot"})
    figure.update_xaxes(range=[low, high])
    return figure


def plot_averages(info: BatchInfo) -> go.Figure:
    """The mean of every batch and the running average kept for prediction."""
    figure = frame("Mean of each batch, and the running average", "Batch")
    line = {"color": GREY, "width": 1}
    figure.add_scatter(y=info.means, mode="lines+markers", name="Batch", line=line)
    line = {"color": colour(0), "width": 3}
    figure.add_scatter(y=info.averages, mode="lines", name="Running average", line=line)
    line = {"color": colour(1), "width": 2, "dash": "dot"}
    truth = np.full(len(info.means), info.true_mean)
    figure.add_scatter(y=truth, mode="lines", name="True mean", line=line)
    return figure
