"""Data in plain code: where they come from, who learns from which, on what scale."""

from __future__ import annotations

from dlplay.architectures import Objective
from dlplay.datasets import Facts
from dlplay.datasets.base import Dataset, Fold, SplitDataset, TableDataset
from dlplay.export.base import Section

_SCALE = """
import numpy as np
{0}_mean = train_{0}.mean(axis=0, dtype="float64").astype("float32")
{0}_deviation = train_{0}.std(axis=0, dtype="float64")
{0}_deviation = np.where({0}_deviation < 1e-12, 1.0, {0}_deviation).astype("float32")
train_{0}, val_{0}, test_{0} = (
    (part - {0}_mean) / {0}_deviation for part in (train_{0}, val_{0}, test_{0})
)"""


def data_section(dataset: Dataset) -> Section:
    """All samples, in ``X`` and ``y``."""
    card = dataset.card
    licence = f" Licence: {card.licence}." if card.licence else ""
    text = f"{card.summary} Source: {card.source}.{licence}"
    return Section(f"Data: {card.title}", text, dataset.code())


def split_section(dataset: Dataset, facts: Facts, objective: Objective) -> Section:
    """From ``X`` and ``y`` to ``train_x``, …, ``test_y`` as the network takes them."""
    lines = ["from sklearn.model_selection import train_test_split"]
    stratify = dataset.stratify and facts.task == "classification"
    known = ("X", "y")
    if isinstance(dataset, SplitDataset):
        known = ("known_x", "known_y")
        lines += _divide(("X", "y"), known, "test", dataset.test_fraction, stratify)
    parts = ("train_x", "train_y")
    if dataset.fold is None:
        lines += _divide(known, parts, "val", dataset.validation_fraction, stratify)
    else:
        lines += _fold(known, dataset.fold, stratify)
    if isinstance(dataset, TableDataset) and dataset.standardise and facts.kind == "table":
        lines += ["", "# Mean 0 and deviation 1, as measured on the training part alone"]
        lines += _SCALE.strip().format("x").splitlines()
    if facts.task == "regression":
        lines += ["", "# The same for what is predicted", *_SCALE.strip().format("y").splitlines()]
    if objective.one_hot:
        lines += [
            "", "# Class numbers as rows with a single 1", "import numpy as np",
            f'classes = np.eye({objective.units}, dtype="float32")',
            "train_y, val_y, test_y = (classes[part] for part in (train_y, val_y, test_y))",
        ]  # fmt: skip
    elif objective.units == 1:
        lines += [
            "", "# The network has one output: targets become a column of floats",
            "train_y, val_y, test_y = (",
            '    part.astype("float32")[:, None] for part in (train_y, val_y, test_y)', ")",
        ]  # fmt: skip
    text = "One part to learn from, one to watch while learning, one kept for the end."
    return Section("Parts", text, "\n".join(lines))


def _divide(
    whole: tuple[str, str], kept: tuple[str, str], part: str, fraction: float, stratify: bool
) -> list[str]:
    options = f"{whole[0]}, {whole[1]}, test_size={fraction!r}, random_state=SEED"
    options += f", stratify={whole[1]}" if stratify else ""
    names = f"{kept[0]}, {part}_x, {kept[1]}, {part}_y"
    return [f"{names} = train_test_split(", f"    {options}", ")"]


def _fold(whole: tuple[str, str], fold: Fold, stratify: bool) -> list[str]:
    """One part of a cross-validation to watch, the others to learn from."""
    kind = "StratifiedKFold" if stratify else "KFold"
    x, y = whole
    return [
        "", f"# Fold {fold.number} of {fold.of}", f"from sklearn.model_selection import {kind}",
        f"folds = list({kind}({fold.of}, shuffle=True, random_state=SEED).split({x}, {y}))",
        f"learn, watch = folds[{fold.number - 1}]",
        f"train_x, val_x, train_y, val_y = {x}[learn], {x}[watch], {y}[learn], {y}[watch]",
    ]  # fmt: skip
