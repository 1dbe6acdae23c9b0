"""Train, validation and test: who is in which part, and what the training part alone may teach."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlplay.datasets.base import (
    Dataset,
    Part,
    Samples,
    Scaling,
    Split,
    SplitDataset,
    TableDataset,
)
from dlplay.datasets.series import Rows, SeriesDataset
from dlplay.errors import UserError


def split(dataset: Dataset, seed: int) -> Split:
    """Load ``dataset`` and divide it, stratified by class; the same seed gives the same parts.

    Standardisation of inputs, and of a regression's targets, is measured on the training part.

    Raises:
        UserError: the samples are too few for three parts.
    """
    return split_samples(dataset, dataset.load(), seed)


def split_samples(dataset: Dataset, samples: Samples, seed: int) -> Split:
    """The same, for samples that are loaded already."""
    facts = samples.facts()
    parts = _parts(dataset, samples, seed)
    train = parts["train"]
    inputs, targets = samples.inputs, samples.targets
    input_scaling = target_scaling = None
    measured = isinstance(dataset, TableDataset | SeriesDataset) and dataset.standardise
    if measured and facts.kind in ("table", "series"):
        input_scaling = Scaling.of(inputs[train].reshape(-1, inputs.shape[-1]))
        inputs = input_scaling.apply(inputs)
    if facts.task == "regression":
        target_scaling = Scaling.of(targets[train])
        targets = target_scaling.apply(targets)
    train_part, validation_part, test_part = (
        Part(np.ascontiguousarray(inputs[r]), targets[r]) for r in parts.values()
    )
    naive = dataset.naive(parts) if isinstance(dataset, SeriesDataset) else None
    return Split(
        facts, train_part, validation_part, test_part, parts, input_scaling, target_scaling, naive
    )


def doubles(split: Split) -> int:
    """How many test samples also stand, value for value, in the training part."""
    known = {hash(sample.tobytes()) for sample in split.train.inputs}
    return sum(hash(sample.tobytes()) in known for sample in split.test.inputs)


def _parts(dataset: Dataset, samples: Samples, seed: int) -> Rows:
    """The rows of train, validation and test."""
    rows = np.arange(len(samples.inputs))
    if isinstance(dataset, SeriesDataset):
        if dataset.fold is not None:
            raise UserError(
                "A series is not cut into folds: what comes later would teach what came before",
                fix="Train it once, or with several seeds",
            )
        return dataset.divide(len(rows))
    stratify = dataset.stratify and samples.facts().task == "classification"
    classes = samples.targets if stratify else None
    if isinstance(dataset, SplitDataset):
        kept, test = _divide(rows, classes, dataset.test_fraction, seed)
    else:
        official = len(rows) - samples.official_test
        kept, test = rows[:official], rows[official:]
    train, validation = _hold_back(dataset, kept, classes, seed)
    return {"train": train, "validation": validation, "test": test}


def _hold_back(
    dataset: Dataset, rows: NDArray[np.intp], classes: NDArray[Any] | None, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Training and validation rows: a random share, or one of the folds of a cross-validation."""
    fold = dataset.fold
    if fold is None:
        return _divide(rows, classes, dataset.validation_fraction, seed)
    kept = None if classes is None else classes[rows]
    smallest = len(rows) if kept is None else int(np.unique(kept, return_counts=True)[1].min())
    if smallest < fold.of:
        raise UserError(
            "Expected at least one sample of every class in each fold",
            received=f"{fold.of} folds, {smallest} samples",
            fix="Use fewer folds, more samples, or switch stratification off",
        )
    from sklearn.model_selection import KFold, StratifiedKFold

    kind = KFold if kept is None else StratifiedKFold
    folds = list(kind(fold.of, shuffle=True, random_state=seed).split(rows, kept))
    training, validation = folds[fold.number - 1]
    return rows[training], rows[validation]


def _divide(
    rows: NDArray[np.intp], classes: NDArray[Any] | None, fraction: float, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Two parts of ``rows``, the second of size ``fraction``, ``classes`` in proportion."""
    # scikit-learn takes a second and 80 MB to import: the server's first page does without.
    from sklearn.model_selection import train_test_split

    kept_classes = None if classes is None else classes[rows]
    try:
        first, second = train_test_split(
            rows, test_size=fraction, random_state=seed, stratify=kept_classes
        )
    except ValueError as error:
        raise UserError(
            "Expected enough samples to hold some of every class back",
            received=f"{len(rows)} samples, {fraction:.0%} held back",
            fix="Use more samples, hold a larger share back, or switch stratification off",
        ) from error
    return first, second
