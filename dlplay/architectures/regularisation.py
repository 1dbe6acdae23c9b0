"""What keeps a network from learning its training samples by heart."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dlplay.catalogue import Choice

Augmentation = Literal["flip", "shift", "rotate", "zoom"]


class Regularisation(Choice):
    """Penalties, noise and normalisation; all off by default."""

    l1: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        title="L1",
        description="Adds L1 × Σ|w| to the loss: pushes weights to exactly zero.",
        json_schema_extra={"scale": "log"},
    )
    l2: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        title="L2",
        description="Adds L2 × Σw² to the loss: keeps all weights small.",
        json_schema_extra={"scale": "log"},
    )
    prior_sigma: float | None = Field(
        default=None,
        gt=0.0,
        le=100.0,
        title="Gaussian prior σ",
        description="Believe, before seeing data, that weights are normal with this deviation. "
        "The most probable network then is the one with an L2 penalty fixed by σ and the "
        "number of samples.",
    )
    weight_decay: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        title="Weight decay",
        description="Shrinks all weights by this share of the learning rate at every step, apart "
        "from the gradient (decoupled). With AdamW this is its decay.",
        json_schema_extra={"scale": "log"},
    )
    dropout: float = Field(
        default=0.0,
        ge=0.0,
        le=0.9,
        title="Dropout",
        description="Switches this share of units off at random in every training step, so that "
        "none can rely on another.",
    )
    batch_norm: bool = Field(
        default=False,
        title="Batch normalisation",
        description="Brings every layer's input to mean 0 and deviation 1 over the batch: deeper "
        "networks and higher learning rates become trainable.",
    )
    augment: tuple[Augmentation, ...] = Field(
        default=(),
        title="Augmentation",
        description="Shows every image a little changed each time. For images only; do not flip "
        "digits.",
        json_schema_extra={"needs": "image"},
    )

    def prior_l2(self, samples: int, outputs_averaged: int, squared_error: bool) -> float:
        """The L2 strength that equals the Gaussian prior; 0 without one.

        Maximising the posterior minimises ``Σ loss + Σw² / 2σ²``; a mean over ``samples`` (and
        over ``outputs_averaged`` outputs) divides that. A squared error is twice the negative
        log-likelihood of unit noise. Bishop (2006), Pattern Recognition and Machine
        Learning, section 1.2.5.
        """
        if self.prior_sigma is None:
            return 0.0
        scale = 1.0 if squared_error else 2.0
        return 1.0 / (scale * self.prior_sigma**2 * samples * outputs_averaged)
