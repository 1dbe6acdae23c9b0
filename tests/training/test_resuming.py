"""Pause, resume, fork: what was interrupted goes on as if nothing had been."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.layers import load_model
from dlplay.runs import Point, Run, Store, control, open_store
from dlplay.runs.checkpoints import Checkpoints
from dlplay.runs.forks import fork
from dlplay.training import resuming, saving
from dlplay.training.trainer import train

pytestmark = pytest.mark.xdist_group("training-resuming")


@pytest.fixture(autouse=True, scope="module")
def eager() -> Iterator[None]:
    """Every epoch is saved, and a paused worker does not wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saving, "_SECONDS", 0.0)
        patch.setattr(saving, "_SHARE", 1e9)
        patch.setattr(resuming, "_PATIENCE_SECONDS", 0.0)
        yield


@pytest.fixture(scope="module")
def trained_home(eager: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one run, uninterrupted and at its end."""
    return home_with(experiment, tmp_path_factory.mktemp("whole") / "home")


@pytest.fixture
def store(home: Path, trained_home: Path) -> Store:
    """A store with that run."""
    shutil.copytree(trained_home, home)
    return open_store()


@pytest.fixture
def whole(store: Store) -> Run:
    """That run."""
    (run,) = store.runs()
    return run


def home_with(wanted: Callable[[], Experiment], home: Path) -> Path:
    """A home with a run at its end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLPLAY_HOME", str(home))
        store = open_store()
        trained(store, store.create(wanted()))
    return home


def experiment(**changes: Any) -> Experiment:
    """A small network with dropout, a few epochs."""
    start = Experiment.parse(
        {
            "dataset": {"name": "iris"},
            "architecture": {"name": "mlp", "units": [8, 8]},
            "regularisation": {"dropout": 0.3, "batch_norm": True},
            "training": {"epochs": 6, "optimizer": {"name": "adam", "learning_rate": 0.01}},
        }
    )
    return start.changed(changes.items())


def images() -> Experiment:
    """A few augmented images: their random draws are state as well."""
    return Experiment.parse(
        {
            "dataset": {"name": "digits"},
            "architecture": {"name": "cnn-small", "padding": "same"},
            "regularisation": {"augment": ["shift", "rotate", "zoom"], "dropout": 0.2},
            "training": {"epochs": 4, "batch_size": 256},
        }
    )


SCHEDULED = {
    "training.schedule": "cosine", "training.schedule.warmup_epochs": 2,
    "training.optimizer": "sgd", "training.optimizer.momentum": 0.9,
    "training.early_stopping.patience": 3,
}  # fmt: skip


def trained(store: Store, run: Run) -> Run:
    """The run, after this process has trained it."""
    assert store.claim(run.id)
    ended = train(store, store.get(run.id))
    assert ended.state != "failed", ended.message
    return ended


def paused(store: Store, wanted: Experiment, after: int) -> Run:
    """A run that rests after some epochs."""
    run = store.create(wanted, pause_after=after)
    resting = trained(store, run)
    assert resting.state == "paused"
    return resting


def curve(store: Store, run: Run) -> list[tuple[float, dict[str, float]]]:
    """Epochs and metrics, without the time they took."""
    return [(point.epoch, point.metrics) for point in store.points(run.id)]


def weights(run: Run) -> list[np.ndarray]:
    """Of the network a run has left."""
    return list(load_model(run.model_file).get_weights())


def assert_same(store: Store, one: Run, other: Run) -> None:
    """Equal in every bit: curve, scores, network."""
    assert curve(store, one) == curve(store, other)
    for name in ("final", "best", "test", "epochs"):
        assert one.summary[name] == other.summary[name]
    assert all(np.array_equal(a, b) for a, b in zip(weights(one), weights(other), strict=True))


@pytest.mark.parametrize(
    "wanted",
    [experiment(), experiment(**SCHEDULED), images()],
    ids=["plain", "schedule", "images"],
)
def test_a_paused_and_resumed_run_equals_the_uninterrupted_one_bit_for_bit(
    store: Store, wanted: Experiment
) -> None:
    whole = trained(store, store.create(wanted))
    run = paused(store, wanted, after=2)
    assert run.summary["epochs"] == 2
    control.resume(store, run.id)
    ended = trained(store, run)
    assert (ended.state, ended.message) == ("finished", whole.message)
    assert_same(store, ended, whole)


def test_single_steps_make_the_same_run(store: Store, whole: Run) -> None:
    run = paused(store, experiment(), after=1)
    for epoch in range(2, 6):
        control.resume(store, run.id, pause_after=epoch)
        run = trained(store, run)
        assert (run.state, run.summary["epochs"]) == ("paused", epoch)
    control.resume(store, run.id, pause_after=6)
    assert_same(store, trained(store, run), whole)


def test_a_paused_worker_goes_on_itself_if_it_is_asked_soon(
    store: Store, whole: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "_PATIENCE_SECONDS", 60.0)
    run = store.create(experiment(), pause_after=3)
    thread = threading.Thread(target=lambda: wait_for(store, run, "paused", resume))

    def resume() -> None:
        control.resume(store, run.id)

    thread.start()
    ended = trained(store, run)
    thread.join()
    assert_same(store, ended, whole)


def wait_for(store: Store, run: Run, state: str, then: Callable[[], None]) -> None:
    """Do something as soon as a run is in a state."""
    end = time.monotonic() + 60
    while store.get(run.id).state != state and time.monotonic() < end:
        time.sleep(0.02)
    then()


@pytest.mark.parametrize("what", ["another run waits", "it is deleted", "it is stopped"])
def test_a_paused_worker_ends_when(
    store: Store, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(resuming, "_PATIENCE_SECONDS", 60.0)
    run = store.create(experiment(), pause_after=3)
    deeds: dict[str, Callable[[], object]] = {
        "another run waits": lambda: store.create(experiment()),
        "it is deleted": lambda: store.delete(run.id),
        "it is stopped": lambda: store.request_stop(run.id),
    }
    thread = threading.Thread(target=wait_for, args=(store, run, "paused", deeds[what]))
    thread.start()
    store.claim(run.id)
    train(store, store.get(run.id))
    thread.join()
    states = [r.state for r in store.runs() if r.id == run.id]
    assert states == {"another run waits": ["paused"], "it is stopped": ["stopped"]}.get(what, [])


def test_an_interrupted_run_goes_on_from_its_last_saved_epoch_and_equals_the_whole(
    store: Store,
    whole: Run,
) -> None:
    run = paused(store, experiment(), after=4)
    # As if the machine had died in the fifth epoch: a point more than was saved, no last word.
    store.move(run.id, "running", ("paused",))
    store.write(run.id, [(4, Point(5, 1.0, {"loss": 99.0}))], {"phase": "training"})
    assert store.interrupt_the_dead() == [run.id]
    control.resume(store, run.id)
    assert_same(store, trained(store, run), whole)


def test_a_checkpoint_truncated_by_a_crash_gives_way_to_the_one_before(
    store: Store, whole: Run
) -> None:
    run = paused(store, experiment(), after=4)
    newest = run.folder / "checkpoints" / "000004.npz"
    newest.write_bytes(newest.read_bytes()[:-200])
    control.resume(store, run.id)
    assert_same(store, trained(store, run), whole)


def test_a_changed_rate_holds_from_the_next_epoch_on_and_is_marked(
    store: Store, whole: Run
) -> None:
    run = paused(store, experiment(), after=2)
    control.request_rate(store, run.id, 0.002)
    control.resume(store, run.id, pause_after=4)
    run = trained(store, run)
    control.resume(store, run.id)
    ended = trained(store, run)
    rates = [metrics["learning_rate"] for _, metrics in curve(store, ended)]
    assert rates == pytest.approx([0.01] * 2 + [0.002] * 4)
    assert [(mark.epoch, mark.rate) for mark in ended.marks] == [(2, 0.002)]
    assert curve(store, ended)[:2] == curve(store, whole)[:2]
    assert curve(store, ended)[2] != curve(store, whole)[2]


def test_a_changed_rate_scales_a_schedule(store: Store) -> None:
    wanted = experiment(**SCHEDULED)
    run = paused(store, wanted, after=3)
    control.request_rate(store, run.id, 0.05)
    control.resume(store, run.id)
    ended = trained(store, run)
    factor = 0.05 / wanted.training.optimizer.learning_rate
    rates = [metrics["learning_rate"] for _, metrics in curve(store, ended)]
    expected = [wanted.training.learning_rate_at(e) * (factor if e >= 3 else 1) for e in range(6)]
    assert rates == pytest.approx(expected[: len(rates)])


def test_a_fork_that_changes_nothing_equals_the_run_it_came_from(store: Store, whole: Run) -> None:
    for epoch in (0, 3):
        made = fork(store, whole.id, epoch, experiment())
        ended = trained(store, made)
        assert (ended.origin and ended.origin.run, ended.origin and ended.origin.epoch) == (
            whole.id, epoch,
        )  # fmt: skip
        assert_same(store, ended, whole)


def test_a_fork_with_another_rate_and_regularisation_starts_from_the_same_weights(
    store: Store,
    whole: Run,
) -> None:
    changes = {
        "training.optimizer.learning_rate": 0.05, "regularisation.dropout": 0.0,
        "regularisation.l2": 0.001, "training.epochs": 8,
    }  # fmt: skip
    ended = trained(store, fork(store, whole.id, 3, experiment(**changes)))
    assert ended.state == "finished"
    assert ended.summary["epochs"] == 8
    points = curve(store, ended)
    assert points[:3] == curve(store, whole)[:3]
    assert points[3][1]["learning_rate"] == pytest.approx(0.05)
    first = Checkpoints(whole.folder).load(3)
    kept = Checkpoints(ended.folder).load(3)
    assert first is not None
    assert kept is not None
    assert all(np.array_equal(first.arrays[name], kept.arrays[name]) for name in first.arrays)


def test_a_fork_from_the_first_weights_may_leave_batch_normalisation_out(
    store: Store, whole: Run
) -> None:
    made = fork(store, whole.id, 0, experiment(**{"regularisation.batch_norm": False}))
    assert trained(store, made).state == "finished"


def test_two_forks_at_once_are_two_runs(store: Store, whole: Run) -> None:
    with ThreadPoolExecutor(2) as pool:
        forks = list(pool.map(lambda _: fork(store, whole.id, 3, experiment()), range(2)))
    assert len({run.id for run in forks}) == 2
    for run in forks:
        assert_same(store, trained(store, run), whole)


def test_a_fork_outlives_its_origin_and_a_deleted_run_cannot_be_forked(
    store: Store, whole: Run
) -> None:
    made = fork(store, whole.id, 3, experiment())
    store.delete(whole.id)
    assert trained(store, made).state == "finished"
    with pytest.raises(UserError, match="no such run"):
        fork(store, whole.id, 3, experiment())


@pytest.mark.parametrize(
    ("epoch", "changes", "sentence"),
    [
        (3, {"seed": 1}, "keeps its data, network, loss and seed. Received: seed"),
        (3, {"architecture.units": [4]}, "architecture.units"),
        (6, {}, "more epochs than the 6"),
        (5_000, {"training.epochs": 6_000}, "Expected an epoch this run has saved"),
    ],
)
def test_a_fork_that_cannot_be_is_a_sentence(
    store: Store, whole: Run, epoch: int, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        fork(store, whole.id, epoch, experiment(**changes))
    assert [run.id for run in store.runs()] == [whole.id]


def test_a_run_that_never_rested_cannot_be_resumed(store: Store) -> None:
    run = store.create(experiment())
    with pytest.raises(UserError, match=r"stopped or interrupted\. Received: queued"):
        control.resume(store, run.id)
