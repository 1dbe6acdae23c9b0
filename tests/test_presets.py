"""The presets: what the articles' programs do, and failures that are failures for their reason."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dlplay.datasets import split
from dlplay.presets import PRESETS

every = pytest.mark.parametrize("name", PRESETS)


def flat(name: str) -> dict[str, Any]:
    """A preset's values by dotted path."""
    return PRESETS[name].experiment.flat()


@every
class TestEveryPreset:
    """Whatever it is about."""

    def test_its_name_is_kebab_case_and_it_says_what_to_look_at(self, name: str) -> None:
        preset = PRESETS[name]
        assert preset.name == name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert preset.title
        assert preset.summary.endswith(".")

    def test_its_network_loss_and_data_fit_each_other(self, name: str) -> None:
        experiment = PRESETS[name].experiment
        experiment.check(experiment.dataset.facts())

    def test_it_needs_no_download_and_can_be_split(self, name: str) -> None:
        experiment = PRESETS[name].experiment
        assert experiment.dataset.origin() == "bundled"
        parts = split(experiment.dataset, experiment.seed)
        assert min(len(parts.train), len(parts.validation), len(parts.test)) > 0


def test_the_names_the_checks_use_are_there() -> None:
    assert {
        "iris-mlp", "mnist-lenet-5", "mnist-cnn-deep", "mnist-cnn-small", "spirals-mlp",
        "xor-perceptron", "diabetes-regression",
    } <= set(PRESETS)  # fmt: skip


def test_a_newcomer_meets_iris_first() -> None:
    assert next(iter(PRESETS)) == "iris-mlp"


def assert_values(name: str, **expected: Any) -> None:
    """Compare values by path, its dots written as double underscores."""
    values = flat(name)
    wanted = {path.replace("__", "."): value for path, value in expected.items()}
    assert {path: values.get(path) for path in wanted} == wanted


PLAIN_ADAM = {
    "training__optimizer__name": "adam", "training__optimizer__learning_rate": 0.001,
    "training__schedule__name": "constant", "training__schedule__warmup_epochs": 0,
    "training__early_stopping": None, "regularisation__l1": 0.0, "regularisation__l2": 0.0,
    "regularisation__weight_decay": 0.0, "regularisation__batch_norm": False,
    "regularisation__augment": [], "regularisation__prior_sigma": None, "seed": 42,
}  # fmt: skip
"""What ``optimizer="adam"`` and nothing else means in the articles' programs."""


def test_iris_is_the_program_of_the_second_article() -> None:
    assert_values(
        "iris-mlp", **PLAIN_ADAM, dataset__name="iris", dataset__test_fraction=0.2,
        dataset__standardise=True, architecture__name="mlp", architecture__units=[10],
        architecture__activation="relu", architecture__initialiser="glorot_uniform",
        regularisation__dropout=0.0, training__batch_size=16, training__epochs=100,
    )  # fmt: skip


def test_iris_trains_for_three_classes_with_softmax_and_crossentropy() -> None:
    experiment = PRESETS["iris-mlp"].experiment
    objective = experiment.objective(experiment.dataset.facts())
    assert (objective.units, objective.activation) == (3, "softmax")
    assert objective.loss == "sparse_categorical_crossentropy"


def test_lenet_is_the_program_of_the_third_article() -> None:
    assert_values(
        "mnist-lenet-5", **PLAIN_ADAM, dataset__name="mnist-5k", architecture__name="lenet-5",
        architecture__activation="relu", architecture__pooling="max",
        architecture__padding="valid", regularisation__dropout=0.0, training__batch_size=128,
        training__epochs=10,
    )  # fmt: skip


def test_the_deep_cnn_is_the_program_of_the_first_article() -> None:
    assert_values(
        "mnist-cnn-deep", **PLAIN_ADAM, dataset__name="mnist-5k", dataset__validation_fraction=0.2,
        architecture__name="cnn-deep", architecture__activation="relu",
        architecture__padding="valid", regularisation__dropout=0.5, training__batch_size=32,
        training__epochs=5, training__loss="categorical cross-entropy",
    )  # fmt: skip


def test_the_small_cnn_is_the_program_of_the_fifth_article() -> None:
    assert_values(
        "mnist-cnn-small", **PLAIN_ADAM, dataset__name="mnist-5k", architecture__name="cnn-small",
        architecture__activation="relu", architecture__padding="valid",
        regularisation__dropout=0.0, training__batch_size=32, training__epochs=10,
    )  # fmt: skip


def test_each_failure_has_the_cause_its_title_names() -> None:
    assert flat("rate-too-high")["training.optimizer.learning_rate"] >= 1.0
    deep = flat("sigmoid-too-deep")
    assert deep["architecture.activation"] == "sigmoid"
    assert len(deep["architecture.units"]) >= 6
    by_heart = flat("no-regularisation")
    assert by_heart["dataset.samples"] <= 100
    assert all(not value for path, value in by_heart.items() if path.startswith("regularisation."))


def test_xor_without_noise_is_given_to_a_network_without_hidden_layers() -> None:
    assert_values(
        "xor-perceptron", dataset__name="xor", dataset__noise=0.0,
        architecture__name="perceptron",
    )  # fmt: skip
    assert "no straight line" in PRESETS["xor-perceptron"].summary


def test_transfer_starts_from_photos_with_nothing_but_a_new_last_layer() -> None:
    assert_values(
        "digits-transfer", **PLAIN_ADAM, architecture__name="transfer", architecture__units=[],
        architecture__fine_tuning=None, training__epochs=10,
    )  # fmt: skip


def test_a_regression_is_among_them() -> None:
    assert PRESETS["diabetes-regression"].experiment.dataset.facts().task == "regression"
