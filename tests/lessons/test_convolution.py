"""Convolution and pooling against SciPy and scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import correlate2d
from skimage.measure import block_reduce

from dlplay.lessons.convolution import (
    KERNELS,
    Terms,
    arithmetic,
    convolve,
    padded,
    parameter_counts,
    plot_input,
    plot_output,
    pool,
    window_at,
)
from dlplay.lessons.pictures import PICTURES, grey, photo

IMAGE = np.random.default_rng(0).random((11, 8))
KERNEL = np.random.default_rng(1).normal(size=(3, 3))


@pytest.mark.parametrize("same", [False, True])
def test_convolution_equals_scipys_correlation(same: bool) -> None:
    expected = correlate2d(IMAGE, KERNEL, mode="same" if same else "valid")
    np.testing.assert_allclose(convolve(IMAGE, KERNEL, 1, same), expected, atol=1e-12)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("same", [False, True])
def test_every_output_is_the_sum_of_its_window(stride: int, same: bool) -> None:
    output = convolve(IMAGE, KERNEL, stride, same)
    around = padded(IMAGE, 3, stride, same)
    for row, column in np.ndindex(output.shape):
        window = window_at(around, KERNEL, stride, row, column)
        assert window.value == pytest.approx(output[row, column])


@pytest.mark.parametrize(("kind", "function"), [("max", np.max), ("average", np.mean)])
def test_pooling_equals_scikit_image(kind: str, function: object) -> None:
    assert callable(function)
    expected = block_reduce(IMAGE[:10], (2, 2), function)
    np.testing.assert_allclose(pool(IMAGE, kind), expected)


def test_no_pooling_changes_nothing() -> None:
    np.testing.assert_array_equal(pool(IMAGE, "none"), IMAGE)


def test_sobel_finds_a_vertical_edge_and_no_horizontal_one() -> None:
    edge = np.repeat([[0.0, 0.0, 1.0, 1.0]], 4, axis=0)
    vertical, horizontal = (
        np.array(KERNELS[name][1], float).reshape(3, 3) for name in ("vertical", "horizontal")
    )
    np.testing.assert_allclose(convolve(edge, vertical), 4.0)
    np.testing.assert_allclose(convolve(edge, horizontal), 0.0)


def test_dense_layer_needs_a_weight_for_every_pair_of_pixels() -> None:
    assert parameter_counts(28 * 28, 26 * 26, 9) == (10, 784 * 676 + 676)


def test_arithmetic_shows_the_numbers() -> None:
    window = window_at(IMAGE, np.ones((3, 3)), 1, 0, 0)
    text = arithmetic(window, np.ones((3, 3)))
    assert f"{IMAGE[0, 0]:.2f}".rstrip("0") in text
    assert f"{window.value:.3f}" in text


def test_pictures_mark_the_window_and_its_answer() -> None:
    window = window_at(IMAGE, KERNEL, 2, 1, 2)
    box = plot_input(IMAGE, window, 3).layout.shapes[0]
    assert (box.x0, box.y0, box.x1, box.y1) == (3.5, 1.5, 6.5, 4.5)
    box = plot_output(convolve(IMAGE, KERNEL), "Pooled", 5, 4, block=2).layout.shapes[0]
    assert (box.x0, box.y0) == (1.5, 1.5)


@pytest.mark.parametrize(("stride", "same"), [(1, False), (2, True)])
def test_under_the_pointer_stand_the_products_of_that_pixel(stride: int, same: bool) -> None:
    output = convolve(IMAGE, KERNEL, stride, same)
    terms = Terms(padded(IMAGE, 3, stride, same), KERNEL, stride)
    drawn = plot_output(output, "Answer", 0, 0, terms=terms).data[-1]
    pixels, told = drawn.customdata[:, :9], drawn.customdata[:, 9]
    np.testing.assert_allclose(pixels @ KERNEL.ravel(), told, atol=1e-5)
    at = [(int(y), int(x)) for x, y in zip(drawn.x, drawn.y, strict=True)]
    np.testing.assert_allclose([output[place] for place in at], told, atol=1e-6)
    assert f"%{{customdata[8]:.2f}}×{KERNEL[2, 2]:g}" in drawn.hovertemplate


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_grey_and_in_range(name: str) -> None:
    image = grey(name)
    assert image.ndim == 2
    assert 0 <= image.min() < image.max() <= 1


def test_photo_keeps_its_proportions() -> None:
    assert photo("temple", 64).shape == (64, 96, 3)
