"""Data in plain code: where they come from, who learns from which, on what scale."""

from __future__ import annotations

import ast

from dlplay.architectures import Objective
from dlplay.catalogue import Task
from dlplay.datasets import Facts
from dlplay.datasets.base import Dataset, Fold, SplitDataset, TableDataset
from dlplay.datasets.series import SeriesDataset
from dlplay.experiment import Experiment
from dlplay.export.base import Section
from dlplay.plain import body_of

_SCALE = """
import numpy as np
{0}_mean = {1}.mean(axis=0, dtype="float64").astype("float32")
{0}_deviation = {1}.std(axis=0, dtype="float64")
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


def split_section(experiment: Experiment, facts: Facts) -> Section:
    """From ``X`` and ``y`` to ``train_x``, …, ``test_y`` as the network takes them."""
    dataset, objective = experiment.dataset, experiment.objective(facts)
    asked = experiment.architecture.task(facts)
    lines = (
        _chronological(dataset) if isinstance(dataset, SeriesDataset) else _drawn(dataset, facts)
    )
    measured = isinstance(dataset, TableDataset | SeriesDataset) and dataset.standardise
    if measured and facts.kind in ("table", "series"):
        lines += ["", "# Mean 0 and deviation 1, as measured on the training part alone"]
        if facts.kind == "series":
            lines.append("seen = train_x.reshape(-1, train_x.shape[-1])")
        lines += _scaled("x", "seen" if facts.kind == "series" else "train_x")
    if asked in ("regression", "forecast"):
        lines += ["", "# The same for what is predicted", *_scaled("y", "train_y")]
    lines += _as_floats(asked, facts) + _targets(objective)
    text = "One part to learn from, one to watch while learning, one kept for the end."
    return Section("Parts", text, "\n".join(lines))


def _scaled(name: str, measured: str) -> list[str]:
    """Inputs or targets on a scale measured on the training part."""
    return _SCALE.strip().format(name, measured).splitlines()


def _as_floats(asked: Task, facts: Facts) -> list[str]:
    """A network with a step of its own is given what it takes derivatives of."""
    if asked != "generation" or facts.kind != "image":
        return []
    return [
        "", "# Floats, since the slope at a pixel is asked for",
        'train_x, val_x, test_x = (part.astype("float32") for part in (train_x, val_x, test_x))',
    ]  # fmt: skip


def _targets(objective: Objective) -> list[str]:
    """Targets as the loss wants them."""
    if type(objective).encode is not Objective.encode:  # it makes targets of the inputs
        encoded = body_of(objective.encode, inputs="part", targets="None")
        return [
            *encoded.imports, *encoded.statements, "", "# What the network is to give back",
            "train_y, val_y, test_y = (", f"    {ast.unparse(encoded.returned)}",
            "    for part in (train_x, val_x, test_x)", ")",
        ]  # fmt: skip
    if objective.one_hot:
        return [
            "", "# Class numbers as rows with a single 1", "import numpy as np",
            f'classes = np.eye({objective.units}, dtype="float32")',
            "train_y, val_y, test_y = (classes[part] for part in (train_y, val_y, test_y))",
        ]  # fmt: skip
    if objective.units == 1:
        return [
            "", "# The network has one output: targets become a column of floats",
            "train_y, val_y, test_y = (",
            '    part.astype("float32")[:, None] for part in (train_y, val_y, test_y)', ")",
        ]  # fmt: skip
    return []


def _drawn(dataset: Dataset, facts: Facts) -> list[str]:
    """Parts that the seed draws."""
    lines = ["from sklearn.model_selection import train_test_split"]
    stratify = dataset.stratify and facts.task == "classification"
    known = ("X", "y")
    if isinstance(dataset, SplitDataset):
        known = ("known_x", "known_y")
        lines += _divide(("X", "y"), known, "test", dataset.test_fraction, stratify)
    parts = ("train_x", "train_y")
    if dataset.fold is None:
        return lines + _divide(known, parts, "val", dataset.validation_fraction, stratify)
    return lines + _fold(known, dataset.fold, stratify)


def _chronological(dataset: SeriesDataset) -> list[str]:
    """Parts in the order of time."""
    reach = dataset.reach()
    return [
        "import numpy as np",
        "# What comes first trains, what comes last tests; windows across a border are left out",
        "steps = len(values)",
        f"test_start = steps - round({dataset.test_fraction!r} * steps)",
        f"val_start = test_start - round({dataset.validation_fraction!r} * test_start)",
        "first = np.arange(len(X))",
        f"target = first + {reach - 1}  # the step that is to be forecast",
        "is_train = target < val_start",
        "is_val = (first >= val_start) & (target < test_start)",
        "is_test = first >= test_start",
        "train_x, val_x, test_x = (X[part] for part in (is_train, is_val, is_test))",
        "train_y, val_y, test_y = (y[part] for part in (is_train, is_val, is_test))",
    ]


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
