"""Ways to spoil a photo, to see when a guess tips over."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter
from pydantic import Field

from dlplay.catalogue import Choice

_SIDE = 1_024
_FILL = (124, 116, 104)  # ImageNet's mean colour: it says nothing to the network


class Perturbation(Choice):
    """How much of what is done to a photo; the defaults leave it as it is."""

    blur: float = Field(
        default=0.0, ge=0.0, le=5.0, title="Blur",
        description="Radius of a Gaussian blur, as a percentage of the shorter side. Fine texture "
        "goes first; networks lean on texture more than we do.",
        json_schema_extra={"unit": "%", "step": 0.1},
    )  # fmt: skip
    rotate: float = Field(
        default=0.0, ge=-180.0, le=180.0, title="Rotate",
        description="Turn the photo anticlockwise. Photos are upright as a rule, so that is what "
        "the network has learnt.",
        json_schema_extra={"unit": "°", "step": 5.0},
    )  # fmt: skip
    crop: float = Field(
        default=0.0, ge=0.0, le=90.0, title="Crop",
        description="Cut away this much of height and width, evenly on all sides.",
        json_schema_extra={"unit": "%", "step": 5.0},
    )  # fmt: skip
    noise: float = Field(
        default=0.0, ge=0.0, le=50.0, title="Noise",
        description="Deviation of the Gaussian noise added to every pixel, as a percentage of the "
        "full range.",
        json_schema_extra={"unit": "%", "step": 1.0},
    )  # fmt: skip
    brightness: float = Field(
        default=100.0, ge=10.0, le=300.0, title="Brightness",
        description="100 % leaves the photo as it is; 10 % is dusk, 300 % is washed out.",
        json_schema_extra={"unit": "%", "step": 10.0},
    )  # fmt: skip

    def apply(self, photo: Image.Image) -> Image.Image:
        """The spoilt photo, at most 1,024 pixels a side; the photo itself if nothing is done."""
        if self == Perturbation():
            return photo
        photo = photo.copy()
        photo.thumbnail((_SIDE, _SIDE))
        photo = self._cropped(photo)
        if self.rotate:
            photo = photo.rotate(self.rotate, Image.Resampling.BICUBIC, fillcolor=_FILL)
        if self.blur:
            photo = photo.filter(ImageFilter.GaussianBlur(self.blur / 100 * min(photo.size)))
        photo = ImageEnhance.Brightness(photo).enhance(self.brightness / 100)
        return self._noisy(photo)

    def _cropped(self, photo: Image.Image) -> Image.Image:
        cut = self.crop / 200
        across, down = (math.floor(side * cut) for side in photo.size)
        return photo.crop((across, down, photo.width - across, photo.height - down))

    def _noisy(self, photo: Image.Image) -> Image.Image:
        """The same noise every time: only its strength is to change."""
        if not self.noise:
            return photo
        pixels = np.asarray(photo, np.float32)
        drawn = np.random.default_rng(0).standard_normal(pixels.shape, np.float32)
        spoilt = pixels + drawn * (self.noise / 100 * 255)
        return Image.fromarray(spoilt.clip(0, 255).round().astype(np.uint8))
