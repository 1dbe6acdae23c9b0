"""The pictures of datasets, by what is in them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_selection import f_classif, f_regression

from dlplay.datasets import Samples, split
from dlplay.datasets.csv_file import CsvFile
from dlplay.datasets.figures import (
    balance_info,
    plot_balance,
    plot_scatter,
    plot_sheet,
    sheet_info,
    telling_features,
)
from dlplay.datasets.scikit import BreastCancer, Diabetes, Digits, Wine
from dlplay.datasets.synthetic import Blobs, Plane
from dlplay.uploads import keep


def images(size: int, channels: int, classes: int) -> Samples:
    """Six images of each class, each of one brightness: ten times the class, plus its number."""
    targets = np.tile(np.arange(classes), 6).astype(np.int32)
    levels = (targets * 10 + np.repeat(np.arange(6), classes)).astype(np.uint8)
    pixels = np.broadcast_to(levels[:, None, None, None], (len(targets), size, size, channels))
    return Samples(np.ascontiguousarray(pixels), targets, tuple("ABCDEFGHIJKLMN"[:classes]))


class TestSheet:
    """Samples of every class."""

    def test_each_column_shows_the_first_images_of_its_class(self) -> None:
        sheet = sheet_info(images(size=56, channels=3, classes=4), rows=3)
        for column in range(4):
            shown = [int(sheet[2 + row * 58 + 28, 2 + column * 58 + 28, 0]) for row in range(3)]
            assert shown == [column * 10, column * 10 + 1, column * 10 + 2]

    def test_small_images_are_enlarged_and_set_apart_by_white(self) -> None:
        sheet = sheet_info(images(size=8, channels=1, classes=2), rows=4)
        assert sheet.shape == (4 * 58 + 2, 2 * 58 + 2, 3)
        assert sheet.dtype == np.uint8
        assert (sheet[:2] == 255).all()
        assert (sheet[:, 58:60] == 255).all()
        assert (sheet[2:58, 2:58] == 0).all()

    def test_of_many_classes_the_first_are_shown(self) -> None:
        assert sheet_info(images(8, 1, 14), rows=1, most_classes=10).shape[1] == 10 * 58 + 2

    def test_real_digits_stand_under_their_names(self) -> None:
        figure = plot_sheet(Digits().load())
        assert list(figure.layout.xaxis.ticktext) == list("0123456789")


class TestTellingFeatures:
    """Which columns tell the target best."""

    @pytest.mark.parametrize("dataset", [Wine(), BreastCancer()], ids=lambda d: d.name)
    def test_for_classes_they_are_in_the_order_of_the_f_statistic(
        self, dataset: Wine | BreastCancer
    ) -> None:
        samples = dataset.load()
        scores, _ = f_classif(samples.inputs.astype(np.float64), samples.targets)
        assert telling_features(samples) == np.argsort(-scores, kind="stable").tolist()

    def test_for_numbers_too(self) -> None:
        samples = Diabetes().load()
        scores, _ = f_regression(samples.inputs.astype(np.float64), samples.targets)
        assert telling_features(samples)[:5] == np.argsort(-scores, kind="stable")[:5].tolist()

    def test_a_constant_column_tells_nothing_and_comes_last(self) -> None:
        targets = np.tile([0, 1], 20).astype(np.int32)
        inputs = np.column_stack([np.full(40, 3.0), np.arange(40.0), targets]).astype(np.float32)
        samples = Samples(inputs, targets, ("A", "B"), ("same", "row", "answer"))
        assert telling_features(samples) == [2, 1, 0]


class TestBalance:
    """How classes are spread over the parts."""

    def test_every_sample_is_counted_in_its_part(self) -> None:
        dataset = Wine()
        samples, parts = dataset.load(), split(dataset, seed=1)
        counts = balance_info(parts, samples.targets)
        np.testing.assert_array_equal(sum(counts.values()), np.bincount(samples.targets))
        assert {part: int(c.sum()) for part, c in counts.items()} == {
            "train": len(parts.train), "validation": len(parts.validation),
            "test": len(parts.test),
        }  # fmt: skip

    def test_a_class_that_a_part_lacks_counts_zero(self) -> None:
        dataset = Blobs(samples=20, clouds=8, stratify=False, noise=0.0)
        samples, parts = dataset.load(), split(dataset, seed=1)
        counts = balance_info(parts, samples.targets)
        assert all(len(c) == 8 for c in counts.values())
        assert 0 in counts["validation"]

    def test_numbers_are_counted_in_bins_that_cover_all_parts(self) -> None:
        dataset = Plane(samples=500)
        figure = plot_balance(split(dataset, seed=1), dataset.load().targets)
        assert sum(int(np.sum(trace.y)) for trace in figure.data) == 500
        assert len({tuple(trace.x) for trace in figure.data}) == 1

    def test_classes_with_long_names_that_begin_alike_have_bars_of_their_own(self) -> None:
        species = ("alpinum", "indicum")
        rows = "".join(f"{i},Chrysanthemum {species[i % 2]}\n" for i in range(40))
        dataset = CsvFile(file=keep(f"size,flower\n{rows}".encode()))
        figure = plot_balance(split(dataset, seed=1), dataset.load().targets)
        assert len(set(figure.data[0].x)) == 2


def test_a_scatter_shows_the_two_columns_asked_for_with_a_colour_a_class() -> None:
    samples = Wine().load()
    figure = plot_scatter(samples, 3, 6)
    assert [trace.name for trace in figure.data] == list(samples.class_names)
    np.testing.assert_array_equal(figure.data[1].x, samples.inputs[samples.targets == 1, 3])
    np.testing.assert_array_equal(figure.data[1].y, samples.inputs[samples.targets == 1, 6])
    assert len({trace.marker.color for trace in figure.data}) == 3
