"""A zip of real photos for tests: pieces of scikit-learn's two, a folder each."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from zipfile import ZipFile

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

SIDE = 180


@cache
def photo_zip(count: int = 10) -> bytes:
    """So many pieces of each photo, drawn at random, in the folders ``palace`` and ``flower``."""
    random, content = np.random.default_rng(0), BytesIO()
    with ZipFile(content, "w") as archive:
        for kind, photo in zip(("palace", "flower"), load_sample_images().images, strict=True):
            for number in range(count):
                top, left = (int(random.integers(0, size - SIDE)) for size in photo.shape[:2])
                piece = Image.fromarray(photo[top : top + SIDE, left : left + SIDE])
                with archive.open(f"{kind}/{number}.jpg", "w") as file:
                    piece.save(file, "JPEG", quality=90)
    return content.getvalue()
