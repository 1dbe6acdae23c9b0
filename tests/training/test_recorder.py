"""A worker's line to the store: everything arrives, in order, whatever happens."""

from __future__ import annotations

import math
import time

import pytest

from dlplay.errors import UserError
from dlplay.presets import PRESETS
from dlplay.runs import Point, Run, Store
from dlplay.training import recorder as recorder_module
from dlplay.training.recorder import Recorder


@pytest.fixture
def run(store: Store) -> Run:
    """A run that has been claimed."""
    created = store.create(next(iter(PRESETS.values())).experiment)
    store.claim(created.id)
    return store.get(created.id)


def point(epoch: float, **metrics: float) -> Point:
    """A point."""
    return Point(epoch, epoch / 10, {"loss": 1 / (1 + epoch)} | metrics)


def wait_until(what: object, seconds: float = 10.0) -> None:
    """Give another thread time."""
    assert callable(what)
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_what_was_recorded_is_in_the_store_once_it_is_closed(store: Store, run: Run) -> None:
    points = [point(epoch) for epoch in range(1, 3_001)]
    with Recorder(store, run.id) as recorder:
        for p in points:
            recorder.add(p)
        recorder.report(phase="training", epoch=3_000)
        recorder.close()
    assert store.points(run.id, most=10_000) == points
    assert store.get(run.id).progress == {"phase": "training", "epoch": 3_000}


def test_points_arrive_while_training_goes_on(store: Store, run: Run) -> None:
    with Recorder(store, run.id) as recorder:
        recorder.add(point(1))
        wait_until(lambda: len(store.points(run.id)) == 1)
        recorder.add(point(2))
        wait_until(lambda: len(store.points(run.id)) == 2)
        recorder.close()


def test_points_within_epochs_are_counted_apart(store: Store, run: Run) -> None:
    inner = [Point(e / 4, 0.0, {"loss": 1.0}, within_epoch=True) for e in range(1, 4)]
    with Recorder(store, run.id) as recorder:
        for p in (*inner, point(1), Point(1.25, 0.0, {"loss": 1.0}, within_epoch=True), point(2)):
            recorder.add(p)
        recorder.close()
    assert [p.epoch for p in store.points(run.id)] == [1, 2]
    assert [p.epoch for p in store.points(run.id, within_epoch=True)] == [0.25, 0.5, 0.75, 1.25]


def test_what_is_no_number_is_left_out_of_its_point(store: Store, run: Run) -> None:
    with Recorder(store, run.id) as recorder:
        recorder.add(point(1, val_loss=math.nan, mae=math.inf, accuracy=0.5))
        recorder.close()
    assert store.points(run.id)[0].metrics == {"loss": 0.5, "accuracy": 0.5}


def test_what_was_recorded_before_a_failure_is_not_lost(store: Store, run: Run) -> None:
    """A tiny network fails within the quarter of a second between two reports."""
    with pytest.raises(ArithmeticError), Recorder(store, run.id) as recorder:
        for epoch in range(1, 6):
            recorder.add(point(epoch))
        raise ArithmeticError("the loss is not a number")
    assert [p.epoch for p in store.points(run.id)] == [1, 2, 3, 4, 5]


def test_the_wish_to_stop_arrives_with_a_report(store: Store, run: Run) -> None:
    with Recorder(store, run.id) as recorder:
        assert not recorder.stop_requested
        store.request_stop(run.id)
        wait_until(lambda: recorder.stop_requested)
        recorder.close()


def limit_pages(store: Store, most: int) -> None:
    """Let the database grow to so many pages, the nearest thing to a full disk."""
    with store.transaction() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")


def fill(recorder: Recorder, first: int, count: int) -> None:
    """Record more than a full disk takes."""
    for epoch in range(first, first + count):
        recorder.add(point(epoch))


def test_a_full_disk_that_is_freed_in_time_costs_nothing(store: Store, run: Run) -> None:
    """The store is used from this thread alone, since the limit holds for one connection."""
    recorder = Recorder(store, run.id)
    fill(recorder, first=1, count=10)
    recorder._write()
    limit_pages(store, 1)
    fill(recorder, first=11, count=3_000)
    recorder._write()
    assert len(store.points(run.id)) == 10
    limit_pages(store, 2**30)
    fill(recorder, first=3_011, count=5)
    recorder._write()
    kept = store.points(run.id, most=10_000)
    assert [p.epoch for p in kept] == list(range(1, 3_016))


def test_a_full_disk_that_stays_full_ends_the_run_with_the_reason(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(store, run.id)
    limit_pages(store, 1)
    fill(recorder, first=1, count=3_000)
    recorder._write()
    fill(recorder, first=3_001, count=1)  # not at once: it may be freed yet
    monkeypatch.setattr(recorder_module, "_PATIENCE_SECONDS", 0.0)
    with pytest.raises(UserError, match="disk is full"):
        fill(recorder, first=3_002, count=1)
