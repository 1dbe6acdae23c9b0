"""Metrics that Keras does not have in the form learners meet them."""

from __future__ import annotations

import keras
from keras import ops


class MacroScores(keras.metrics.Metric):  # type: ignore[misc]
    """Precision, recall and F1, each the plain mean over the classes.

    One confusion matrix serves all three. Targets are class numbers or one-hot rows; predictions
    are ``(batch, 1)`` for two classes or ``(batch, classes)``. A class that is never predicted has
    precision 0, as in scikit-learn with ``zero_division=0``.
    """

    def __init__(self, classes: int, name: str = "macro") -> None:
        super().__init__(name=name)
        self.classes = classes
        self.confusion = self.add_variable((classes, classes), "zeros", name="confusion")

    def update_state(
        self,
        y_true: keras.KerasTensor,
        y_pred: keras.KerasTensor,
        sample_weight: keras.KerasTensor | None = None,
    ) -> None:
        """Count a batch."""
        if y_pred.shape[-1] == 1:
            predicted = ops.cast(y_pred[:, 0] > 0.5, "int32")
        else:
            predicted = ops.argmax(y_pred, axis=-1)
        if len(y_true.shape) == 2 and y_true.shape[-1] == self.classes:
            truth = ops.cast(y_true, "float32")
        else:
            numbers = ops.cast(ops.reshape(y_true, (-1,)), "int32")
            truth = ops.one_hot(numbers, self.classes, dtype="float32")
        guesses = ops.one_hot(predicted, self.classes, dtype="float32")
        self.confusion.assign_add(ops.matmul(ops.transpose(truth), guesses))

    def result(self) -> dict[str, keras.KerasTensor]:
        """``{"precision", "recall", "f1"}`` of what was counted so far."""
        hits = ops.diagonal(self.confusion)
        precision = _share(hits, ops.sum(self.confusion, axis=0))
        recall = _share(hits, ops.sum(self.confusion, axis=1))
        f1 = _share(2 * precision * recall, precision + recall)
        return {
            "precision": ops.mean(precision), "recall": ops.mean(recall), "f1": ops.mean(f1),
        }  # fmt: skip


class Perplexity(keras.metrics.SparseCategoricalCrossentropy):  # type: ignore[misc]
    """exp of the mean cross-entropy: among how many equally likely answers one would choose."""

    def __init__(self, name: str = "perplexity") -> None:
        super().__init__(name=name)

    def result(self) -> keras.KerasTensor:
        """The perplexity of what was seen so far."""
        return ops.exp(super().result())


def _share(part: keras.KerasTensor, whole: keras.KerasTensor) -> keras.KerasTensor:
    """``part / whole``, 0 where the whole is 0."""
    return ops.where(whole > 0, part / ops.maximum(whole, 1e-12), 0.0)
