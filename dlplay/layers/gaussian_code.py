"""The bottleneck of a variational autoencoder."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="dlplay")
class GaussianCode(keras.layers.Layer):  # type: ignore[misc]
    """Means and logarithms of variances ``(batch, 2 n)`` to a code ``(batch, n)``.

    In training the code is drawn from that normal distribution, ``μ + σ ε``; afterwards it is the
    mean. ``weight`` times the divergence from a standard normal is added to the loss, as a mean
    over the batch. D. Kingma, M. Welling (2013), section 2.4 and appendix B.
    """

    def __init__(self, weight: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.weight = weight
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs: keras.KerasTensor, training: bool | None = None) -> keras.KerasTensor:
        """The code, drawn or plain."""
        mean, log_variance = ops.split(inputs, 2, axis=-1)
        self.add_loss(self.weight * ops.mean(kl_divergence(mean, log_variance)))
        if not training:
            return mean
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(log_variance / 2) * noise

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Half as many numbers."""
        return (*shape[:-1], int(shape[-1] or 0) // 2)

    def get_config(self) -> dict[str, Any]:
        """The weight of the divergence."""
        return {**super().get_config(), "weight": self.weight}


def kl_divergence(mean: Any, log_variance: Any) -> Any:
    """``KL(N(μ, σ²) ‖ N(0, 1))`` summed over the code, ``(batch,)``:
    ``-½ Σ (1 + log σ² - μ² - σ²)``."""
    terms = 1 + log_variance - ops.square(mean) - ops.exp(log_variance)
    return -0.5 * ops.sum(terms, axis=-1)
