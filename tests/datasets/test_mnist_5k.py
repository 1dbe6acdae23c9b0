"""The bundled part of MNIST."""

from __future__ import annotations

import numpy as np

from dlplay.datasets.mnist_5k import Mnist5k


def test_there_are_500_of_every_digit() -> None:
    samples = Mnist5k().load()
    assert samples.inputs.shape == (5_000, 28, 28, 1)
    assert np.bincount(samples.targets).tolist() == [500] * 10


def test_the_file_which_is_sorted_by_digit_is_shuffled() -> None:
    targets = Mnist5k().load().targets
    assert set(targets[:100].tolist()) == set(range(10))


def test_the_pixels_are_bright_strokes_on_black_in_the_middle_of_the_image() -> None:
    pixels = Mnist5k().load().inputs[..., 0].astype(float)
    border = np.ones((28, 28), bool)
    border[4:-4, 4:-4] = False  # MNIST is digits of 20×20 pixels, set by their centre of mass
    assert pixels[:, border].mean() < 0.05 * pixels[:, ~border].mean()
    rows = np.arange(28)
    centres = (pixels.sum(axis=2) * rows).sum(axis=1) / pixels.sum(axis=(1, 2))
    assert np.abs(centres - 14).max() < 1.5
    assert pixels.max() == 255


def test_a_zero_is_hollow_and_a_one_is_not() -> None:
    samples = Mnist5k().load()
    middle = samples.inputs[:, 13:15, 13:15, 0].mean(axis=(1, 2))
    assert middle[samples.targets == 0].mean() < 40 < middle[samples.targets == 1].mean()
