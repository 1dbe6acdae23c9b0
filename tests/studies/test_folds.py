"""Cross-validation: folds that do not overlap, against scikit-learn, and their band."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold, train_test_split

from dlplay.datasets import split
from dlplay.datasets.series import SeriesDataset
from dlplay.errors import UserError
from dlplay.export.data import split_section
from dlplay.presets import PRESETS
from dlplay.runs import Point, Store, groups
from dlplay.studies import folds
from dlplay.studies.figures import band_info

FIRST = next(iter(PRESETS.values())).experiment


def test_folds_are_runs_whose_validation_parts_make_up_all_but_the_test_set(
    store: Store,
) -> None:
    group = folds.create(store, FIRST, 4)
    runs = groups.members(store, group.id)
    assert [run.part["fold"] for run in runs] == [1, 2, 3, 4]
    parts = [split(run.experiment.dataset, run.experiment.seed) for run in runs]
    tests = {tuple(part.rows["test"]) for part in parts}
    assert len(tests) == 1
    validated = np.concatenate([part.rows["validation"] for part in parts])
    assert len(validated) == len(set(validated))
    everyone = set(range(parts[0].facts.samples))
    assert set(validated) == everyone - set(tests.pop())
    for part in parts:
        assert not set(part.rows["train"]) & set(part.rows["validation"])


def test_folds_are_those_of_scikit_learn() -> None:
    dataset = FIRST.changed([("dataset.fold.number", 2), ("dataset.fold.of", 3)]).dataset
    targets = dataset.load().targets
    kept, _ = train_test_split(
        np.arange(len(targets)), test_size=0.2, random_state=7, stratify=targets
    )
    oracle = StratifiedKFold(3, shuffle=True, random_state=7).split(kept, targets[kept])
    training, validation = list(oracle)[1]
    rows = split(dataset, 7).rows
    assert np.array_equal(rows["train"], kept[training])
    assert np.array_equal(rows["validation"], kept[validation])


@pytest.mark.parametrize("stratify", [True, False])
def test_exported_code_cuts_the_same_fold(stratify: bool) -> None:
    fold = [("dataset.fold.number", 2), ("dataset.fold.of", 3), ("dataset.stratify", stratify)]
    wanted = FIRST.changed(fold)
    samples = wanted.dataset.load()
    written = split_section(wanted, samples.facts()).code
    names: dict[str, Any] = {"X": samples.inputs, "y": samples.targets, "SEED": wanted.seed}
    exec(written, names)
    parts = split(wanted.dataset, wanted.seed)
    assert np.allclose(names["train_x"], parts.train.inputs, atol=1e-6)
    assert np.allclose(names["val_x"], parts.validation.inputs, atol=1e-6)


def test_folds_that_cannot_be_are_sentences(store: Store) -> None:
    with pytest.raises(UserError, match="from 2 to 20 folds"):
        folds.create(store, FIRST, 1)
    with pytest.raises(UserError, match="a fold from 1 to 3"):
        FIRST.changed([("dataset.fold.of", 3), ("dataset.fold.number", 4)])


def test_a_series_is_not_cut_into_folds(store: Store) -> None:
    series = next(
        p.experiment for p in PRESETS.values() if isinstance(p.experiment.dataset, SeriesDataset)
    )
    with pytest.raises(UserError, match="what comes later would teach"):
        folds.create(store, series, 3)
    assert groups.listed(store) == []


def test_a_band_is_the_mean_and_deviation_at_the_epochs_all_curves_have() -> None:
    losses = np.array([[3.0, 2.0, 1.0], [5.0, 2.0, 2.0]])
    curves = [
        [Point(n + 1.0, 0.0, {"val_loss": loss}) for n, loss in enumerate(row)] for row in losses
    ]
    curves[0].append(Point(4.0, 0.0, {"val_loss": 9.0}))
    band = band_info(curves, "val_loss")
    assert list(band.epochs) == [1, 2, 3]
    assert np.allclose(band.mean, losses.mean(axis=0))
    assert np.allclose(band.deviation, losses.std(axis=0, ddof=1))
