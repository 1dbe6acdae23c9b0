"""What the coach reads of a run, and what it says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.files import Arrays
from dlplay.runs import Point


@dataclass(frozen=True)
class Advice:
    """A finding with its evidence, and the change it suggests.

    Args:
        finding: what is the matter, a sentence.
        evidence: the numbers it rests on, a sentence.
        proposal: what to do, as the words of a button.
        changes: the same as overrides of the experiment; empty if the form has no field for it.
    """

    finding: str
    evidence: str
    proposal: str
    changes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class Record:
    """An ended run as it was recorded.

    Args:
        points: of complete epochs.
        message: why it failed; empty if it did not.
        layers: what the view of the layers saw last; None if it never looked.
        doubles: test samples that also stand in the training part.
        tested: samples of the test part.
    """

    experiment: Experiment
    facts: Facts
    points: Sequence[Point]
    message: str = ""
    layers: Arrays | None = None
    doubles: int = 0
    tested: int = 0

    @cached_property
    def loss(self) -> NDArray[np.float64]:
        """Training loss of every epoch."""
        return self._series("loss")

    @cached_property
    def val_loss(self) -> NDArray[np.float64]:
        """Validation loss of every epoch."""
        return self._series("val_loss")

    @cached_property
    def spread(self) -> NDArray[np.float64]:
        """How far generated samples lie apart, as a share of what real ones do, every epoch."""
        return self._series("val_spread")

    @property
    def count(self) -> int:
        """Epochs that are on record; of a long run not every one is."""
        return min(len(self.loss), len(self.val_loss))

    @property
    def epochs(self) -> int:
        """Complete epochs."""
        return int(self.points[-1].epoch) if self.points else 0

    @property
    def blind_loss(self) -> float | None:
        """The loss of who knows the classes or the mean, but not the sample; None where nobody has
        worked it out."""
        loss, classes = self.experiment.objective(self.facts).loss, self.facts.classes
        if self.experiment.architecture.task(self.facts) == "regression":
            return 1.0  # targets are standardised: the variance
        if loss in ("sparse_categorical_crossentropy", "kl_divergence"):
            return math.log(classes)
        if loss == "binary_crossentropy" and classes == 2:
            return math.log(2)
        return None

    @property
    def rate(self) -> float:
        """The learning rate it began with."""
        return float(self.experiment.training.optimizer.learning_rate)

    def _series(self, name: str) -> NDArray[np.float64]:
        values = [point.metrics[name] for point in self.points if name in point.metrics]
        return np.array(values, np.float64)
