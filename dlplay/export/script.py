"""An experiment as a program in plain Keras: a script or a notebook."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from dlplay.datasets import Facts
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.export.base import Section
from dlplay.export.data import data_section, split_section
from dlplay.export.definitions import Definitions
from dlplay.export.expressions import Expressions
from dlplay.export.fitting import test_section, training_section
from dlplay.export.graph import network_code

if TYPE_CHECKING:
    import keras

_DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def sections(
    experiment: Experiment,
    facts: Facts,
    model: keras.Model,
    metrics: Sequence[str | keras.metrics.Metric],
) -> list[Section]:
    """The whole program, in order.

    Args:
        facts: of the experiment's dataset.
        model: the experiment's network; its layers are what is written down.
        metrics: what is measured beside the loss.

    Raises:
        UserError: a part of it cannot be said in plain code.
    """
    if experiment.architecture.tuning():
        raise UserError(
            "Fine-tuning is a second training, which the program does not have",
            fix="Switch it off, or train here and take the trained network away",
        )
    objective, definitions = experiment.objective(facts), Definitions()
    expressions = Expressions(definitions)
    network = _network_section(experiment, model, expressions)
    training = training_section(experiment, objective, metrics, expressions)
    own = definitions.code()
    parts = [
        data_section(experiment.dataset),
        split_section(experiment, facts),
        *([Section("Layers of our own", "What Keras does not have.", own)] if own else []),
        network,
        *_features_sections(experiment),
        training,
        test_section(experiment, facts),
    ]
    return _gathered(experiment, parts, {"import keras", *definitions.imports})


def _network_section(
    experiment: Experiment, model: keras.Model, expressions: Expressions
) -> Section:
    card = experiment.architecture.card
    text = f"{card.summary} Source: {card.source}."
    sigma = experiment.regularisation.prior_sigma
    if sigma is not None:
        text += f" The L2 penalty is what a Gaussian prior of deviation {sigma:g} comes to."
    code = network_code(model, expressions)
    layers = "from keras import layers\n" if "layers." in code else ""
    lines = [f"{layers}{code}", experiment.architecture.weights_code(), "model.summary()"]
    return Section(f"Network: {card.title}", text, "\n".join(filter(None, lines)))


def _features_sections(experiment: Experiment) -> list[Section]:
    """What a frozen part says of every sample, once, if no epoch changes the samples."""
    layer = experiment.architecture.frozen_part
    if not layer or experiment.regularisation.augment:
        return []
    code = f"""
frozen = keras.Model(model.input, model.get_layer("{layer}").output)
train_x, val_x, test_x = (
    frozen.predict(x, verbose=0) for x in (train_x, val_x, test_x)
)
model = keras.Model(frozen.output, model.output, name="head")
""".strip()
    text = (
        "The frozen layers say the same of a sample in every epoch: they are asked once, and the "
        "rest of the network learns from their answers."
    )
    return [Section("Features", text, code)]


def _gathered(
    experiment: Experiment, parts: Sequence[Section], imports: set[str]
) -> list[Section]:
    """The parts after a first one that has all their imports and constants."""
    constants = [
        f"SEED = {experiment.seed}",
        f"EPOCHS = {experiment.training.epochs}",
        f"BATCH_SIZE = {experiment.training.batch_size}",
    ]
    kept = []
    for part in parts:
        lines = part.code.splitlines()
        imports |= {line for line in lines if line.startswith(("import ", "from "))}
        constants += [line for line in lines if _is_constant(line)]
        rest = "\n".join(line for line in lines if line not in {*imports, *constants})
        kept.append(Section(part.title, part.text, rest.strip()))
    lines = [*_ordered(imports), "", *constants, "", "keras.utils.set_random_seed(SEED)"]
    needed = f"pip install {' '.join(_requirements(imports))}"
    text = f"The seed fixes every draw. What it needs: `{needed}`"
    return [Section("Settings", text, "\n".join(lines)), *kept]


def _is_constant(line: str) -> bool:
    name = line.partition(" = ")[0]
    return len(name) > 1 and name.isidentifier() and name.isupper()


def _ordered(imports: set[str]) -> list[str]:
    """Import statements as people order them, the standard library's first."""
    ordered = sorted(_joined(imports), key=lambda line: (line.startswith("from"), line.split()[1]))
    ours = [line for line in ordered if _package(line) in sys.stdlib_module_names]
    others = [line for line in ordered if line not in ours]
    return [*ours, "", *others] if ours else others


def _joined(imports: set[str]) -> set[str]:
    """Names that come from the same module in one statement."""
    names: dict[str, set[str]] = {}
    for line in imports:
        if line.startswith("from "):
            module, _, name = line.partition(" import ")
            names.setdefault(module, set()).update(name.split(", "))
    others = {line for line in imports if not line.startswith("from ")}
    return others | {f"{module} import {', '.join(_sorted(n))}" for module, n in names.items()}


def _sorted(names: set[str]) -> list[str]:
    """Constants, then classes, then functions."""
    return sorted(names, key=lambda name: (not name.isupper(), name.islower(), name))


def _package(statement: str) -> str:
    return statement.split()[1].partition(".")[0]


def _requirements(imports: set[str]) -> list[str]:
    """What to install, in the versions that trained here."""
    packages = {_package(line) for line in imports} - sys.stdlib_module_names | {"tensorflow"}
    found = []
    for package in sorted(packages):
        name = _DISTRIBUTIONS.get(package, package)
        try:
            found.append(f"{name}=={version(name)}")
        except PackageNotFoundError:
            found.append(name)
    return found


def script(title: str, parts: Sequence[Section], note: str = "") -> str:
    """The program as a file of Python, with a note at its head."""
    lines = [f"# {title}", "# Plain Keras, written by dlplay from the network it had built."]
    lines += [f"# {line}" for line in textwrap.wrap(note, 86)]
    for part in parts:
        lines += ["", "", f"# {part.title}", "#"]
        lines += [f"# {line}" for line in textwrap.wrap(part.text, 86, break_on_hyphens=False)]
        lines += ["", part.code]
    return "\n".join(lines) + "\n"


def notebook(title: str, parts: Sequence[Section], note: str = "") -> str:
    """The program as a Jupyter notebook, format 4.5, with a note at its head."""
    cells = [_cell("start", f"# {title}\n\nPlain Keras, written by dlplay. {note}".rstrip())]
    for number, part in enumerate(parts, 1):
        cells.append(_cell(f"text-{number}", f"## {part.title}\n\n{part.text}"))
        code: dict[str, Any] = {"execution_count": None, "outputs": []}
        cells.append(_cell(f"code-{number}", part.code, "code") | code)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    language = {"name": "python", "version": sys.version.split()[0]}
    values = {
        "cells": cells, "metadata": {"kernelspec": kernel, "language_info": language},
        "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def _cell(key: str, source: str, kind: str = "markdown") -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    return {"cell_type": kind, "id": key, "metadata": {}, "source": lines}
