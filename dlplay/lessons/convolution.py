"""Convolution and pooling, with the arithmetic of one window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from dlplay.figures import PALETTE
from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import bare

LESSON = Lesson(
    name="convolution",
    title="Convolution and pooling",
    icon="grid_on",
    idea="One small table of weights slides over the picture and looks for the same thing "
    "everywhere.",
    notice="The kernel answers strongly where the picture looks like it, wherever that is: nine "
    "weights do what a dense layer would need thousands for. Stride and pooling keep the answer "
    "and throw away its exact place.",
    source="Y. LeCun et al. (1998), Proc. IEEE 86(11), 2278–2324; V. Dumoulin, F. Visin (2016), "
    "arXiv:1603.07285; articles 1 and 5.",
    preset="mnist-lenet-5",
    trial="Train LeNet-5 on handwritten digits.",
)

Array = NDArray[np.float64]
KERNELS: dict[str, tuple[str, tuple[float, ...]]] = {
    "vertical": ("Vertical edges", (-1, 0, 1, -2, 0, 2, -1, 0, 1)),
    "horizontal": ("Horizontal edges", (-1, -2, -1, 0, 0, 0, 1, 2, 1)),
    "outline": ("Outline", (-1, -1, -1, -1, 8, -1, -1, -1, -1)),
    "blur": ("Blur", (1, 1, 1, 1, 1, 1, 1, 1, 1)),
    "sharpen": ("Sharpen", (0, -1, 0, -1, 5, -1, 0, -1, 0)),
    "identity": ("Nothing", (0, 0, 0, 0, 1, 0, 0, 0, 0)),
}
"""Kernels by name: title, and their nine weights row by row."""
POOLS = {"none": "None", "max": "Maximum", "average": "Average"}


def padding_of(size: int, kernel: int, stride: int, same: bool) -> tuple[int, int]:
    """Zeros before and after, so that “same” gives ``ceil(size / stride)`` outputs.

    As TensorFlow and Keras do it: what cannot be split evenly goes to the end.
    """
    if not same:
        return 0, 0
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def padded(image: Array, kernel: int, stride: int, same: bool) -> Array:
    """The picture with the zeros around it."""
    return np.pad(image, [padding_of(size, kernel, stride, same) for size in image.shape])


def convolve(image: Array, kernel: Array, stride: int = 1, same: bool = False) -> Array:
    """Slide the kernel over the picture: at each place the sum of products.

    Input shape: ``(height, width)``. Output shape: ``(rows, columns)``.
    """
    around = padded(image, len(kernel), stride, same)
    windows = sliding_window_view(around, kernel.shape)[::stride, ::stride]
    answer: Array = np.einsum("ijkl,kl->ij", windows, kernel)
    return answer


def pool(image: Array, kind: str, size: int = 2) -> Array:
    """The largest or the mean value of every ``size``×``size`` block; a rest is left out."""
    if kind == "none":
        return image
    rows, columns = image.shape[0] // size, image.shape[1] // size
    blocks = image[: rows * size, : columns * size].reshape(rows, size, columns, size)
    answer: Array = blocks.max(axis=(1, 3)) if kind == "max" else blocks.mean(axis=(1, 3))
    return answer


@dataclass(frozen=True, eq=False)
class Window:
    """What the kernel sees at one place.

    Args:
        top, left: its first row and column in the padded picture.
        pixels: under the kernel.
        value: sum of the products.
    """

    top: int
    left: int
    pixels: Array
    value: float


def window_at(around: Array, kernel: Array, stride: int, row: int, column: int) -> Window:
    """The window behind one pixel of the output."""
    top, left, size = row * stride, column * stride, len(kernel)
    pixels = around[top : top + size, left : left + size]
    return Window(top, left, pixels, float((pixels * kernel).sum()))


@dataclass(frozen=True, eq=False)
class Terms:
    """The products that every pixel of an answer is the sum of."""

    around: Array
    kernel: Array
    stride: int

    def on_hover(self, output: Array) -> dict[str, Any]:
        """Options of a trace over the pixels of ``output``: under the pointer, its arithmetic."""
        windows = sliding_window_view(self.around, self.kernel.shape)
        pixels = windows[:: self.stride, :: self.stride].reshape(output.size, -1)
        size = len(self.kernel)
        products = [f"%{{customdata[{i}]:.2f}}×{w:g}" for i, w in enumerate(self.kernel.flat)]
        lines = [" + ".join(products[i : i + size]) for i in range(0, len(products), size)]
        sums = "<br>+ ".join(lines)
        return {
            "customdata": np.column_stack([pixels, output.ravel()]).astype(np.float32),
            "hovertemplate": f"{sums}<br>= %{{customdata[{len(products)}]:.3f}}<extra></extra>",
        }


def parameter_counts(inputs: int, outputs: int, kernel: int) -> tuple[int, int]:
    """Weights and biases of one filter, and of a dense layer between the same pixels."""
    return kernel + 1, inputs * outputs + outputs


def arithmetic(window: Window, kernel: Array) -> str:
    """Window times kernel, and their sum, in LaTeX."""

    def matrix(values: Array) -> str:
        rows = (" & ".join(f"{value:.4g}" for value in row) for row in values.round(2))
        return r"\begin{bmatrix}" + r"\\".join(rows) + r"\end{bmatrix}"

    return (
        rf"\begin{{gathered}}{matrix(window.pixels)}\odot{matrix(kernel)}\\[4pt]"
        rf"\text{{sum of products}}={window.value:.3f}\end{{gathered}}"
    )


def plot_input(around: Array, window: Window, size: int) -> go.Figure:
    """The padded picture and the window on it."""
    figure = _picture(around, "Input, with its padding", "Greys_r", 0.0, 1.0)
    _box(figure, window.left, window.top, size)
    return figure


def plot_output(
    output: Array, title: str, row: int, column: int, *, block: int = 1, terms: Terms | None = None
) -> go.Figure:
    """An answer, blue below zero and red above, and where the window or block stands.

    Args:
        terms: what each pixel is the sum of, told under the pointer.
    """
    reach = float(np.abs(output).max()) or 1.0
    figure = _picture(output, title, "RdBu_r", -reach, reach)
    _box(figure, column // block, row // block, 1)
    # A heatmap reports no clicks: invisible points on its pixels do.
    rows, columns = np.indices(output.shape).reshape(2, -1)
    unseen = {"marker": {"opacity": 0}}
    figure.add_scatter(
        x=columns, y=rows, mode="markers", marker={"size": 12, "opacity": 0}, selected=unseen,
        unselected=unseen, **(terms.on_hover(output) if terms else {"hoverinfo": "skip"}),
    )  # fmt: skip
    return figure


def _picture(image: Array, title: str, colours: str, low: float, high: float) -> go.Figure:
    rows, columns = image.shape
    figure = bare(f"{title}: {rows}×{columns}")
    small = max(rows, columns) <= 12
    figure.add_heatmap(
        z=image.astype(np.float32), colorscale=colours, zmin=low, zmax=high, showscale=False,
        texttemplate="%{z:.1f}" if small else None, textfont={"size": 10}, xgap=small, ygap=small,
        hovertemplate="row %{y}, column %{x}: %{z:.3f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(range=[-0.5, columns - 0.5], constrain="domain", scaleanchor="y")
    figure.update_yaxes(range=[rows - 0.5, -0.5], constrain="domain", constraintoward="top")
    return figure


def _box(figure: go.Figure, left: int, top: int, size: int) -> None:
    figure.add_shape(
        type="rect", x0=left - 0.5, x1=left + size - 0.5, y0=top - 0.5, y1=top + size - 0.5,
        line={"color": PALETTE[1], "width": 3},
    )  # fmt: skip
