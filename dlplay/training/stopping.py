"""Early stopping: how long to wait for a better validation loss, and which weights to keep.

L. Prechelt (1998), Early Stopping – but when?
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from dlplay.optimisation import EarlyStopping


class Patience:
    """Watches the validation loss; without a setting it never runs out."""

    def __init__(self, setting: EarlyStopping | None, model: keras.Model) -> None:
        self._setting, self._model = setting, model
        self._best, self._best_epoch = math.inf, -1
        self._weights: list[np.ndarray] = []
        self.note = ""

    def is_over(self, epoch: int, val_loss: float) -> bool:
        """Take the validation loss of an epoch (from 0); True when it is time to stop."""
        if self._setting is None:
            return False
        if val_loss < self._best - self._setting.min_delta:
            self._best, self._best_epoch = val_loss, epoch
            if self._setting.restore_best:
                self._weights = self._model.get_weights()
        if epoch - self._best_epoch < self._setting.patience:
            return False
        self.note = f"Stopped early: validation loss was best after epoch {self._best_epoch + 1}."
        return True

    def capture(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """What it remembers: weights by name, and plain values."""
        weights = {f"best:{place}": values for place, values in enumerate(self._weights)}
        return weights, {"best": self._best, "best_epoch": self._best_epoch}

    def put_back(self, arrays: Mapping[str, np.ndarray], notes: Mapping[str, Any]) -> None:
        """Remember what `capture` gave; a setting that is off, or another network, needs none."""
        self._best, self._best_epoch = notes["best"], notes["best_epoch"]
        weights = [values for name, values in arrays.items() if name.startswith("best:")]
        shapes = [tuple(variable.shape) for variable in self._model.weights]
        self._weights = weights if [values.shape for values in weights] == shapes else []

    def restore(self) -> None:
        """Put the weights of the best epoch back, if that was asked for."""
        if self._weights:
            self._model.set_weights(self._weights)
