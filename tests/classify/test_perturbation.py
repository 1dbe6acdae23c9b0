"""What is done to a photo, and what is not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from dlplay.classify.perturbation import Perturbation


@pytest.fixture
def photo() -> Image.Image:
    """Noise, 120×80."""
    pixels = np.random.default_rng(1).integers(60, 190, (80, 120, 3), np.uint8)
    return Image.fromarray(pixels)


def spread(image: Image.Image) -> float:
    return float(np.asarray(image, np.float64).std())


def test_nothing_done_is_the_same_photo(photo: Image.Image) -> None:
    assert Perturbation().apply(photo) is photo


def test_blur_smooths(photo: Image.Image) -> None:
    assert spread(Perturbation(blur=2).apply(photo)) < 0.5 * spread(photo)


def test_rotation_keeps_the_size_and_fills_the_corners_with_grey(photo: Image.Image) -> None:
    turned = Perturbation(rotate=45).apply(photo)
    assert turned.size == photo.size
    assert turned.getpixel((0, 0)) == (124, 116, 104)


def test_half_a_turn_is_exact(photo: Image.Image) -> None:
    turned = np.asarray(Perturbation(rotate=180).apply(photo))
    assert (turned == np.asarray(photo)[::-1, ::-1]).all()


def test_crop_keeps_the_middle(photo: Image.Image) -> None:
    cropped = Perturbation(crop=50).apply(photo)
    assert (np.asarray(cropped) == np.asarray(photo)[20:60, 30:90]).all()


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (9, 1)])
def test_something_is_left_of_the_smallest_photo(size: tuple[int, int]) -> None:
    assert min(Perturbation(crop=90).apply(Image.new("RGB", size)).size) >= 1


def test_noise_has_the_deviation_asked_for_and_is_the_same_every_time() -> None:
    grey = Image.new("RGB", (200, 200), (128, 128, 128))
    noisy = Perturbation(noise=10).apply(grey)
    assert spread(noisy) == pytest.approx(25.5, rel=0.02)
    assert noisy.tobytes() == Perturbation(noise=10).apply(grey).tobytes()


def test_brightness_scales(photo: Image.Image) -> None:
    dark = np.asarray(Perturbation(brightness=50).apply(photo), np.float64)
    assert dark.mean() == pytest.approx(np.asarray(photo, np.float64).mean() / 2, rel=0.02)


@pytest.mark.parametrize(
    "values", [{"blur": -1}, {"crop": 100}, {"noise": float("nan")}, {"sharpen": 1}]
)
def test_bad_values_fail_at_once(values: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Perturbation.model_validate(values)
