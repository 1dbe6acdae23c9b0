"""Sweeps: the space, the trials, what is proposed and pruned, and trials that fail."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from dlplay.errors import UserError
from dlplay.presets import PRESETS
from dlplay.runs import Point, Run, Store, groups
from dlplay.studies import sampling, space, sweep, turns
from dlplay.studies.figures import parallel_info

FIRST = next(iter(PRESETS.values())).experiment.changed([("training.epochs", 20)])
RATE, ACTIVATION = "training.optimizer.learning_rate", "architecture.activation"

Score = Callable[[dict[str, Any]], float]


def plan(*paths: str, **values: Any) -> sweep.Plan:
    """A plan over some fields, their ranges as the form suggests them."""
    found = space.dimensions(FIRST)
    return sweep.parse(
        {
            "experiment": FIRST.model_dump(mode="json"), "metric": "accuracy", "trials": 12,
            "space": [found[path][1].model_dump() for path in paths], **values,
        }
    )  # fmt: skip


def near_a_rate(values: dict[str, Any]) -> float:
    """An accuracy that is best at a rate of 0.003."""
    return 1 - abs(math.log10(values[RATE] / 0.003)) / 3


def train(store: Store, run: Run, accuracy: float, epochs: int = 20) -> None:
    """Write the curve of a run."""
    metrics = {"val_accuracy": accuracy, "val_loss": 1 - accuracy}
    curve = [Point(n + 1.0, float(n), metrics) for n in range(epochs)]
    store.write(run.id, list(enumerate(curve)), {"phase": "training"})


def drive(store: Store, group: groups.Group, score: Score, slots: int = 2) -> list[sweep.Trial]:
    """Take turns until the sweep is over; a worker that knows the answer trains the runs."""
    wanted = sweep.parse(group.plan)
    for _ in range(100):
        if not groups.open_sweeps(store):
            return sweep.trials(store, groups.get(store, group.id), wanted)
        turns.advance(store, groups.get(store, group.id), slots)
        queued = [r for r in groups.members(store, group.id) if r.state == "queued"]
        assert len(queued) <= slots
        for run in queued:
            store.claim(run.id)
            try:
                value = score(run.part["values"])
            except ArithmeticError as error:
                store.end(run.id, "failed", str(error))
                continue
            train(store, run, value)
            best = {"val_accuracy": value, "val_loss": 1 - value}
            store.end(run.id, "finished", summary={"best": best, "task": "classification"})
    raise AssertionError("the sweep does not end")


class TestSpace:
    """What can be varied."""

    def test_suggested_ranges_can_all_be_trained(self) -> None:
        found = space.dimensions(FIRST)
        assert {RATE, ACTIVATION, "regularisation.dropout", "training.optimizer"} <= set(found)
        assert not {"seed", "dataset", "training.epochs"} & set(found)
        for path, (title, dimension) in found.items():
            assert title
            for value in dimension.grid():
                changed = space.changed(FIRST, {path: value})
                assert path in changed.flat() or f"{path}.name" in changed.flat()

    def test_a_rate_is_varied_by_factors_of_ten_and_a_grid_is_even_on_its_scale(self) -> None:
        _, rate = space.dimensions(FIRST)[RATE]
        value = FIRST.training.optimizer.learning_rate
        assert rate.log
        assert rate.grid() == pytest.approx([value / 10, value, value * 10])

    def test_a_range_the_wrong_way_round_is_a_sentence(self) -> None:
        wrong = {"path": RATE, "low": 0.1, "high": 0.01}
        with pytest.raises(UserError, match="lower bound below the upper one"):
            plan(space=[wrong])

    def test_an_unknown_field_or_a_bound_out_of_bounds_is_a_sentence(self) -> None:
        with pytest.raises(UserError, match="there is no such field"):
            plan(space=[{"path": "training.luck", "low": 0, "high": 1}])
        with pytest.raises(UserError, match="dropout"):
            plan(space=[{"path": "regularisation.dropout", "low": 0, "high": 7}])


class TestTrials:
    """A sweep from its first to its last trial."""

    @pytest.mark.parametrize("sampler", ["tpe", "random"])
    def test_samplers_make_as_many_trials_as_asked_for(self, store: Store, sampler: str) -> None:
        wanted = plan(RATE, ACTIVATION, sampler=sampler)
        tried = drive(store, sweep.create(store, wanted), near_a_rate)
        assert [trial.number for trial in tried] == list(range(12))
        assert len({trial.values[RATE] for trial in tried}) == 12
        for trial in tried:
            assert trial.run is not None
            assert trial.run.experiment.training.optimizer.learning_rate == trial.values[RATE]

    def test_a_grid_tries_every_combination_once(self, store: Store) -> None:
        wanted = plan(RATE, "regularisation.batch_norm", sampler="grid", trials=100)
        tried = drive(store, sweep.create(store, wanted), near_a_rate)
        assert [trial.values for trial in tried] == space.grid(wanted.space)
        assert len(tried) == 3 * 2

    def test_tpe_looks_where_good_trials_were(self, store: Store) -> None:
        wanted = plan(RATE, trials=30, prune=False)
        tried = drive(store, sweep.create(store, wanted), near_a_rate)
        found = sweep.best(tried, "accuracy")
        assert found is not None
        assert found.values[RATE] == pytest.approx(0.003, rel=0.2)

        def misses(some: list[sweep.Trial]) -> float:
            return sum(abs(math.log(trial.values[RATE] / 0.003)) for trial in some) / len(some)

        assert misses(tried[15:]) < misses(tried[:15])

    def test_the_field_that_matters_is_found_important(self, store: Store) -> None:
        group = sweep.create(store, plan(RATE, ACTIVATION, trials=20))
        drive(store, group, near_a_rate)
        shares = groups.get(store, group.id).results["importance"]
        assert sum(shares.values()) == pytest.approx(1)
        assert shares[RATE] > 0.8

    def test_the_same_plan_makes_the_same_trials(self, store: Store) -> None:
        wanted = plan(RATE, ACTIVATION)
        first, again = (
            [t.values for t in drive(store, sweep.create(store, wanted), near_a_rate)]
            for _ in range(2)
        )
        assert first == again

    def test_trials_that_fail_are_left_out_and_the_sweep_goes_on(self, store: Store) -> None:
        def fragile(values: dict[str, Any]) -> float:
            if values[RATE] > FIRST.training.optimizer.learning_rate:
                raise ArithmeticError("The loss stopped being a number.")
            return near_a_rate(values)

        tried = drive(store, sweep.create(store, plan(RATE)), fragile)
        fates = [trial.fate for trial in tried]
        assert len(fates) == 12
        assert {"failed", "complete"} == set(fates)
        found = sweep.best(tried, "accuracy")
        assert found is not None
        assert found.fate == "complete"

    def test_a_sweep_whose_trials_all_fail_ends_and_says_why(self, store: Store) -> None:
        def broken(_: dict[str, Any]) -> float:
            raise ArithmeticError("The device ran out of memory.")

        group = sweep.create(store, plan(RATE, trials=50))
        tried = drive(store, group, broken)
        assert 5 <= len(tried) <= 7
        message = groups.get(store, group.id).message
        assert "trials failed" in message
        assert "ran out of memory" in message

    def test_combinations_that_cannot_be_trained_are_skipped_with_their_reason(
        self, store: Store
    ) -> None:
        prior = {"path": "regularisation.prior_sigma", "low": 0.5, "high": 1.0}
        l2 = {"path": "regularisation.l2", "options": ["0", "0.01"]}
        group = sweep.create(store, plan(space=[prior, l2], sampler="grid", trials=9))
        drive(store, group, lambda _: 0.5)
        skipped = groups.get(store, group.id).results["skipped"]
        assert len(skipped) == 3
        assert "Gaussian prior" in skipped[0]["why"]

    def test_a_driver_that_died_is_followed_by_one_that_goes_on(self, store: Store) -> None:
        """Nothing is known but what is in the store: every turn is the first of a new driver."""
        group = sweep.create(store, plan(RATE))
        turns.advance(store, group, 2)
        running = groups.members(store, group.id)
        for run in running:
            store.claim(run.id)
        assert sorted(store.interrupt_the_dead()) == sorted(run.id for run in running)
        tried = drive(store, groups.get(store, group.id), near_a_rate)
        assert [trial.fate for trial in tried] == ["failed"] * 2 + ["complete"] * 10

    def test_a_stopped_sweep_makes_no_more_trials(self, store: Store) -> None:
        group = sweep.create(store, plan(RATE))
        turns.advance(store, group, 2)
        groups.stop(store, group.id)
        assert groups.open_sweeps(store) == []
        assert {run.state for run in groups.members(store, group.id)} == {"stopped"}


def test_a_trial_below_the_median_of_the_others_is_pruned(store: Store) -> None:
    group = sweep.create(store, plan(RATE, trials=6))
    for accuracy in (0.8, 0.9, 0.7):
        turns.advance(store, groups.get(store, group.id), 1)
        run = groups.members(store, group.id)[-1]
        store.claim(run.id)
        train(store, run, accuracy)
        store.end(run.id, "finished", summary={"best": {"val_accuracy": accuracy}})
    turns.advance(store, groups.get(store, group.id), 2)
    good, poor = groups.members(store, group.id)[-2:]
    for run, accuracy in ((good, 0.85), (poor, 0.2)):
        store.claim(run.id)
        train(store, run, accuracy, epochs=8)
    turns.advance(store, groups.get(store, group.id), 2)
    assert store.get(good.id).stop_requested is None
    assert store.get(poor.id).stop_requested is not None
    assert store.get(poor.id).part["pruned"]
    store.end(poor.id, "stopped")  # killed: it left no summary
    wanted = sweep.parse(group.plan)
    tried = sweep.trials(store, groups.get(store, group.id), wanted)
    assert [t.fate for t in tried] == ["complete"] * 3 + ["running", "pruned"]
    assert tried[-1].value == 0.2


def test_parallel_coordinates_put_every_value_on_its_axis() -> None:
    wanted = plan(RATE, ACTIVATION)
    rate, activation = wanted.space
    low, high = float(rate.low or 0), float(rate.high or 0)
    options = activation.grid()
    tried = [
        sweep.Trial(0, {RATE: low, ACTIVATION: options[0]}, "complete", 0.5),
        sweep.Trial(1, {RATE: math.sqrt(low * high), ACTIVATION: options[-1]}, "complete", 1.0),
    ]
    first, second = parallel_info(tried, wanted.space)
    assert first == [0, 0, 0]
    assert second == pytest.approx([0.5, 1, 1])


def test_what_is_proposed_lies_in_the_space() -> None:
    wanted = plan(RATE, ACTIVATION, "training.batch_size", sampler="random")
    for count in range(5):
        tried = [sweep.Trial(n, space.grid(wanted.space)[n], "failed") for n in range(count)]
        values = sampling.propose(wanted, tried)
        for dimension in wanted.space:
            value = values[dimension.path]
            if dimension.options:
                assert value in dimension.grid()
            else:
                assert float(dimension.low or 0) <= value <= float(dimension.high or 0)
