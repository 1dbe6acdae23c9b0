"""What every dataset does, over the whole catalogue."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from dlplay import uploads
from dlplay.datasets import DATASETS, Dataset, Samples, split, split_samples
from dlplay.datasets.base import SplitDataset, TableDataset
from dlplay.datasets.series import SeriesDataset
from tests.photo_zip import photo_zip

LOADABLE = [name for name, entry in DATASETS.items() if entry.download is Dataset.download]
"""Those that never need a download."""

DRAWN = [name for name in LOADABLE if issubclass(DATASETS[name], SplitDataset)]
TABLES = [name for name in LOADABLE if issubclass(DATASETS[name], TableDataset)]
SERIES = [name for name in LOADABLE if issubclass(DATASETS[name], SeriesDataset)]
CLASSES = [name for name in LOADABLE if "classification" in DATASETS[name].tasks]
NUMBERS = [name for name in LOADABLE if DATASETS[name].tasks == ("regression",)]

TABLE = "size,weight,label\n" + "".join(f"{i},{i * i % 17},{'ab'[i % 2]}\n" for i in range(300))


def make(name: str, **values: Any) -> Dataset:
    """A dataset with its defaults; one that takes a file gets a small one."""
    entry = DATASETS[name]
    for field, info in entry.model_fields.items():
        extra = info.json_schema_extra
        kinds = extra.get("upload") if isinstance(extra, dict) else None
        if isinstance(kinds, list):
            values[field] = uploads.keep(photo_zip() if "zip" in kinds else TABLE.encode())
    return entry(**values)


SHAPES: dict[str, tuple[int, type]] = {
    "table": (2, np.float32), "image": (4, np.uint8), "text": (2, np.int32),
    "characters": (2, np.int32), "tree": (3, np.int32), "series": (3, np.float32),
}  # fmt: skip
"""Axes and type of the inputs of each kind."""


@cache
def loaded(dataset: Dataset) -> Samples:
    """Read once a process: equal datasets have equal samples, as a test below asserts."""
    return dataset.load()


@pytest.mark.parametrize("name", DATASETS)
class TestEveryDataset:
    """Downloaded or not."""

    def test_its_card_says_where_it_comes_from_and_what_may_be_done_with_it(
        self, name: str
    ) -> None:
        card = DATASETS[name].card
        assert len(card.source) > 10
        generated = "samples" in DATASETS[name].model_fields
        assert bool(card.licence) != generated  # points of our own making need no licence

    def test_it_says_where_the_data_are(self, name: str) -> None:
        bundled = ("bundled", "yours") if name in LOADABLE else ("needs download",)
        assert make(name).origin() in bundled

    def test_its_report_counts_every_sample(self, name: str) -> None:
        """Whoever brings data of their own sees what was made of them."""
        report = make(name).report() if make(name).origin() == "yours" else None
        if report is None:
            return
        counts = [row[column] for row in report.table for column in row if column == "Pictures"]
        assert sum(int(count) for count in counts) == make(name).facts().samples

    def test_its_facts_fit_its_declaration(self, name: str) -> None:
        dataset = make(name)
        facts = dataset.facts()
        assert facts.task in dataset.tasks
        assert len(facts.input_shape) == SHAPES[facts.kind][0] - 1
        assert len(set(facts.vocabulary)) == len(facts.vocabulary) or name not in LOADABLE
        assert (facts.classes >= 2) == (facts.task == "classification")
        assert len(set(facts.class_names)) == facts.classes
        assert len(facts.feature_names) == (facts.input_shape[0] if facts.kind == "table" else 0)
        assert bool(facts.vocabulary) == (facts.kind in ("text", "tree", "characters"))
        assert sum(facts.levels) == (facts.input_shape[0] if facts.kind == "tree" else 0)
        assert facts.samples >= 20


@pytest.mark.parametrize("name", LOADABLE)
class TestEveryLoadedDataset:
    """What `load` gives."""

    def test_inputs_are_shaped_as_their_kind_is(self, name: str) -> None:
        samples = loaded(make(name))
        rank, dtype = SHAPES[samples.facts().kind]
        assert samples.inputs.ndim == rank
        assert samples.inputs.dtype == dtype
        assert np.isfinite(samples.inputs).all()

    def test_targets_are_class_numbers_or_floats(self, name: str) -> None:
        samples = loaded(make(name))
        everywhere = samples.facts().task == "next character"
        assert samples.targets.shape == samples.inputs.shape[: 2 if everywhere else 1]
        if everywhere:
            np.testing.assert_array_equal(samples.targets[:, :-1], samples.inputs[:, 1:])
        elif samples.class_names:
            assert samples.targets.dtype == np.int32
            assert np.unique(samples.targets).tolist() == list(range(len(samples.class_names)))
        else:
            assert samples.targets.dtype == np.float32
            assert samples.targets.std() > 0

    def test_words_and_characters_have_a_place_in_the_vocabulary(self, name: str) -> None:
        samples = loaded(make(name))
        if vocabulary := samples.facts().vocabulary:
            rows = samples.inputs
            words = rows[..., 0] if samples.facts().kind == "tree" else rows  # then, the children
            assert words.min() >= 0
            assert words.max() < len(vocabulary)

    def test_its_facts_are_those_of_its_samples(self, name: str) -> None:
        dataset = make(name)
        assert dataset.facts() == loaded(dataset).facts()

    def test_loading_again_gives_the_same_samples(self, name: str) -> None:
        dataset = make(name)
        again = dataset.load()
        np.testing.assert_array_equal(again.inputs, loaded(dataset).inputs)
        np.testing.assert_array_equal(again.targets, loaded(dataset).targets)


@pytest.mark.parametrize("name", LOADABLE)
class TestEverySplit:
    """Train, validation and test."""

    def test_every_sample_is_in_exactly_one_part(self, name: str) -> None:
        samples = loaded(make(name))
        parts = split_samples(make(name), samples, seed=7)
        rows = np.concatenate(list(parts.rows.values())).tolist()
        if name in SERIES:  # but the windows that reach from one part into the next
            assert len(set(rows)) == len(rows) < len(samples.inputs)
        else:
            assert sorted(rows) == list(range(len(samples.inputs)))
        assert list(parts.rows) == ["train", "validation", "test"]
        assert [len(r) for r in parts.rows.values()] == [
            len(parts.train), len(parts.validation), len(parts.test),
        ]  # fmt: skip

    def test_a_part_holds_the_targets_of_its_own_rows(self, name: str) -> None:
        samples = loaded(make(name))
        parts = split_samples(make(name), samples, seed=7)
        for part, rows in zip(
            (parts.train, parts.validation, parts.test), parts.rows.values(), strict=True
        ):
            targets = part.targets
            if parts.target_scaling is not None:
                targets = targets * parts.target_scaling.deviation + parts.target_scaling.mean
            np.testing.assert_allclose(targets, samples.targets[rows], rtol=1e-4, atol=1e-4)

    def test_the_seed_decides_who_is_in_which_part(self, name: str) -> None:
        dataset = make(name)
        first, again, other = (
            split_samples(dataset, loaded(dataset), seed).rows for seed in (1, 1, 2)
        )
        assert all(np.array_equal(first[part], again[part]) for part in first)
        equal = {np.array_equal(first[part], other[part]) for part in first}
        assert equal == {name in SERIES}  # time divides a series, not the seed


@pytest.mark.parametrize("name", DRAWN)
def test_parts_are_as_large_as_their_shares_say(name: str) -> None:
    dataset = make(name, test_fraction=0.3, validation_fraction=0.25)
    samples = loaded(make(name))
    parts = split_samples(dataset, samples, seed=7)
    count = len(samples.inputs)
    assert abs(len(parts.test) - 0.3 * count) <= 1
    assert abs(len(parts.validation) - 0.25 * (count - len(parts.test))) <= 1


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_has_its_share_of_every_part(name: str) -> None:
    dataset = make(name)
    samples = loaded(dataset)
    parts = split_samples(dataset, samples, seed=7)
    overall = np.bincount(samples.targets) / len(samples.targets)
    for rows in parts.rows.values():
        counts = np.bincount(samples.targets[rows], minlength=len(overall))
        assert np.abs(counts - overall * len(rows)).max() < 2  # each division rounds once


@pytest.mark.parametrize("name", TABLES)
class TestStandardisation:
    """Measured on the training part alone: validation and test must not leak into it."""

    def test_inputs_are_what_a_scaler_fitted_on_training_rows_makes_of_them(
        self, name: str
    ) -> None:
        dataset = make(name)
        samples = loaded(dataset)
        parts = split_samples(dataset, samples, seed=7)
        scaler = StandardScaler().fit(samples.inputs[parts.rows["train"]].astype(np.float64))
        for part, rows in (
            (parts.train, parts.rows["train"]),
            (parts.validation, parts.rows["validation"]),
            (parts.test, parts.rows["test"]),
        ):
            expected = scaler.transform(samples.inputs[rows].astype(np.float64))
            np.testing.assert_allclose(part.inputs, expected, rtol=1e-3, atol=1e-3)

    def test_switched_off_a_table_stays_as_it_is(self, name: str) -> None:
        samples = loaded(make(name))
        parts = split_samples(make(name, standardise=False), samples, seed=7)
        assert parts.input_scaling is None
        np.testing.assert_array_equal(parts.train.inputs, samples.inputs[parts.rows["train"]])


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_to_predict_are_standardised_by_the_training_part_alone(name: str) -> None:
    dataset = make(name)
    samples = loaded(dataset)
    parts = split_samples(dataset, samples, seed=7)
    known = samples.targets[parts.rows["train"]].astype(np.float64)
    expected = (samples.targets[parts.rows["test"]] - known.mean()) / known.std()
    np.testing.assert_allclose(parts.test.targets, expected, rtol=1e-4, atol=1e-5)
    assert abs(float(parts.train.targets.mean())) < 1e-5


@pytest.mark.parametrize("name", CLASSES)
def test_class_numbers_are_left_alone(name: str) -> None:
    dataset = make(name)
    parts = split_samples(dataset, loaded(dataset), seed=7)
    assert parts.target_scaling is None
    assert parts.train.targets.dtype == np.int32


def test_split_loads_and_divides_in_one_go() -> None:
    dataset = make(LOADABLE[0])
    apart = split_samples(dataset, loaded(dataset), seed=3)
    together = split(dataset, seed=3)
    np.testing.assert_array_equal(together.train.inputs, apart.train.inputs)
    np.testing.assert_array_equal(together.test.targets, apart.test.targets)
