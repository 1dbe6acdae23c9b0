"""Cases of splitting that no dataset of the catalogue has by itself."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from dlplay.datasets import Dataset, Samples, Scaling, split_samples
from dlplay.datasets.base import SplitDataset, TableDataset
from dlplay.errors import UserError


class Official(Dataset):
    """With a test set of its publisher."""

    name: Literal["official"] = "official"


class Drawn(SplitDataset):
    """Without one."""

    name: Literal["drawn"] = "drawn"


class Rows(TableDataset):
    """A table."""

    name: Literal["rows"] = "rows"


def two_classes(first: int, second: int) -> Samples:
    """Rows of one column, numbered from 0; first those of class A, then those of class B."""
    inputs = np.arange(first + second, dtype=np.float32)[:, np.newaxis]
    targets = np.repeat([0, 1], [first, second]).astype(np.int32)
    return Samples(inputs, targets, ("A", "B"), ("number",))


def test_a_publishers_test_set_is_left_whole_and_in_order() -> None:
    samples = two_classes(40, 60)
    samples = Samples(
        samples.inputs, samples.targets, samples.class_names, ("number",), official_test=30
    )
    parts = split_samples(Official(validation_fraction=0.5), samples, seed=0)
    assert parts.rows["test"].tolist() == list(range(70, 100))
    assert len(parts.validation) == 35
    assert parts.rows["train"].max() < 70


def test_a_rare_class_has_its_share_only_if_stratified() -> None:
    samples = two_classes(90, 10)
    stratified = [
        split_samples(Drawn(test_fraction=0.2), samples, seed).test.targets.sum()
        for seed in range(20)
    ]
    drawn = [
        split_samples(Drawn(test_fraction=0.2, stratify=False), samples, seed).test.targets.sum()
        for seed in range(20)
    ]
    assert set(stratified) == {2}
    assert len(set(drawn)) > 2


def test_a_class_of_one_sample_cannot_be_stratified_and_the_message_says_what_helps() -> None:
    samples = two_classes(30, 1)
    with pytest.raises(UserError, match=r"Received: 31 samples.*switch stratification off"):
        split_samples(Drawn(), samples, seed=0)
    assert len(split_samples(Drawn(stratify=False), samples, seed=0).test) == 7


def test_more_classes_than_places_in_a_part_is_a_sentence() -> None:
    samples = Samples(
        np.zeros((40, 1), np.float32), np.repeat(np.arange(20), 2).astype(np.int32),
        tuple(map(str, range(20))), ("x",),
    )  # fmt: skip
    with pytest.raises(UserError, match="hold a larger share back"):
        split_samples(Drawn(test_fraction=0.05), samples, seed=0)


def test_a_constant_column_becomes_zero_not_a_division_by_zero() -> None:
    samples = two_classes(30, 30)
    inputs = np.column_stack([samples.inputs[:, 0], np.full(60, 5.0)]).astype(np.float32)
    samples = Samples(inputs, samples.targets, ("A", "B"), ("number", "five"))
    parts = split_samples(Rows(), samples, seed=0)
    assert np.all(parts.train.inputs[:, 1] == 0)
    assert np.all(parts.test.inputs[:, 1] == 0)


def test_scaling_is_the_mean_and_deviation_worked_out_by_hand() -> None:
    scaling = Scaling.of(np.array([[1.0, 10.0], [3.0, 10.0]], np.float32))
    assert scaling.mean.tolist() == [2.0, 10.0]
    assert scaling.deviation.tolist() == [1.0, 1.0]
    assert scaling.apply(np.array([[5.0, 11.0]], np.float32)).tolist() == [[3.0, 1.0]]


def test_large_values_are_scaled_without_losing_their_differences() -> None:
    values = (1e6 + np.arange(1_000)).astype(np.float32)[:, np.newaxis]
    scaled = Scaling.of(values).apply(values)
    expected = (np.arange(1_000) - 499.5) / np.arange(1_000).std()
    np.testing.assert_allclose(scaled[:, 0], expected, atol=2e-3)
