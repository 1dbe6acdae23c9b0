"""The pictures of an answer, compared as arrays."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from dlplay.classify.activation_map import activation_map, heat
from dlplay.classify.figures import Bar, bars_info, overlay_info, plot_bars
from dlplay.classify.framing import Framing
from dlplay.classify.labels import Label
from dlplay.classify.runtime import Guess

WHOLE = Framing(224, None, Image.Resampling.NEAREST)
MIDDLE = Framing(224, 0.5, Image.Resampling.BICUBIC)


def test_the_map_is_the_weighted_sum_of_the_channels() -> None:
    features = np.array([[[1, 2], [3, 4]]], np.float32)
    kernel = np.array([[1, 10], [0, -1]], np.float32)
    assert activation_map(features, kernel, 1).tolist() == [[8, 26]]


def test_heat_shows_what_speaks_for_the_class() -> None:
    assert heat(np.array([[-3, 0], [1, 4]], np.float32)).tolist() == [[0, 0], [0.25, 1]]
    assert heat(np.array([[-3, 0]], np.float32)).tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("framing", "box"),
    [(WHOLE, (0, 0, 100, 60)), (MIDDLE, (35, 15, 65, 45))],
)
def test_the_part_a_network_sees(framing: Framing, box: tuple[int, ...]) -> None:
    assert framing.box(100, 60) == box


def test_without_a_map_the_photo_shows_as_it_is_where_the_network_looks() -> None:
    pixels = np.random.default_rng(0).integers(0, 200, (60, 100, 3), np.uint8)
    photo = Image.fromarray(pixels)
    assert (overlay_info(photo, WHOLE, None, 0.6) == pixels).all()
    shown = overlay_info(photo, MIDDLE, None, 0.6)
    assert (shown[15:45, 35:65] == pixels[15:45, 35:65]).all()
    assert (shown[:15] > pixels[:15]).all()


def test_the_map_is_strongest_where_the_heat_is() -> None:
    photo = Image.new("RGB", (70, 70), (0, 0, 255))
    values = np.zeros((7, 7), np.float32)
    values[1, 5] = 3.0
    shown = overlay_info(photo, WHOLE, values, 1.0).astype(int)
    strongest = np.unravel_index(shown[..., 0].argmax(), (70, 70))
    assert 10 <= strongest[0] < 20 and 50 <= strongest[1] < 60
    assert (shown[50:, :30] == (0, 0, 255)).all()
    assert (overlay_info(photo, WHOLE, values, 0.0) == (0, 0, 255)).all()


def test_large_photos_are_shown_small() -> None:
    assert overlay_info(Image.new("RGB", (1920, 960)), WHOLE, None, 0.5).shape == (480, 960, 3)


def test_bars_are_in_order_and_the_chosen_one_stands_out() -> None:
    guesses = [Guess(Label("cat", "n1"), 0.75, None), Guess(Label("dog", "n2"), 0.2, None)]
    bars = bars_info(guesses)
    assert bars == [Bar("cat", 0.75, "75.0 %"), Bar("dog", 0.2, "20.0 %")]
    figure = plot_bars(bars, chosen=1)
    assert list(figure.data[0].x) == [0.75, 0.2]
    first, second = figure.data[0].marker.color
    assert second in first and first != second
    assert "<b>dog</b>" in [note.text for note in figure.layout.annotations]
