"""Ablation: what can be taken away, the runs that does it, the gap in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.presets import PRESETS
from dlplay.runs import Run, Store, groups
from dlplay.studies import ablation, scores
from dlplay.studies.ablation import WHOLE

FIRST = next(iter(PRESETS.values())).experiment
RICH = FIRST.changed(
    [
        ("regularisation.dropout", 0.3), ("regularisation.l2", 0.01),
        ("training.optimizer", "sgd"), ("training.optimizer.momentum", 0.9),
        ("training.schedule", "cosine"), ("training.early_stopping.patience", 3),
    ]
)  # fmt: skip


def test_everything_that_is_on_can_be_taken_away_and_is_then_off() -> None:
    parts = ablation.removable(RICH)
    assert [part.title for part in parts] == [
        "L2", "Dropout", "Schedule", "Momentum", "Early stopping",
    ]  # fmt: skip
    for part in parts:
        left = [p.title for p in ablation.removable(ablation.without(RICH, part))]
        assert left == [p.title for p in parts if p != part]


def test_an_experiment_with_nothing_to_take_away_says_so(store: Store) -> None:
    plain = FIRST.changed([("regularisation.l2", 0)])
    assert ablation.removable(plain) == []
    with pytest.raises(UserError, match="Expected something to take away"):
        ablation.create(store, plain, [], seeds=1)
    assert groups.listed(store) == []


def test_every_variant_is_an_ordinary_run_for_every_seed(store: Store) -> None:
    parts = ablation.removable(RICH)[:2]
    group = ablation.create(store, RICH, parts, seeds=2)
    runs = groups.members(store, group.id)
    assert [run.title for run in runs] == [
        f"{name} · seed {seed}"
        for seed in (RICH.seed, RICH.seed + 1)
        for name in ("Everything", "Without L2", "Without dropout")
    ]
    assert {run.state for run in runs} == {"queued"}
    assert runs[0].experiment == RICH
    differences = runs[2].experiment.differences(RICH)
    assert [path for path, _, _ in differences] == ["regularisation.dropout"]
    assert runs[3].experiment == RICH.changed([("seed", RICH.seed + 1)])


def ended(store: Store, group: groups.Group, accuracies: dict[tuple[str, int], float]) -> None:
    """Bring the runs of an ablation to their end with these scores."""
    for run in groups.members(store, group.id):
        store.claim(run.id)
        value = accuracies.get((run.part["variant"], run.part["seed"]))
        summary: dict[str, Any] = {"task": "classification"}
        if value is None:
            store.end(run.id, "failed", "The loss stopped being a number.", summary=summary)
        else:
            summary["best"] = {"val_accuracy": value, "val_loss": 1 - value}
            store.end(run.id, "finished", summary=summary)


def runs_with(store: Store, accuracies: dict[tuple[str, int], float], seeds: int) -> list[Run]:
    """The ended runs of an ablation of dropout."""
    dropout = [part for part in ablation.removable(RICH) if part.title == "Dropout"]
    group = ablation.create(store, RICH, dropout, seeds)
    ended(store, group, accuracies)
    return groups.members(store, group.id)


def test_gaps_are_taken_seed_by_seed_and_failed_runs_count_for_nothing(store: Store) -> None:
    seed = RICH.seed
    whole = {(WHOLE, seed): 0.90, (WHOLE, seed + 1): 0.80, (WHOLE, seed + 2): 0.85}
    less = {("without dropout", seed): 0.87, ("without dropout", seed + 1): 0.79}
    runs = runs_with(store, {**whole, **less}, seeds=3)
    gap = scores.gaps(runs, "accuracy")["without dropout"]
    pairs = np.array([0.03, 0.01])
    assert (gap.mean, gap.deviation) == pytest.approx((pairs.mean(), pairs.std(ddof=1)))
    assert scores.gap_sentence("without dropout", gap, "accuracy") == (
        "Without dropout validation accuracy is 2.0 points lower (± 1.4 over 2 seeds)."
    )
    of_all = scores.scores([(run.part["variant"], run) for run in runs], "accuracy")
    assert of_all[WHOLE].mean == pytest.approx(0.85)
    assert of_all["without dropout"].count == 2


@pytest.mark.parametrize(
    ("gap", "metric", "said"),
    [
        (scores.Score(0.01, 0.03, 3), "accuracy", "The seeds differ by more than that"),
        (scores.Score(-0.5, 0.1, 2), "r2", "validation R² is 0.5 higher (± 0.1 over 2 seeds)."),
        (scores.Score(0.0, 0.0, 2), "accuracy", "is the same"),
        (scores.Score(0.02, float("nan"), 1), "accuracy", "one seed: chance alone may do that"),
    ],
)
def test_a_gap_is_stated_with_its_doubt(gap: scores.Score, metric: str, said: str) -> None:
    assert said in scores.gap_sentence("without dropout", gap, metric)


def test_stopping_a_study_stops_its_runs_and_deleting_forgets_them(store: Store) -> None:
    parts = ablation.removable(RICH)
    group = ablation.create(store, RICH, parts, seeds=1)
    other = store.create(Experiment.parse(RICH.model_dump()))
    with pytest.raises(UserError, match="a study that has ended"):
        groups.delete(store, group.id)
    groups.stop(store, group.id)
    assert {run.state for run in groups.members(store, group.id)} == {"stopped"}
    groups.delete(store, group.id)
    assert [run.id for run in store.runs()] == [other.id]
    with pytest.raises(UserError, match="no such study"):
        groups.get(store, group.id)
