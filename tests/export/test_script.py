"""A script and its run: the same data, the same network, the same numbers."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import keras
import nbformat
import pytest
from PIL import Image

from dlplay import uploads
from dlplay.datasets import Facts, split
from dlplay.experiment import Experiment
from dlplay.export.base import Section
from dlplay.export.script import notebook, script, sections
from dlplay.layers import all_layers
from dlplay.presets import PRESETS
from dlplay.runs import Run, Store
from dlplay.training.compiling import metrics_of, outline
from dlplay.training.trainer import train
from tests.photo_zip import photo_zip

pytestmark = pytest.mark.xdist_group("export-script")

EPOCHS = 2
STEPS = 100
"""More than so many steps an epoch, and a preset's test is marked slow."""

SMALL = {
    "samples": 400, "most": 20_000, "length": 20,
    "test_fraction": 0.5, "validation_fraction": 0.5,
}  # fmt: skip
"""Of a preset's dataset, where it has such a field."""

NARROW = 1 / 16
"""Of the network's width, where it has one."""


@lru_cache(maxsize=1)
def outlined(values: str) -> tuple[Facts, keras.Model]:
    """An experiment's data and network."""
    experiment = Experiment.parse(values)
    parts = split(experiment.dataset, experiment.seed)
    return parts.facts, outline(experiment, parts.facts, len(parts.train))


def written(experiment: Experiment) -> list[Section]:
    """The experiment's program."""
    facts, model = outlined(experiment.to_json())
    metrics = metrics_of(experiment.architecture.task(facts), facts)
    return sections(experiment, facts, model, metrics)


def rounds_as_its_run(experiment: Experiment) -> bool:
    """Whether a script's numbers are its run's to the last bit. So they were found to be where no
    layer is written as another one, and with fewer than five convolutions; VGG-16's losses differ
    by 1.4e-4, for a reason that is not known."""
    layers = all_layers(outlined(experiment.to_json())[1])
    layers += [layer.forward_layer for layer in layers if hasattr(layer, "forward_layer")]
    few = sum(hasattr(layer, "kernel_size") and hasattr(layer, "kernel") for layer in layers) < 5
    return few and not any(hasattr(layer, "written_as") for layer in layers)


def trained(store: Store, experiment: Experiment) -> Run:
    """The run, at its end."""
    run = store.create(experiment)
    store.claim(run.id)
    return train(store, run)


def executed(text: str, folder: Path, name: str = "script.py") -> dict[str, Any]:
    """What a script leaves behind."""
    file = folder / name
    file.write_text(text)
    return runpy.run_path(str(file))


def assert_same(experiment: Experiment, store: Store, folder: Path) -> None:
    """Train both ways: losses equal to the last bit, scores to the precision of float32. Where
    that does not hold, losses to a thousandth, and of the test part's answers a hundredth may
    differ."""
    text = script("An experiment", written(experiment))
    bitwise = rounds_as_its_run(experiment)
    run, left = trained(store, experiment), executed(text, folder)
    last = {name: values[-1] for name, values in left["history"].items()}
    final, test = run.summary["final"], run.summary["test"]
    assert run.state == "finished"
    if not bitwise:
        for name in ("loss", "val_loss"):
            assert last[name] == pytest.approx(final[name], rel=1e-3)
        assert left["scores"] == pytest.approx(test, abs=0.01)
        return
    assert (last["loss"], last["val_loss"]) == (final["loss"], final["val_loss"])
    assert last == pytest.approx({name: final[name] for name in last}, rel=1e-6)
    assert left["scores"] == pytest.approx(test, rel=1e-5)


def preset_cases() -> list[Any]:
    """Every preset on few samples; those with many steps an epoch are slow, and one epoch of them
    is enough."""
    cases = []
    for name, preset in PRESETS.items():
        values = preset.experiment.dataset.model_dump()
        changes = [(f"dataset.{key}", least) for key, least in SMALL.items() if key in values]
        if "width_multiplier" in type(preset.experiment.architecture).model_fields:
            changes.append(("architecture.width_multiplier", NARROW))
            # Where the last digits differ, large steps would soon make them the first.
            changes.append(("training.optimizer.learning_rate", 1e-4))
        small = preset.experiment.changed(changes)
        slow = small.dataset.facts().samples / small.training.batch_size > STEPS
        marks = [pytest.mark.slow] if slow else []
        small = small.changed([("training.epochs", 1 if slow else EPOCHS)])
        cases.append(pytest.param(small, id=name, marks=marks))
    return cases


@pytest.mark.parametrize("experiment", preset_cases())
def test_the_script_of_every_preset_is_clean_and_reproduces_the_numbers_of_its_run(
    experiment: Experiment, store: Store, tmp_path: Path
) -> None:
    assert_same(experiment, store, tmp_path)
    check = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=E,W,F,I,B,UP"]
    file = str(tmp_path / "script.py")
    ended = subprocess.run([*check, "--ignore=B905", file], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


SGD = {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True}


@pytest.mark.parametrize(
    "values",
    [
        {
            "training": {
                "schedule": {"name": "cosine", "warmup_epochs": 2, "final": 0.1}, "loss": "mse",
                "optimizer": {"name": "adagrad"},
            },
            "regularisation": {"l1": 1e-4, "l2": 1e-3, "dropout": 0.3, "batch_norm": True},
        },
        {
            "training": {
                "schedule": {"name": "step", "every": 2}, "loss": "kl divergence",
                "optimizer": SGD,
            },
            "regularisation": {"weight_decay": 0.01},
        },
        {
            "training": {"schedule": {"name": "exponential"}, "optimizer": {"name": "rmsprop"}},
            "regularisation": {"prior_sigma": 0.5},
        },
        {
            "dataset": {"name": "wine", "stratify": False, "standardise": False}, "seed": 3,
            "architecture": {
                "name": "mlp", "activation": "leaky relu", "units": [8, 8],
                "initialiser": "orthogonal",
            },
            "training": {
                "schedule": {"name": "constant", "warmup_epochs": 2},
                "loss": "binary cross-entropy", "optimizer": {"name": "adamw"},
            },
        },
        {"dataset": {"name": "breast-cancer"}, "training": {"loss": "mse"}},
    ],
    ids=["cosine", "step", "exponential", "warm-up", "one-hot"],
)  # fmt: skip
def test_whatever_is_chosen_on_the_form_is_in_the_script(
    values: dict[str, Any], store: Store, tmp_path: Path
) -> None:
    base = {"dataset": {"name": "iris"}, "architecture": {"name": "mlp"}, **values}
    training = {"epochs": 4, "batch_size": 32, **values.get("training", {})}
    assert_same(Experiment.parse(base | {"training": training}), store, tmp_path)


def test_early_stopping_ends_a_script_when_it_ended_the_run(store: Store, tmp_path: Path) -> None:
    experiment = Experiment.parse(
        {
            "dataset": {"name": "moons"},
            "architecture": {"name": "mlp"},
            "training": {
                "epochs": 60,
                "optimizer": {"name": "adam", "learning_rate": 0.3},
                "early_stopping": {"patience": 3},
            },
        }
    )
    run = trained(store, experiment)
    left = executed(script("Stops early", written(experiment)), tmp_path)
    assert len(left["history"]["loss"]) == run.summary["epochs"] < 60
    assert left["scores"] == pytest.approx(run.summary["test"], rel=1e-5)


def test_augmented_images_are_changed_in_the_same_way(store: Store, tmp_path: Path) -> None:
    experiment = Experiment.parse(
        {
            "dataset": {"name": "digits"},
            "architecture": {"name": "cnn-small", "padding": "same"},
            "regularisation": {"augment": ["flip", "shift", "rotate", "zoom"], "dropout": 0.2},
            "training": {"epochs": EPOCHS, "batch_size": 256},
        }
    )
    assert_same(experiment, store, tmp_path)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_table_of_ones_own_is_read_from_a_path_at_the_top(
    task: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{i},5;{i % 7};{'red' if i % 3 else 'blue'};{i % 2};" for i in range(80)]
    content = "\n".join([" a ;size;colour;answer;row", *rows]).encode("utf-8-sig")
    dataset = {
        "name": "csv", "file": uploads.keep(content), "target": "answer", "ignore": ["row"],
        "task": task,
    }  # fmt: skip
    experiment = Experiment.parse(
        {
            "dataset": dataset,
            "architecture": {"name": "mlp"},
            "training": {"epochs": EPOCHS, "batch_size": 16},
        }
    )
    (tmp_path / "table.csv").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    assert 'FILE = "table.csv"' in script("Mine", written(experiment))[:1000]
    assert_same(experiment, store, tmp_path)


def test_pictures_of_ones_own_are_read_from_a_zip_but_for_those_left_out(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = BytesIO(photo_zip())
    with ZipFile(content, "a") as archive:
        archive.writestr("palace/broken.jpg", b"no picture")
        archive.writestr("palace/copy.jpg", archive.read("palace/0.jpg"))
        picture = BytesIO()
        Image.new("RGBA", (300, 200), (200, 40, 40, 100)).save(picture, "PNG")
        archive.writestr("flower/glass.png", picture.getvalue())
    name = uploads.keep(content.getvalue())
    experiment = Experiment.parse(
        {
            "dataset": {"name": "image-folder", "file": name, "side": 32},
            "architecture": {"name": "cnn-small", "padding": "same"},
            "training": {"epochs": EPOCHS, "batch_size": 8},
        }
    )
    (tmp_path / "pictures.zip").write_bytes(content.getvalue())
    monkeypatch.chdir(tmp_path)
    assert_same(experiment, store, tmp_path)


@pytest.fixture(scope="module")
def program() -> list[Section]:
    """The first preset's program, one epoch."""
    first = next(iter(PRESETS.values())).experiment
    return written(first.changed([("training.epochs", 1)]))


def test_a_script_is_plain_keras_and_says_where_data_and_network_come_from(
    program: list[Section],
) -> None:
    text = script("A title", program)
    experiment = next(iter(PRESETS.values())).experiment
    words = " ".join(text.replace("\n# ", " ").split())
    assert text.startswith("# A title\n")
    assert experiment.dataset.card.source in words
    assert experiment.architecture.card.source in words
    assert not [line for line in text.splitlines() if "import dlplay" in line]
    assert max(map(len, text.splitlines())) <= 88


def test_a_note_stands_at_the_head_of_both(program: list[Section]) -> None:
    assert script("A title", program, "Nota bene.").splitlines()[2] == "# Nota bene."
    first = json.loads(notebook("A title", program, "Nota bene."))["cells"][0]["source"]
    assert "".join(first).endswith("by dlplay. Nota bene.")


def test_a_notebook_is_valid_and_its_cells_are_the_script(
    program: list[Section], store: Store, tmp_path: Path
) -> None:
    text = notebook("A title", program)
    nbformat.validate(nbformat.reads(text, as_version=4))
    cells = json.loads(text)["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    left = executed("\n\n".join(code), tmp_path)
    assert left["scores"] == executed(script("A title", program), tmp_path)["scores"]
