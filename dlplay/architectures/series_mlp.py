"""A multilayer perceptron over a window of the past."""

from __future__ import annotations

from typing import ClassVar, Literal

from dlplay.architectures.mlp import Mlp
from dlplay.catalogue import Card, Task
from dlplay.datasets.base import Kind


class SeriesMlp(Mlp):
    """Dense layers on all values of the window at once."""

    card: ClassVar[Card] = Card(
        "Forecasting perceptron",
        "Dense layers that see the whole window at once, each past value with weights of its own.",
        "A. Lapedes, R. Farber (1987), Nonlinear Signal Processing Using Neural Networks",
    )
    kinds: ClassVar[tuple[Kind, ...]] = ("series",)
    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    name: Literal["series-mlp"] = "series-mlp"  # type: ignore[assignment]
