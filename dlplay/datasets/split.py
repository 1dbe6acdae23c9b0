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
    rows = np.arange(len(samples.inputs))
    stratify = dataset.stratify and facts.task == "classification"
    classes = samples.targets if stratify else None
    if isinstance(dataset, SplitDataset):
        kept, test = _divide(rows, classes, dataset.test_fraction, seed)
    else:
        official = len(rows) - samples.official_test
        kept, test = rows[:official], rows[official:]
    train, validation = _divide(kept, classes, dataset.validation_fraction, seed)
    parts = {"train": train, "validation": validation, "test": test}
    inputs, targets = samples.inputs, samples.targets
    input_scaling = target_scaling = None
    if isinstance(dataset, TableDataset) and dataset.standardise and facts.kind == "table":
        input_scaling = Scaling.of(inputs[train])
        inputs = input_scaling.apply(inputs)
    if facts.task == "regression":
        target_scaling = Scaling.of(targets[train])
        targets = target_scaling.apply(targets)
    train_part, validation_part, test_part = (
        Part(np.ascontiguousarray(inputs[r]), targets[r]) for r in parts.values()
    )
    return Split(
        facts, train_part, validation_part, test_part, parts, input_scaling, target_scaling
    )


def doubles(split: Split) -> int:
    """How many test samples also stand, value for value, in the training part."""
    known = {sample.tobytes() for sample in split.train.inputs}
    return sum(sample.tobytes() in known for sample in split.test.inputs)


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
