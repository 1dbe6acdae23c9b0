"""The engine against Keras' own ``fit``: the same numbers, to the last bit, over the catalogue."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import Any, get_args

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from dlplay.architectures import ARCHITECTURES
from dlplay.catalogue import Task
from dlplay.datasets import DATASETS, Dataset, split
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.training.compiling import build_model
from dlplay.training.engine import Engine
from tests.architectures.narrow import narrow

pytestmark = pytest.mark.xdist_group("training-engine")

EPOCHS, BATCH, SAMPLES = 2, 32, 150
REGULARISED = {"l1": 1e-4, "l2": 1e-3, "dropout": 0.3, "batch_norm": True, "weight_decay": 1e-3}

ROUNDED = {"gru"}
"""Its loop is one of ours, which TensorFlow optimises otherwise within the engine's: the last
digit may differ."""


def fitting_dataset(architecture: str, task: Task) -> Dataset | None:
    """The first bundled dataset that the network takes."""
    network = ARCHITECTURES[architecture].model_validate(narrow(architecture))
    for dataset in (cls(name=name) for name, cls in DATASETS.items() if cls.tasks == (task,)):
        if dataset.origin() == "bundled":
            with suppress(UserError):
                network.check(dataset.facts())
                return dataset
    return None


FITTING = [
    pytest.param(name, dataset, regularisation, id=f"{name}-{dataset.name}-{kind}")
    for name, network in ARCHITECTURES.items()
    for dataset in (fitting_dataset(name, task) for task in get_args(Task))
    if dataset is not None
    for kind, regularisation in {"plain": {}, "regularised": REGULARISED}.items()
    if kind == "regularised" or not network.normalises  # such a network is never plain
]


def compiled(experiment: Experiment) -> tuple[keras.Model, list[tuple[Any, Any]]]:
    """A fresh model, and the arrays of training and validation: few, the last batch short."""
    parts = split(experiment.dataset, experiment.seed)
    encode = experiment.objective(parts.facts).encode
    arrays = [
        (part.inputs[:SAMPLES], encode(part.inputs[:SAMPLES], part.targets[:SAMPLES]))
        for part in (parts.train, parts.validation)
    ]
    return build_model(experiment, parts.facts, len(arrays[0][0])), arrays


def as_input(samples: NDArray[Any]) -> NDArray[Any]:
    """What a program that calls ``fit`` passes: pixels as floats."""
    return samples.astype(np.float32) if samples.dtype == np.uint8 else samples


def fit(experiment: Experiment) -> list[dict[str, float]]:
    """What ``fit(shuffle=False)`` reports, epoch by epoch."""
    model, ((x, y), validation) = compiled(experiment)
    history = model.fit(
        as_input(x), y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0,
        validation_data=(as_input(validation[0]), validation[1]),
        validation_batch_size=BATCH,
    ).history  # fmt: skip
    return [{name: values[e] for name, values in history.items()} for e in range(EPOCHS)]


def engine_epochs(experiment: Experiment) -> list[dict[str, float]]:
    """What the engine reports, epoch by epoch, in the same order of samples."""
    model, (train, validation) = compiled(experiment)
    engine = Engine(model, train, validation, batch_size=BATCH, shuffle=False)
    return [list(engine.run_epoch(epoch))[-1].values for epoch in range(EPOCHS)]


@pytest.mark.parametrize(("architecture", "dataset", "regularisation"), FITTING)
def test_every_network_trains_to_the_very_numbers_of_fit(
    architecture: str, dataset: Dataset, regularisation: dict[str, Any]
) -> None:
    experiment = Experiment.parse(
        {
            "dataset": dataset.model_dump(),
            "architecture": narrow(architecture),
            "regularisation": regularisation,
        }
    )
    pairs = zip(engine_epochs(experiment), fit(experiment), strict=True)
    for ours, theirs in pairs:
        assert ours == (pytest.approx(theirs, rel=1e-6) if architecture in ROUNDED else theirs)


def test_augmentation_draws_the_very_changes_of_fit() -> None:
    experiment = Experiment.parse(
        {
            "dataset": {"name": "mnist-5k"},
            "architecture": {"name": "cnn-small"},
            "regularisation": {"augment": ["flip", "shift", "rotate", "zoom"]},
        }
    )
    assert engine_epochs(experiment) == fit(experiment)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "rmsprop", "adagrad"])
def test_every_optimiser_follows_its_schedule_as_in_fit(optimizer: str) -> None:
    experiment = Experiment.parse(
        {
            "dataset": {"name": "moons"},
            "architecture": {"name": "mlp"},
            "regularisation": {"weight_decay": 0.01},
            "training": {
                "optimizer": {"name": optimizer, "learning_rate": 0.05},
                "schedule": {"name": "cosine", "warmup_epochs": 1},
                "epochs": EPOCHS,
                "batch_size": BATCH,
            },
        }
    )
    assert engine_epochs(experiment) == fit(experiment)


@pytest.mark.parametrize(
    "loss", ["mse", "binary cross-entropy", "categorical cross-entropy", "kl divergence"]
)
@pytest.mark.parametrize("dataset", ["moons", "iris"])
def test_every_loss_means_what_it_means_in_fit(loss: str, dataset: str) -> None:
    experiment = Experiment.parse(
        {
            "dataset": {"name": dataset},
            "architecture": {"name": "mlp"},
            "training": {"loss": loss},
        }
    )
    assert engine_epochs(experiment) == fit(experiment)


def moons_engine(**options: Any) -> Engine:
    """An engine on points in the plane."""
    experiment = Experiment.parse({"dataset": {"name": "moons"}, "architecture": {"name": "mlp"}})
    model, (train, validation) = compiled(experiment)
    return Engine(model, train, validation, batch_size=BATCH, **options)


def test_the_order_of_an_epoch_depends_on_seed_and_epoch_alone() -> None:
    engine = moons_engine(seed=7)
    again, other_seed = moons_engine(seed=7), moons_engine(seed=8)
    assert sorted(engine.order(3)) == list(range(SAMPLES))
    assert np.array_equal(engine.order(3), again.order(3))
    assert not np.array_equal(engine.order(3), engine.order(4))
    assert not np.array_equal(engine.order(3), other_seed.order(3))


def test_calls_cover_every_step_once_however_many_steps_a_call_makes() -> None:
    engine = moons_engine()
    first = list(engine.run_epoch(0))
    second = list(engine.run_epoch(1))
    assert [progress.step for progress in first][-1] == engine.steps == 5
    assert all(a.step < b.step for a, b in pairwise(first))
    assert len(second) <= len(first)
    assert first[-1].is_epoch_end
    assert "val_loss" in first[-1].values


def test_the_step_at_which_the_loss_stops_being_a_number_is_told() -> None:
    experiment = Experiment.parse({"dataset": {"name": "plane"}, "architecture": {"name": "mlp"}})
    model, (train, validation) = compiled(experiment)
    targets = train[1].copy()
    targets[BATCH * 2 + 3] = np.nan  # the third batch, when nothing is shuffled
    engine = Engine(model, (train[0], targets), validation, batch_size=BATCH, shuffle=False)
    last = list(engine.run_epoch(0))[-1]
    assert last.first_bad_step == 2


def test_evaluation_equals_keras_evaluate() -> None:
    experiment = Experiment.parse({"dataset": {"name": "wine"}, "architecture": {"name": "mlp"}})
    model, (train, validation) = compiled(experiment)
    engine = Engine(model, train, validation, batch_size=BATCH)
    ours = engine.evaluate(*validation)
    theirs = model.evaluate(*validation, batch_size=BATCH, verbose=0, return_dict=True)
    assert ours == pytest.approx(theirs, abs=1e-6)
