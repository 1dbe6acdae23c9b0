"""What the last layer looks like and what its loss is: decided by the task and the chosen loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dlplay.datasets import Facts
from dlplay.datasets.base import Inputs, Targets
from dlplay.errors import UserError

Loss = Literal["auto", "mse", "binary cross-entropy", "categorical cross-entropy", "kl divergence"]


@dataclass(frozen=True)
class Objective:
    """The end of a network.

    Args:
        loss: Keras' name of the loss.
        units: outputs of the last layer.
        activation: of the last layer.
        one_hot: whether targets are rows with a single 1 in place of class numbers.
    """

    loss: str
    units: int
    activation: str
    one_hot: bool = False

    def encode(self, inputs: Inputs, targets: Targets) -> Targets:
        """Targets as the loss wants them: ``(n,)`` class numbers, or ``(n, units)`` float32.

        Args:
            inputs: the samples, for a network that has to give them back.
        """
        if self.one_hot:
            return np.eye(self.units, dtype=np.float32)[targets]
        if self.units == 1:
            return targets.astype(np.float32)[:, np.newaxis]
        return targets

    @property
    def squared_error(self) -> bool:
        """Whether the loss is a mean of squares."""
        return self.loss == "mean_squared_error"

    @property
    def outputs_averaged(self) -> int:
        """Over how many outputs of a sample the loss takes a mean."""
        averaging = self.loss in ("mean_squared_error", "binary_crossentropy")
        return self.units if averaging else 1


def objective_for(loss: Loss, facts: Facts) -> Objective:
    """The end that fits ``facts``; ``auto`` is MSE for numbers and cross-entropy for classes.

    Raises:
        UserError: the loss does not fit the task.
    """
    if facts.task == "regression":
        if loss not in ("auto", "mse"):
            raise UserError(
                "Expected the loss auto or mse, since this dataset asks for a number",
                received=loss,
                fix="Choose one of them",
            )
        return Objective("mean_squared_error", 1, "linear")
    if facts.task == "next character":
        if loss not in ("auto", "categorical cross-entropy"):
            raise UserError(
                "Expected the loss auto or categorical cross-entropy, since the next character is "
                "one of many",
                received=loss,
                fix="Choose one of them",
            )
        return Objective("sparse_categorical_crossentropy", len(facts.vocabulary), "softmax")
    classes = facts.classes
    if loss in ("auto", "binary cross-entropy") and classes == 2:
        return Objective("binary_crossentropy", 1, "sigmoid")
    if loss == "binary cross-entropy":
        return Objective("binary_crossentropy", classes, "sigmoid", one_hot=True)
    if loss == "mse":
        return Objective("mean_squared_error", classes, "softmax", one_hot=True)
    if loss == "kl divergence":
        return Objective("kl_divergence", classes, "softmax", one_hot=True)
    return Objective("sparse_categorical_crossentropy", classes, "softmax")
