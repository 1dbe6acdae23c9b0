"""The one description of a run: both ways through JSON and links, and its errors in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from dlplay.architectures import ARCHITECTURES
from dlplay.catalogue import Choice
from dlplay.datasets import DATASETS, Facts
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.optimisation import OPTIMIZERS, SCHEDULES
from dlplay.presets import PRESETS

every_preset = pytest.mark.parametrize("name", PRESETS)

TABLE = Facts("table", (3,), "regression", 50, (), ("a", "b", "c"), "height")
TWO = Facts("table", (3,), "classification", 50, ("no", "yes"), ("a", "b", "c"))
FOUR = Facts("table", (3,), "classification", 50, tuple("ABCD"), ("a", "b", "c"))


def experiment(**values: Any) -> Experiment:
    """A small experiment with some parts replaced."""
    shortest = {"dataset": {"name": "iris"}, "architecture": {"name": "mlp"}}
    return Experiment.parse(shortest | values)


class TestJson:
    """To JSON and back."""

    @every_preset
    def test_a_preset_comes_back_as_it_was(self, name: str) -> None:
        original = PRESETS[name].experiment
        assert Experiment.parse(original.to_json()) == original
        assert Experiment.parse(original.to_json(indent=2).encode()) == original
        assert Experiment.parse(json.loads(original.to_json())) == original

    def test_the_shortest_experiment_names_a_dataset_and_a_network(self) -> None:
        parsed = Experiment.parse('{"dataset": {"name": "xor"}, "architecture": {"name": "mlp"}}')
        assert parsed.training.optimizer.name == "adam"
        assert parsed.seed == 42

    def test_the_json_of_the_design_document_is_read(self) -> None:
        parsed = Experiment.parse(
            {
                "dataset": {"name": "iris", "test_fraction": 0.2},
                "architecture": {"name": "mlp", "units": [10], "activation": "relu"},
                "regularisation": {
                    "l1": 0, "l2": 0, "dropout": 0, "batch_norm": False, "augment": [],
                },
                "training": {
                    "optimizer": {"name": "adam", "learning_rate": 0.001}, "loss": "auto",
                    "batch_size": 16, "epochs": 100, "schedule": {"name": "constant"},
                    "early_stopping": None,
                },
                "seed": 42,
            }
        )  # fmt: skip
        assert parsed.training.batch_size == 16

    def test_equal_experiments_are_one_key(self) -> None:
        first, again = experiment(seed=3), experiment(seed=3)
        assert first is not again
        assert {first: "known"}[again] == "known"
        assert experiment(seed=4) not in {first}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown part": ({"learning": {}}, "learning: there is no such field"),
    "an unknown field": ({"training": {"epoch": 5}}, "training.epoch: there is no such field"),
    "an unknown field of a dataset": (
        {"dataset": {"name": "iris", "noise": 1}}, "dataset.noise: there is no such field",
    ),
    "an unknown dataset": (
        {"dataset": {"name": "irises"}}, "dataset.name: expected one of 'iris', 'wine'",
    ),
    "an unknown optimiser": (
        {"training": {"optimizer": {"name": "magic"}}}, "training.optimizer.name: expected one of",
    ),
    "a dataset without a name": ({"dataset": {"noise": 0.5}}, "dataset: "),
    "text for a number": (
        {"training": {"epochs": "many"}}, "training.epochs: should be a valid integer",
    ),
    "half an epoch": ({"training": {"epochs": 2.5}}, "training.epochs: should be a valid integer"),
    "no epoch": (
        {"training": {"epochs": 0}},
        "training.epochs: should be greater than or equal to 1; received 0",
    ),
    "a million epochs": (
        {"training": {"epochs": 10**6}},
        "training.epochs: should be less than or equal to 100000; received 1000000",
    ),
    "a rate of zero": (
        {"training": {"optimizer": {"name": "sgd", "learning_rate": 0}}},
        "training.optimizer.learning_rate: should be greater than 0; received 0",
    ),
    "an infinite rate": (
        {"training": {"optimizer": {"name": "sgd", "learning_rate": float("inf")}}},
        "training.optimizer.learning_rate: ",
    ),
    "too few units": (
        {"architecture": {"name": "mlp", "units": [8, 0]}},
        "architecture.units.1: should be greater than or equal to 1; received 0",
    ),
    "no layers": ({"architecture": {"name": "mlp", "units": []}}, "architecture.units: "),
    "an unknown activation": (
        {"architecture": {"name": "mlp", "activation": "swoosh"}},
        "architecture.activation: should be 'sigmoid', 'tanh'",
    ),
    "too much dropout": (
        {"regularisation": {"dropout": 0.95}},
        "regularisation.dropout: should be less than or equal to 0.9; received 0.95",
    ),
    "a negative seed": ({"seed": -1}, "seed: should be greater than or equal to 0; received -1"),
    "L2 and a prior": (
        {"regularisation": {"l2": 0.1, "prior_sigma": 1.0}},
        "A Gaussian prior is an L2 penalty already; expected one of the two",
    ),
}  # fmt: skip


class TestBadValues:
    """The field, the bound, the value, in one line."""

    @pytest.mark.parametrize("case", BAD)
    def test_they_are_refused_with_the_field_and_the_bound(self, case: str) -> None:
        values, said = BAD[case]
        with pytest.raises(UserError) as caught:
            experiment(**values)
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '"iris"', "{}", "\xff"])
    def test_text_that_is_no_experiment_is_a_sentence(self, text: str) -> None:
        with pytest.raises(UserError) as caught:
            Experiment.parse(text)
        assert "\n" not in str(caught.value)

    def test_bytes_that_are_not_utf_8_are_a_sentence(self) -> None:
        with pytest.raises(UserError):
            Experiment.parse(b"\xff\xfe\x00")

    def test_the_name_of_a_union_member_is_no_part_of_the_path(self) -> None:
        """pydantic's own path would be ``dataset.moons.noise``."""
        with pytest.raises(UserError, match=r"^dataset\.noise: "):
            experiment(dataset={"name": "moons", "noise": 2})


class TestFit:
    """What fits what."""

    @every_preset
    def test_a_preset_fits_itself(self, name: str) -> None:
        chosen = PRESETS[name].experiment
        chosen.check(chosen.dataset.facts())

    def test_augmentation_of_a_table_is_refused(self) -> None:
        chosen = experiment(regularisation={"augment": ["flip", "zoom"]})
        with pytest.raises(UserError, match=r"changes images.*Received: flip, zoom"):
            chosen.check(FOUR)

    def test_a_loss_that_does_not_fit_is_refused(self) -> None:
        chosen = experiment(training={"loss": "kl divergence"})
        chosen.check(FOUR)
        with pytest.raises(UserError, match="auto or mse"):
            chosen.check(TABLE)


class TestChanged:
    """Overrides by dotted path, as links and ``--set`` have them."""

    def test_a_value_may_be_given_as_text_or_as_itself(self) -> None:
        for value in ("5", 5):
            assert experiment().changed([("training.epochs", value)]).training.epochs == 5

    def test_lists_truth_values_and_nothing_are_json(self) -> None:
        changed = experiment(training={"early_stopping": {"patience": 3}}).changed(
            [
                ("architecture.units", "[8, 4]"),
                ("regularisation.batch_norm", "true"),
                ("training.early_stopping", "null"),
            ]
        )
        assert changed.model_dump()["architecture"]["units"] == (8, 4)
        assert changed.regularisation.batch_norm
        assert changed.training.early_stopping is None

    def test_another_name_starts_from_that_names_defaults(self) -> None:
        base = experiment(training={"optimizer": {"name": "sgd", "momentum": 0.9}})
        for path in ("training.optimizer", "training.optimizer.name"):
            rate = ("training.optimizer.learning_rate", "0.1")
            changed = base.changed([(path, "rmsprop"), rate])
            assert changed.training.optimizer.model_dump() == {
                "name": "rmsprop", "learning_rate": 0.1,
            }  # fmt: skip

    def test_an_optional_part_is_switched_on_by_setting_something_in_it(self) -> None:
        changed = experiment().changed([("training.early_stopping.patience", "3")])
        assert changed.training.early_stopping is not None
        assert changed.training.early_stopping.patience == 3

    def test_later_overrides_win(self) -> None:
        assert experiment().changed([("seed", 1), ("seed", 2)]).seed == 2

    @pytest.mark.parametrize(
        ("path", "value", "said"),
        [
            ("training.epoch", "5", "training.epoch: there is no such field"),
            ("trainings.epochs", "5", "Received: trainings.epochs"),
            ("training.epochs.more", "5", "Received: training.epochs.more"),
            ("seed.x", "5", "Received: seed.x"),
            ("", "5", "there is no such field"),
            ("training", "5", "training: "),
            ("training", "adam", "training."),
            ("dataset", "nothing", "dataset.name: expected one of"),
            ("dataset", "[1]", "dataset: "),
            ("training.epochs", "0", "greater than or equal to 1; received 0"),
            ("training.epochs", "NaN", "training.epochs: "),
        ],
    )
    def test_a_bad_one_is_a_sentence(self, path: str, value: str, said: str) -> None:
        with pytest.raises(UserError) as caught:
            experiment().changed([(path, value)])
        assert said in str(caught.value)

    def test_the_experiment_itself_stays_as_it_was(self) -> None:
        base = experiment()
        before = base.to_json()
        base.changed([("architecture.units", [99]), ("dataset", "wine")])
        assert base.to_json() == before


VARIED: list[dict[str, Any]] = [
    {},
    {"dataset": {"name": "spirals", "noise": 0.0, "turns": 2.5}, "seed": 0},
    {"architecture": {"name": "perceptron"}, "training": {"loss": "kl divergence"}},
    {"architecture": {"name": "mlp", "units": [1], "activation": "leaky relu"}},
    {"training": {"early_stopping": {"patience": 1, "min_delta": 0.5, "restore_best": False}}},
    {"training": {"optimizer": {"name": "sgd", "momentum": 0.9, "nesterov": True}}},
    {"training": {"schedule": {"name": "cosine", "warmup_epochs": 3, "final": 0.1}}},
    {"regularisation": {"prior_sigma": 0.3}},
    {"regularisation": {"l1": 1e-5, "dropout": 0.5, "batch_norm": True, "weight_decay": 1.0}},
    {
        "dataset": {"name": "mnist-5k", "validation_fraction": 0.5},
        "architecture": {"name": "lenet-5", "pooling": "average", "padding": "same"},
        "regularisation": {"augment": ["zoom", "shift"]},
    },
    {"dataset": {"name": "csv", "target": "3", "ignore": ["null", "a, b", "1.5"], "task": "auto"}},
    {"dataset": {"name": "csv", "target": "true", "ignore": ["品种 “é”", "x&y=z#?"]}},
    {"dataset": {"name": "csv", "target": '"quoted"'}},
    {"dataset": {"name": "csv", "target": "NaN"}},
]  # fmt: skip


class TestOverridesFrom:
    """What a link holds: what differs from its preset, and nothing else."""

    @pytest.mark.parametrize("ours", range(len(VARIED)))
    def test_they_turn_any_experiment_into_any_other(self, ours: int) -> None:
        wanted = experiment(**VARIED[ours])
        for values in VARIED:
            base = experiment(**values)
            overrides = wanted.overrides_from(base)
            assert all(isinstance(text, str) for _, text in overrides)
            assert base.changed(overrides) == wanted

    def test_they_do_so_for_experiments_drawn_at_random(self) -> None:
        random = np.random.default_rng(0)
        drawn = [draw_experiment(random) for _ in range(60)]
        assert len(set(drawn)) > 50
        for base, wanted in pairwise(drawn):
            assert base.changed(wanted.overrides_from(base)) == wanted

    @every_preset
    def test_a_preset_needs_none_of_itself(self, name: str) -> None:
        assert PRESETS[name].experiment.overrides_from(PRESETS[name].experiment) == []

    def test_one_change_is_one_override(self) -> None:
        changed = experiment(training={"epochs": 7})
        assert changed.overrides_from(experiment()) == [("training.epochs", "7")]

    def test_plain_text_stays_bare(self) -> None:
        changed = experiment(architecture={"name": "mlp", "activation": "leaky relu"})
        assert changed.overrides_from(experiment()) == [("architecture.activation", "leaky relu")]


def draw_experiment(random: np.random.Generator) -> Experiment:
    """Names drawn from the catalogues, and a number within bounds for a third of all fields."""
    values = {
        "dataset": _draw(random, dict(DATASETS)),
        "architecture": _draw(random, dict(ARCHITECTURES)),
        "training": {
            "optimizer": _draw(random, dict(OPTIMIZERS)),
            "schedule": _draw(random, dict(SCHEDULES)),
            "epochs": int(random.integers(1, 100_000)),
        },
        "seed": int(random.integers(0, 2**31 - 1)),
    }
    return Experiment.parse(values)


def _draw(random: np.random.Generator, catalogue: dict[str, type[Choice]]) -> dict[str, Any]:
    name = str(random.choice(list(catalogue)))
    values: dict[str, Any] = {"name": name}
    for field, info in catalogue[name].model_fields.items():
        low, high = (_bound(info.metadata, names) for names in (("ge", "gt"), ("le", "lt")))
        if low is None or high is None or random.random() > 1 / 3:
            continue
        share = random.uniform(0.05, 0.95)
        number = low + (high - low) * share
        values[field] = int(number) if info.annotation is int else float(number)
    return values


def _bound(constraints: list[Any], names: tuple[str, str]) -> Any:
    found = [getattr(c, name) for c in constraints for name in names if hasattr(c, name)]
    return found[0] if found else None


class TestDifferences:
    """What two experiments do not share."""

    def test_they_are_named_by_path_with_both_values(self) -> None:
        ours = experiment(seed=1, training={"epochs": 5})
        theirs = experiment(seed=2)
        assert ours.differences(theirs) == [("training.epochs", 5, 20), ("seed", 1, 2)]

    def test_a_field_only_one_of_them_has_is_there_with_nothing_for_the_other(self) -> None:
        ours = experiment(training={"early_stopping": {"patience": 3}})
        differences = {path: (a, b) for path, a, b in ours.differences(experiment())}
        assert differences["training.early_stopping.patience"] == (3, None)

    def test_equal_experiments_have_none(self) -> None:
        assert experiment().differences(experiment()) == []


Vector = NDArray[np.float64]


def minimum(function: Callable[[Vector], float]) -> Vector:
    """Of a smooth convex function of three numbers, by plain gradient descent."""
    at, step = np.zeros(3), 1e-6
    for _ in range(1_500):
        slopes = [(function(at + step * e) - function(at - step * e)) for e in np.eye(3)]
        at = at - 0.2 * np.array(slopes) / (2 * step)
    return at


class TestPrior:
    """The Gaussian prior is the L2 penalty that Bayes' rule makes of it."""

    SIGMA = 0.4

    def strength(self, facts: Facts, samples: int, loss: str = "auto") -> float:
        """The L2 of a prior of width `SIGMA`."""
        chosen = experiment(regularisation={"prior_sigma": self.SIGMA}, training={"loss": loss})
        return chosen.effective_regularisation(facts, samples).l2

    @pytest.mark.parametrize(
        ("facts", "loss", "expected"),
        [
            (TABLE, "auto", 1 / (0.4**2 * 50)),  # Σ(y-f)² / n: twice the log-likelihood, over n
            (TWO, "auto", 1 / (2 * 0.4**2 * 50)),
            (FOUR, "auto", 1 / (2 * 0.4**2 * 50)),
            (FOUR, "kl divergence", 1 / (2 * 0.4**2 * 50)),
            (FOUR, "binary cross-entropy", 1 / (2 * 0.4**2 * 50 * 4)),  # a mean over four outputs
            (FOUR, "mse", 1 / (0.4**2 * 50 * 4)),
        ],
    )
    def test_its_strength_is_the_closed_form(
        self, facts: Facts, loss: str, expected: float
    ) -> None:
        assert self.strength(facts, 50, loss) == pytest.approx(expected, rel=1e-12)

    def test_without_one_l2_stays_what_was_set(self) -> None:
        chosen = experiment(regularisation={"l2": 0.25, "l1": 0.5})
        assert chosen.effective_regularisation(FOUR, 50) == chosen.regularisation

    def test_for_a_linear_model_the_penalised_minimum_is_the_posterior_mean(self) -> None:
        """Bishop (2006), equations 3.53 and 3.54, with unit noise."""
        random = np.random.default_rng(1)
        inputs = random.normal(size=(50, 3))
        targets = inputs @ [1.0, -2.0, 0.5] + random.normal(size=50)
        precision = np.eye(3) / self.SIGMA**2 + inputs.T @ inputs
        posterior_mean = np.linalg.solve(precision, inputs.T @ targets)
        strength = self.strength(TABLE, samples=50)

        def penalised(weights: Vector) -> float:
            return float(np.mean((targets - inputs @ weights) ** 2) + strength * weights @ weights)

        found = minimum(penalised)
        np.testing.assert_allclose(found, posterior_mean, atol=1e-5)
        plain = np.linalg.lstsq(inputs, targets)[0]
        assert np.linalg.norm(posterior_mean - plain) > 0.1  # the prior does matter here

    def test_for_classes_it_is_the_regularised_logistic_regression_of_scikit_learn(self) -> None:
        """There the posterior is σ² Σ loss + Σw²/2, with C for σ²."""
        random = np.random.default_rng(2)
        inputs = random.normal(size=(50, 3))
        targets = (inputs @ [1.0, -2.0, 0.5] + random.normal(size=50) > 0).astype(int)
        strength = self.strength(TWO, samples=50)
        signs = 2 * targets - 1

        def penalised(weights: Vector) -> float:
            loss = np.mean(np.log1p(np.exp(-signs * (inputs @ weights))))
            return float(loss + strength * weights @ weights)

        found = minimum(penalised)
        reference = LogisticRegression(C=self.SIGMA**2, fit_intercept=False, tol=1e-10)
        np.testing.assert_allclose(found, reference.fit(inputs, targets).coef_[0], atol=1e-4)
