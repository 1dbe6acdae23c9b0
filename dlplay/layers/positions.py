"""Where in a text a word stands, for layers that see all words at once."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlplay")
class AddPositions(keras.layers.Layer):  # type: ignore[misc]
    """Adds to every word a vector of its place, which is learnt: ``(batch, steps, size)``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, int, int]) -> None:
        """A vector for each place."""
        self.positions = self.add_weight(
            shape=input_shape[1:], initializer="uniform", name="positions"
        )

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Words with their places."""
        return inputs + self.positions
