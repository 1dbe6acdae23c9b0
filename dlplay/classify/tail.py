"""The layers behind a network's last feature map, run forward and backward with NumPy.

They are few and small, so the server can say how a score changes with the feature map at once,
without a framework: that is all Grad-CAM needs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlplay.lessons.functions import ACTIVATIONS

Array = NDArray[np.float64]
_LEAKY = "leaky-relu"
ACTIVATION_NAMES = frozenset(ACTIVATIONS) - {"softmax", _LEAKY}
"""Those that `Step` knows by the names Keras has for them."""


@dataclass(frozen=True, eq=False)
class Step:
    """A layer.

    Args:
        kind: ``max pool``, ``average pool``, ``global pool``, ``flatten``, ``affine`` (every
            channel shifted and scaled), ``dense``, ``leaky`` or the name of an activation.
        window: height and width of what is pooled.
        slope: of a leaky ReLU.
        kernel: weights ``(inputs, outputs)``, or the factor of every channel.
        bias: what is added to each output.
    """

    kind: str
    window: tuple[int, int] = (1, 1)
    slope: float = 0.0
    kernel: Array = field(default_factory=lambda: np.empty(0))
    bias: Array = field(default_factory=lambda: np.empty(0))

    def forward(self, x: Array) -> Array:
        """The output for one sample."""
        if self.kind in ("max pool", "average pool"):
            windows = self._windows(x)
            return np.asarray(
                windows.max((1, 3)) if self.kind == "max pool" else windows.mean((1, 3))
            )
        if self.kind == "global pool":
            return np.asarray(x.mean((0, 1)))
        if self.kind == "flatten":
            return x.reshape(-1)
        if self.kind == "affine":
            return x * self.kernel + self.bias
        if self.kind == "dense":
            return x @ self.kernel + self.bias
        value: Array = ACTIVATIONS[self._name].value(x, self._parameter)
        return value

    def backward(self, x: Array, gradient: Array) -> Array:
        """The gradient with respect to the input ``x``, given that with respect to the output."""
        if self.kind == "max pool":
            windows = self._windows(x)
            is_top = windows == windows.max((1, 3), keepdims=True)
            # Of equal places Keras' gradient takes the first, row by row.
            order = is_top.transpose(0, 2, 4, 1, 3).reshape(*gradient.shape, -1)
            first = order & (order.cumsum(-1) == 1)
            shaped = first.reshape(*gradient.shape, *self.window).transpose(0, 3, 1, 4, 2)
            return self._spread(shaped * gradient[:, None, :, None, :], x)
        if self.kind == "average pool":
            share = gradient[:, None, :, None, :] / np.prod(self.window)
            return self._spread(np.broadcast_to(share, self._windows(x).shape), x)
        if self.kind == "global pool":
            return np.broadcast_to(gradient / (x.shape[0] * x.shape[1]), x.shape)
        if self.kind == "flatten":
            return gradient.reshape(x.shape)
        if self.kind == "affine":
            return gradient * self.kernel
        if self.kind == "dense":
            return self.kernel @ gradient
        return gradient * ACTIVATIONS[self._name].slope(x, self._parameter)

    @property
    def _name(self) -> str:
        return _LEAKY if self.kind == "leaky" else self.kind

    @property
    def _parameter(self) -> float:
        return self.slope if self.kind == "leaky" else ACTIVATIONS[self._name].usual

    def _windows(self, x: Array) -> Array:
        """Parted for pooling: ``(rows, window, columns, window, channels)``; what is left over at
        the edges is left out."""
        (height, width), (rows, columns) = self.window, x.shape[:2]
        rows, columns = rows // height, columns // width
        kept = x[: rows * height, : columns * width]
        return kept.reshape(rows, height, columns, width, -1)

    def _spread(self, windows: Array, x: Array) -> Array:
        """`_windows` undone, zero where something was left out."""
        rows, height, columns, width, _ = windows.shape
        whole = np.zeros(x.shape)
        whole[: rows * height, : columns * width] = windows.reshape(
            rows * height, columns * width, -1
        )
        return whole


@dataclass(frozen=True, eq=False)
class Tail:
    """All layers behind the last feature map, up to the scores before softmax or sigmoid."""

    steps: tuple[Step, ...]

    def gradient(self, features: NDArray[np.float32], index: int) -> Array:
        """How the score of class ``index`` changes with the feature map, in its shape.

        Args:
            features: ``(height, width, channels)``.
        """
        x, inputs = features.astype(np.float64), []
        for step in self.steps:
            inputs.append(x)
            x = step.forward(x)
        gradient = np.zeros(x.shape)
        gradient[index] = 1.0
        for step, before in zip(reversed(self.steps), reversed(inputs), strict=True):
            gradient = step.backward(before, gradient)
        return gradient

    def save(self, path: Path) -> None:
        """Write it to an ``.npz`` file."""
        kinds = [(step.kind, step.window, step.slope) for step in self.steps]
        arrays = {
            f"{number}.{name}": getattr(step, name)
            for number, step in enumerate(self.steps)
            for name in ("kernel", "bias")
        }
        with path.open("wb") as file:
            np.savez(file, kinds=np.array(json.dumps(kinds)), **arrays)

    @classmethod
    def load(cls, path: Path) -> Tail | None:
        """What `save` wrote; None if there is no such file."""
        if not path.is_file():
            return None
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            kinds: Sequence[tuple[str, list[int], float]] = json.loads(str(archive["kinds"]))
            return cls(
                tuple(
                    Step(
                        kind, (window[0], window[1]), slope,
                        archive[f"{number}.kernel"], archive[f"{number}.bias"],
                    )
                    for number, (kind, window, slope) in enumerate(kinds)
                )
            )  # fmt: skip
