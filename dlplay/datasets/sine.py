"""A sine wave with noise: the series of which everything is known."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets.series import Series, SeriesDataset


class Sine(SeriesDataset):
    """A wave of amplitude 1."""

    card: ClassVar[Card] = Card(
        "Sine",
        "A wave of amplitude 1 with noise. No forecast can err less than the noise itself: by "
        "0.8 times its deviation on average.",
        "Generated here",
    )
    name: Literal["sine"] = "sine"
    samples: int = Field(
        default=1_000,
        ge=100,
        le=50_000,
        title="Steps",
        description="How long the series is.",
    )
    period: int = Field(
        default=20,
        ge=4,
        le=500,
        title="Period",
        description="Steps of a whole wave.",
        json_schema_extra={"unit": "steps"},
    )
    noise: float = Field(
        default=0.1,
        ge=0.0,
        le=1.0,
        title="Noise",
        description="How far values stray from the wave; nothing can foresee it.",
    )
    noise_seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        title="Noise seed",
        description="Another number draws other noise.",
    )

    def series(self) -> Series:
        steps = np.arange(self.samples)
        noise = np.random.default_rng(self.noise_seed).normal(0.0, self.noise, self.samples)
        values = (np.sin(2 * np.pi * steps / self.period) + noise).astype(np.float32)
        return Series(values, steps.astype(np.str_), "height", "step")

    def series_code(self) -> str:
        return (
            "import numpy as np\n"
            f"steps = np.arange({self.samples})\n"
            f"noise = np.random.default_rng({self.noise_seed})"
            f".normal(0.0, {self.noise!r}, {self.samples})\n"
            f'values = (np.sin(2 * np.pi * steps / {self.period}) + noise).astype("float32")'
        )

    def cycle(self) -> int:
        return self.period
