"""A training in stages that rests, goes on or is forked: it knows which stage it was in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dlplay.experiment import Experiment
from dlplay.runs import Run, Store, control
from dlplay.runs.checkpoints import Checkpoints
from dlplay.runs.forks import fork
from dlplay.training import frozen
from tests.training import test_resuming as resumed
from tests.training import test_stages as staged

pytestmark = pytest.mark.xdist_group("training-stages-resumed")

eager, store, whole = resumed.eager, resumed.store, resumed.whole


@pytest.fixture(scope="module")
def trained_home(eager: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one run in stages, uninterrupted and at its end."""
    return resumed.home_with(tuned, tmp_path_factory.mktemp("whole") / "home")


def tuned(**training: Any) -> Experiment:
    """Three epochs of a head with dropout, then two of fine-tuning."""
    return staged.experiment(
        architecture={"units": [8], "fine_tuning": staged.FINE_TUNING},
        regularisation={"dropout": 0.3},
        training={"epochs": 3, "batch_size": 8, **training},
    )


def stepped(store: Store, wanted: Experiment, *rests: int) -> Run:
    """A run that rests after some epochs, each time to be taken up by another process."""
    run = store.create(wanted, pause_after=rests[0])
    for rest in (*rests[1:], None):
        run = resumed.trained(store, run)
        assert run.state == "paused"
        control.resume(store, run.id, pause_after=rest)
    return resumed.trained(store, run)


def test_a_run_in_stages_that_rested_in_each_equals_the_uninterrupted_one_bit_for_bit(
    store: Store,
    whole: Run,
) -> None:
    """In the head, at its end, in the fine-tuning."""
    ended = stepped(store, tuned(), 1, 3, 4)
    resumed.assert_same(store, ended, whole)
    assert [(mark.epoch, mark.text, mark.rate) for mark in ended.marks] == [
        (3, "fine-tuning", 5e-4)
    ]
    assert ended.marks == whole.marks


def test_a_head_that_stops_early_and_rests_in_fine_tuning_equals_the_uninterrupted_one(
    store: Store,
) -> None:
    wanted = tuned(epochs=50, early_stopping={"patience": 1, "min_delta": 5.0})
    whole = resumed.trained(store, store.create(wanted))
    began = whole.marks[0].epoch
    ended = stepped(store, wanted, began + 1)
    resumed.assert_same(store, ended, whole)
    assert (ended.state, ended.message) == (whole.state, whole.message)


def test_what_is_saved_of_the_head_is_the_head_alone(store: Store, whole: Run) -> None:
    kept = Checkpoints(whole.folder)
    sizes = {}
    for epoch in (2, 4):
        checkpoint = kept.load(epoch)
        assert checkpoint is not None
        sizes[epoch] = sum(array.nbytes for array in checkpoint.arrays.values())
    head = (1280 + 1) * 8 + (8 + 1)
    assert sizes[2] == pytest.approx(3 * 4 * head, rel=0.01)  # with Adam's two means
    assert sizes[4] > 100 * sizes[2]


def test_a_rate_changed_while_the_head_rests_holds_for_the_head_alone(store: Store) -> None:
    run = resumed.paused(store, tuned(), after=1)
    control.request_rate(store, run.id, 0.01)
    control.resume(store, run.id)
    ended = resumed.trained(store, run)
    rates = [metrics["learning_rate"] for _, metrics in resumed.curve(store, ended)]
    assert rates == pytest.approx([0.001, 0.01, 0.01, 5e-4, 5e-4])


@pytest.mark.parametrize("epoch", [2, 4])
def test_a_fork_that_changes_nothing_equals_the_run_in_stages_it_came_from(
    store: Store, whole: Run, epoch: int
) -> None:
    resumed.assert_same(
        store, resumed.trained(store, fork(store, whole.id, epoch, tuned())), whole
    )


def test_a_fork_may_give_the_head_more_epochs_which_then_build_on_what_was_fine_tuned(
    store: Store, whole: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    work_out = frozen._work_out

    def count(*given: Any) -> Any:
        looked.append(1)
        return work_out(*given)

    monkeypatch.setattr(frozen, "_work_out", count)
    ended = resumed.trained(store, fork(store, whole.id, 5, tuned(epochs=6)))
    rates = [metrics["learning_rate"] for _, metrics in resumed.curve(store, ended)]
    assert rates == pytest.approx([0.001] * 3 + [5e-4] * 2 + [0.001] + [5e-4] * 2)
    assert ended.summary["epochs"] == 8
    assert looked == [1]  # anew, since the last blocks have changed
