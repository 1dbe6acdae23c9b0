"""The coach on real runs: each rule where it must speak, none where all is well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlplay.coach import Advice, Record, advise
from dlplay.coach.rules import CAUSES, collapsed_generator, dead_units, leaking_split, rate_too_low
from dlplay.datasets import Samples, split_samples
from dlplay.datasets.split import doubles
from dlplay.datasets.synthetic import Moons
from dlplay.experiment import Experiment
from dlplay.presets import PRESETS
from dlplay.runs import Store
from dlplay.views import Snapshots
from tests.views.trained import trained

pytestmark = pytest.mark.xdist_group("coach-advice")


def recorded(store: Store, experiment: Experiment) -> Record:
    """A run trained here, as the coach sees it."""
    run = trained(store, experiment)
    layers = Snapshots(run.folder, "layers").latest()
    failed = run.message if run.state == "failed" else ""
    points, facts = store.points(run.id), experiment.dataset.facts()
    return Record(experiment, facts, points, failed, layers[1] if layers else None)


def preset(name: str, **changes: Any) -> Experiment:
    """A preset's experiment, with other values of training."""
    overrides = [(f"training.{path.replace('__', '.')}", v) for path, v in changes.items()]
    return PRESETS[name].experiment.changed(overrides)


@pytest.mark.parametrize("name", ["iris-mlp", "mnist-lenet-5", "diabetes-regression"])
def test_of_a_healthy_run_there_is_nothing_to_say(store: Store, name: str) -> None:
    run = recorded(store, preset(name))
    assert [rule.__name__ for rule in CAUSES if rule(run)] == []
    assert advise(run) == []


@pytest.mark.parametrize(
    ("name", "finding", "evidence", "changes"),
    [
        ("rate-too-high", "the loss leaps", "% of the epochs training loss rose",
         {"training.optimizer.learning_rate": 1.0}),
        ("sigmoid-too-deep", "gradient vanishes", "in the last layer",
         {"architecture.activation": "relu"}),
        ("no-regularisation", "by heart", "Validation loss was lowest after epoch",
         {"training.early_stopping.patience": 20, "regularisation.dropout": 0.3}),
        ("xor-perceptron", "too simple", "who never looks at the sample gets 0.693",
         {"architecture": "mlp"}),
    ],
)  # fmt: skip
def test_of_a_failure_the_coach_names_the_cause_its_evidence_and_a_change(
    store: Store, name: str, finding: str, evidence: str, changes: dict[str, Any]
) -> None:
    run = recorded(store, preset(name))
    (advice,) = advise(run)
    assert finding in advice.finding
    assert evidence in advice.evidence
    assert dict(advice.changes) == changes
    changed = run.experiment.changed(advice.changes)
    changed.check(run.facts)
    assert changed != run.experiment


def test_a_run_that_broke_off_is_told_a_smaller_rate(store: Store) -> None:
    wanted = preset("diabetes-regression", optimizer="sgd").changed(
        [("training.optimizer.learning_rate", 100.0)]
    )
    (advice,) = advise(recorded(store, wanted))
    assert advice.finding == "The run diverged."
    assert "at step" in advice.evidence
    assert advice.changes == (("training.optimizer.learning_rate", 10.0),)


def test_a_generator_that_makes_one_sample_is_found_and_the_change_spreads_its_samples(
    store: Store,
) -> None:
    wanted = PRESETS["ring-gan"].experiment.changed(
        [
            ("training.epochs", 100),
            ("training.optimizer.learning_rate", 0.02),
            ("architecture.latent", 2),
            ("architecture.gradient_penalty", 0),
        ]
    )
    run = recorded(store, wanted)
    (advice,) = advise(run)
    assert "collapsed" in advice.finding
    assert "times as far apart as two real ones" in advice.evidence
    assert advice.changes == (("architecture.gradient_penalty", 0.1),)
    mended = recorded(store, wanted.changed(advice.changes))
    assert collapsed_generator(mended) is None
    assert mended.spread[-10:].mean() > 5 * run.spread[-10:].mean()


def test_a_loss_that_has_come_to_rest_is_told_a_rate_that_falls(store: Store) -> None:
    """Clouds that overlap: below some loss nobody gets."""
    wanted = Experiment.parse(
        {
            "dataset": {"name": "blobs", "noise": 0.5},
            "architecture": {"name": "mlp", "units": [8]},
            "training": {"epochs": 60, "optimizer": {"name": "adam", "learning_rate": 0.01}},
        }
    )
    run = recorded(store, wanted)
    assert [rule.__name__ for rule in CAUSES if rule(run)] == ["plateau"]
    (advice,) = advise(run)
    assert "at a constant rate of 0.01" in advice.evidence
    assert wanted.changed(advice.changes).training.schedule.name == "cosine"


def test_a_loss_that_creeps_is_told_a_larger_rate(store: Store) -> None:
    run = recorded(store, preset("iris-mlp", optimizer__learning_rate=1e-5, epochs=30))
    (advice,) = advise(run)
    assert rate_too_low(run) == advice
    assert "Training loss fell in 100% of the epochs" in advice.evidence
    assert advice.changes == (("training.optimizer.learning_rate", 1e-4),)


def test_relus_killed_by_long_steps_are_found(store: Store) -> None:
    run = recorded(store, preset("no-regularisation", optimizer__learning_rate=0.5, epochs=12))
    advice = dead_units(run)
    assert isinstance(advice, Advice)
    assert advice.changes == (("architecture.activation", "leaky relu"),)


def test_the_same_units_with_leaky_relus_are_not_called_dead(store: Store) -> None:
    wanted = preset("no-regularisation", optimizer__learning_rate=0.5, epochs=12)
    leaky = wanted.changed([("architecture.activation", "leaky relu")])
    assert dead_units(recorded(store, leaky)) is None


def test_samples_that_are_in_two_parts_are_counted_and_named() -> None:
    dataset = Moons(samples=100)
    plain = dataset.load()
    assert doubles(split_samples(dataset, plain, 1)) == 0
    twice = Samples(
        np.concatenate([plain.inputs, plain.inputs]),
        np.concatenate([plain.targets, plain.targets]),
        plain.class_names,
        plain.feature_names,
    )
    parts = split_samples(dataset, twice, 1)
    train = {tuple(row) for row in parts.train.inputs.tolist()}
    found = sum(tuple(row) in train for row in parts.test.inputs.tolist())
    assert doubles(parts) == found > 10
    run = Record(PRESETS["spirals-mlp"].experiment, parts.facts, [], "", None, found, 40)
    advice = leaking_split(run)
    assert advice is not None
    assert f"{found} of 40 test samples" in advice.evidence
    assert advise(run) == [advice]
    assert leaking_split(Record(run.experiment, parts.facts, [], "", None, 1, 40)) is None


def test_of_a_run_that_ended_at_once_nothing_is_said() -> None:
    experiment = PRESETS["spirals-mlp"].experiment
    assert advise(Record(experiment, experiment.dataset.facts(), [])) == []
