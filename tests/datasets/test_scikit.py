"""The small classics, against scikit-learn's own loaders."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets

from dlplay.datasets import Dataset
from dlplay.datasets.scikit import BreastCancer, Diabetes, Digits, Iris, Wine

TABLES: dict[str, tuple[Dataset, Callable[..., Any]]] = {
    "iris": (Iris(), sklearn_datasets.load_iris),
    "wine": (Wine(), sklearn_datasets.load_wine),
    "breast-cancer": (BreastCancer(), sklearn_datasets.load_breast_cancer),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_holds_what_scikit_learn_loads(name: str) -> None:
    dataset, loader = TABLES[name]
    samples, bunch = dataset.load(), loader()
    np.testing.assert_array_equal(samples.inputs, bunch.data.astype(np.float32))
    np.testing.assert_array_equal(samples.targets, bunch.target)
    assert len(samples.class_names) == len(bunch.target_names)


def test_species_and_diagnoses_have_the_names_of_their_numbers() -> None:
    for dataset, loader in (TABLES["iris"], TABLES["breast-cancer"]):
        assert list(dataset.load().class_names) == loader().target_names.tolist()


def test_columns_are_named_in_their_order_whatever_they_are_called() -> None:
    """“radius error” and “error of radius” say the same."""
    for dataset, loader in TABLES.values():
        ours, theirs = dataset.load().feature_names, loader().feature_names
        for our, their in zip(ours, theirs, strict=True):
            words = re.findall(r"[a-z0-9]+", our.lower().replace("colour", "color"))
            assert max(words, key=len) in their.lower()


def test_digits_are_the_same_pixels_spread_over_a_byte() -> None:
    samples, bunch = Digits().load(), sklearn_datasets.load_digits()
    assert samples.inputs.shape == (1797, 8, 8, 1)
    np.testing.assert_array_equal(samples.targets, bunch.target)
    assert samples.inputs.max() == 255
    # Sixteen grey levels survive: a sixteenth of 255 is 15.9, rounding moves by half a step.
    levels = samples.inputs[..., 0].astype(float) * 16 / 255
    np.testing.assert_allclose(levels, bunch.images, atol=0.04)


def test_diabetes_is_in_the_units_in_which_it_was_measured() -> None:
    samples, bunch = Diabetes().load(), sklearn_datasets.load_diabetes(scaled=False)
    np.testing.assert_allclose(samples.inputs, bunch.data, rtol=1e-6)
    np.testing.assert_allclose(samples.targets, bunch.target)
    columns = dict(zip(samples.feature_names, samples.inputs.T, strict=True))
    ratio = columns["total cholesterol"] / columns["HDL"]
    # The publishers rounded the ratio to whole numbers, most of the time.
    assert np.abs(ratio - columns["cholesterol / HDL"]).mean() < 0.25
    assert np.corrcoef(ratio, columns["cholesterol / HDL"])[0, 1] > 0.97
    assert 18 < columns["age (years)"].min() < columns["age (years)"].max() < 100


def test_the_numbers_in_the_summaries_are_right() -> None:
    for dataset in (Iris(), Wine(), BreastCancer(), Digits(), Diabetes()):
        assert f"{dataset.facts().samples:,} " in dataset.card.summary
    targets = Diabetes().load().targets
    assert (targets.min(), targets.max()) == (25.0, 346.0)
