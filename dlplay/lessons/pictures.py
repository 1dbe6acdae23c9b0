"""Two real photos and a real digit that come with scikit-learn."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.float64]

PICTURES = {"digit": "Digit 3, 8×8", "temple": "Temple", "flower": "Flower"}
_FILES = {"temple": "china.jpg", "flower": "flower.jpg"}
_DIGIT_THREE = 3


@cache
def photo(name: str, height: int) -> NDArray[np.uint8]:
    """A photo of :data:`PICTURES` in colour, ``(height, width, 3)``."""
    from sklearn.datasets import load_sample_image

    image = Image.fromarray(load_sample_image(_FILES[name]))
    size = round(image.width * height / image.height), height
    pixels = np.asarray(image.resize(size, Image.Resampling.LANCZOS))
    pixels.setflags(write=False)
    return pixels


@cache
def grey(name: str, height: int = 64) -> Array:
    """A picture in grey from 0 to 1; the digit keeps its own 8×8 pixels."""
    if name == "digit":
        from sklearn.datasets import load_digits

        pixels: Array = load_digits().images[_DIGIT_THREE] / 16
    else:
        pixels = photo(name, height) @ np.array([0.299, 0.587, 0.114]) / 255
    pixels.setflags(write=False)
    return pixels


@cache
def digit_batch(count: int) -> tuple[Array, NDArray[np.intp]]:
    """Real 8×8 digits, each pixel standardised, and their classes."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    pixels: Array = digits.data
    spread = pixels.std(axis=0)
    inputs = (pixels - pixels.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    inputs.setflags(write=False)
    return inputs[:count], digits.target[:count].astype(np.intp)
