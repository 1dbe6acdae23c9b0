"""The layers networks share, each with the regularisation a user asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlplay.architectures.objective import Objective
from dlplay.architectures.regularisation import Regularisation
from dlplay.datasets import Facts

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Blocks:
    """Layers with one activation, one initialiser and one regularisation.

    Args:
        regularisation: its ``l2`` already holds what a Gaussian prior adds.
    """

    regularisation: Regularisation
    activation: str = "relu"
    initialiser: str = "glorot_uniform"

    def prepare(self, inputs: keras.KerasTensor, facts: Facts) -> keras.KerasTensor:
        """Images: pixels 0…255 to 0…1, then augmentation. Tables: as they are."""
        from keras import layers

        if facts.kind != "image":
            return inputs
        x = layers.Rescaling(1 / 255, name="rescale")(inputs)
        augmentations: dict[str, Any] = {
            "flip": lambda: layers.RandomFlip("horizontal"),
            "shift": lambda: layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
            "rotate": lambda: layers.RandomRotation(0.05, fill_mode="constant"),
            "zoom": lambda: layers.RandomZoom(0.15, fill_mode="constant"),
        }
        for name in self.regularisation.augment:
            x = augmentations[name]()(x)
        return x

    def dense(self, x: keras.KerasTensor, units: int) -> keras.KerasTensor:
        """A hidden dense layer: weights, batch normalisation, activation, dropout."""
        from keras import layers

        x = self._activated(x, layers.Dense, units)
        return self.dropout(x, self.regularisation.dropout)

    def convolution(
        self, x: keras.KerasTensor, filters: int, kernel: int, **options: Any
    ) -> keras.KerasTensor:
        """A convolution: weights, batch normalisation, activation."""
        from keras import layers

        return self._activated(x, layers.Conv2D, filters, kernel_size=kernel, **options)

    def pool(self, x: keras.KerasTensor, kind: str = "max") -> keras.KerasTensor:
        """Halves height and width; drops out at half the rate of dense layers."""
        from keras import layers

        layer = layers.MaxPooling2D(2) if kind == "max" else layers.AveragePooling2D(2)
        return self.dropout(layer(x), self.regularisation.dropout / 2)

    def flatten(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """``(batch, features)`` of whatever shape ``x`` has."""
        from keras import layers

        return layers.Flatten()(x) if len(x.shape) > 2 else x

    def dropout(self, x: keras.KerasTensor, rate: float) -> keras.KerasTensor:
        """Dropout at ``rate``, nothing at 0."""
        from keras import layers

        return layers.Dropout(rate)(x) if rate else x

    def output(self, x: keras.KerasTensor, objective: Objective) -> keras.KerasTensor:
        """The last layer, ``(batch, …, objective.units)``."""
        from keras import layers

        layer = layers.Dense(
            objective.units, activation=objective.activation, name="output", **self.weights()
        )
        return layer(x)

    def _activated(
        self, x: keras.KerasTensor, layer: Any, size: int, **options: Any
    ) -> keras.KerasTensor:
        """``layer`` and its activation, in one Keras layer where Keras has one."""
        from keras import layers

        fused = self.activation != "leaky relu" and not self.regularisation.batch_norm
        activation = self.activation if fused else None
        x = layer(size, activation=activation, **options, **self.weights())(x)
        if self.regularisation.batch_norm:
            x = layers.BatchNormalization()(x)
        if fused:
            return x
        if self.activation == "leaky relu":
            return layers.LeakyReLU(negative_slope=0.01)(x)
        return layers.Activation(self.activation)(x)

    def weights(self) -> dict[str, Any]:
        """Initialiser and penalty of a layer's weights; biases are not penalised."""
        import keras

        penalty = self.regularisation
        regularizer = (
            keras.regularizers.L1L2(penalty.l1, penalty.l2) if penalty.l1 or penalty.l2 else None
        )
        return {"kernel_initializer": self.initialiser, "kernel_regularizer": regularizer}
