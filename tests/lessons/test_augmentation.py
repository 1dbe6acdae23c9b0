"""Transformations against NumPy and scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.transform import rotate

from dlplay.lessons.augmentation import Change, apply, draw, plot_picture, sheet
from dlplay.lessons.pictures import photo

PHOTO = photo("temple", 60)
SQUARE = PHOTO[:, :60]


def test_no_change_changes_nothing() -> None:
    np.testing.assert_array_equal(apply(PHOTO, Change()), PHOTO)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(flip=True), SQUARE[:, ::-1]),
        (Change(upside_down=True), SQUARE[::-1]),
        (Change(turn=90), np.rot90(SQUARE)),
        (Change(turn=-90), np.rot90(SQUARE, -1)),
        (Change(turn=180), SQUARE[::-1, ::-1]),
    ],
)
def test_flips_and_quarter_turns_equal_numpy(change: Change, expected: np.ndarray) -> None:
    found = apply(SQUARE, change).astype(int)
    assert np.abs(found - expected).max() <= 1


def test_shift_moves_every_pixel() -> None:
    found = apply(SQUARE, Change(right=0.1, down=0.2)).astype(int)
    assert np.abs(found[12:, 6:] - SQUARE[:-12, :-6]).max() <= 1


@pytest.mark.parametrize("angle", [10, -37])
def test_turn_equals_scikit_image(angle: float) -> None:
    expected = np.rint(255 * rotate(SQUARE, angle, order=1, mode="edge"))
    assert np.abs(apply(SQUARE, Change(turn=angle)) - expected).max() <= 1


def test_zoom_enlarges_the_middle() -> None:
    found = apply(SQUARE[:59, :59], Change(zoom=2.0)).astype(int)
    assert np.abs(found[1::2, 1::2] - SQUARE[15:44, 15:44]).max() <= 1


def test_light_follows_its_formula_and_stays_in_range() -> None:
    found = apply(PHOTO, Change(brightness=0.2, contrast=1.5))
    expected = np.clip((PHOTO / 255 - 0.5) * 1.5 + 0.7, 0, 1) * 255
    assert np.abs(found - expected).max() <= 0.5 + 1e-9


def test_erased_square_is_grey_and_nothing_else_changes() -> None:
    found = apply(PHOTO, Change(erase=0.5))
    changed = (found != PHOTO).any(axis=2)
    assert (found[changed] == 128).all()
    assert changed.sum() == pytest.approx(30 * 30, abs=20)


def test_noise_has_its_deviation() -> None:
    grey = np.full((80, 80, 3), 128, np.uint8)
    assert apply(grey, Change(noise=0.1)).std() == pytest.approx(25.5, rel=0.03)


def test_draws_stay_within_the_strength() -> None:
    rng = np.random.default_rng(0)
    changes = [draw(0.5, rng) for _ in range(200)]
    assert max(abs(change.turn) for change in changes) <= 15
    assert max(abs(change.right) for change in changes) <= 0.1
    assert all(1 <= change.zoom <= 1.2 for change in changes)
    assert draw(0.0, rng) == Change()


def test_sheet_begins_with_the_original() -> None:
    page = sheet(PHOTO, 0.8, 1)
    np.testing.assert_array_equal(page[:60, :90, :3], PHOTO)
    assert page.shape == (3 * 66 - 6, 3 * 96 - 6, 4)
    assert plot_picture(page, "Draws").layout.images[0].sizex == page.shape[1]
