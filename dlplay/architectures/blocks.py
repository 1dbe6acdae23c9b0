"""The layers networks share, each with the regularisation a user asked for."""

from __future__ import annotations

from collections.abc import Sequence
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

    def pool(
        self, x: keras.KerasTensor, kind: str = "max", size: int = 2, **options: Any
    ) -> keras.KerasTensor:
        """Halves height and width; drops out at half the rate of dense layers."""
        from keras import layers

        layer = layers.MaxPooling2D if kind == "max" else layers.AveragePooling2D
        x = layer(size, strides=2, **options)(x)
        return self.dropout(x, self.regularisation.dropout / 2)

    def global_pool(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """The mean of every map, ``(batch, channels)``; drops out as other pooling does."""
        from keras import layers

        x = layers.GlobalAveragePooling2D()(x)
        return self.dropout(x, self.regularisation.dropout / 2)

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

    def linear(self, x: keras.KerasTensor, units: int, name: str) -> keras.KerasTensor:
        """A dense layer without a bend, ``(batch, units)``."""
        from keras import layers

        return layers.Dense(units, name=name, **self.weights())(x)

    def unfold(
        self, x: keras.KerasTensor, shape: tuple[int, ...], filters: Sequence[int]
    ) -> keras.KerasTensor:
        """Maps from a row of numbers: small ones first, twice as large after every convolution
        but the last, which `image` adds; at least as large as ``shape``."""
        from keras import layers

        height, width = (-(-side // 2 ** len(filters)) for side in shape[:2])
        x = self.dense(x, height * width * filters[0])
        x = layers.Reshape((height, width, filters[0]))(x)
        for count in filters[1:]:
            x = layers.UpSampling2D()(x)
            x = self.convolution(x, count, 3, padding="same")
        return layers.UpSampling2D()(x)

    def image(
        self, x: keras.KerasTensor, shape: tuple[int, ...], activation: str
    ) -> keras.KerasTensor:
        """An image of ``shape``: a last convolution, and what is too large cut off."""
        from keras import layers

        layer = layers.Conv2D(
            shape[2], 3, padding="same", activation=activation, name="sample", **self.weights()
        )
        over = [x.shape[axis + 1] - shape[axis] for axis in (0, 1)]
        borders = tuple((extra // 2, extra - extra // 2) for extra in over)
        x = layer(x)
        return layers.Cropping2D(borders)(x) if any(over) else x

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
        if self.activation == "linear":
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
