"""The run store: states, points, the queue, and what happens when machines die or disks fill."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import update

from dlplay.errors import UserError
from dlplay.presets import PRESETS
from dlplay.runs import Point, Run, Store, open_store
from dlplay.runs.records import State
from dlplay.runs.tables import RUNS
from dlplay.settings import Settings

EXPERIMENT = next(iter(PRESETS.values())).experiment

NewRun = Callable[..., Run]


@pytest.fixture
def new_run(store: Store) -> NewRun:
    """Makes a queued run."""

    def create(title: str = "", owner: str = "server") -> Run:
        return store.create(EXPERIMENT, title, owner)

    return create


def point(epoch: float, *, within_epoch: bool = False) -> Point:
    """A point whose loss tells its epoch."""
    return Point(epoch, epoch / 10, {"loss": 1 / (1 + epoch)}, within_epoch)


def numbered(count: int) -> list[tuple[int, Point]]:
    """The points of the first epochs."""
    return [(number, point(number + 1)) for number in range(count)]


class TestCreate:
    """A new run."""

    def test_it_is_queued_and_comes_back_as_it_was_made(
        self, store: Store, new_run: NewRun
    ) -> None:
        run = new_run("My run")
        assert store.get(run.id) == run
        assert (run.title, run.state, run.owner) == ("My run", "queued", "server")
        assert run.experiment == EXPERIMENT
        assert (run.progress, run.summary, run.message) == ({}, {}, "")
        assert run.is_active
        assert run.seconds is None

    def test_without_a_title_it_is_called_after_its_data_and_network(
        self, new_run: NewRun
    ) -> None:
        title = new_run().title
        assert EXPERIMENT.dataset.card.title in title
        assert EXPERIMENT.architecture.card.title in title

    def test_another_process_sees_it(self, new_run: NewRun) -> None:
        run = new_run()
        assert open_store().get(run.id) == run

    def test_an_unknown_id_is_a_sentence(self, store: Store) -> None:
        for run_id in ("", "0" * 8, "'; drop table runs; --"):
            with pytest.raises(UserError, match="no such run"):
                store.get(run_id)

    def test_an_experiment_of_another_version_is_a_sentence_only_when_it_is_read(
        self, store: Store, new_run: NewRun
    ) -> None:
        run_id = new_run().id
        with store.transaction() as connection:
            values = {**EXPERIMENT.model_dump(mode="json"), "from_the_future": 1}
            connection.execute(update(RUNS).values(experiment=values))
        assert store.runs()[0].id == run_id
        with pytest.raises(UserError, match="from_the_future: there is no such field"):
            _ = store.get(run_id).experiment


class TestStates:
    """queued → running → finished | stopped | failed | interrupted."""

    def test_a_run_is_claimed_once(self, store: Store, new_run: NewRun) -> None:
        run = new_run()
        assert store.claim(run.id)
        assert not store.claim(run.id)
        assert store.get(run.id).state == "running"
        assert store.get(run.id).started is not None

    def test_a_run_is_claimed_once_however_many_want_it(
        self, store: Store, new_run: NewRun
    ) -> None:
        for _ in range(10):
            run, barrier = new_run(), threading.Barrier(8)

            def claim(_: int, run: Run = run, barrier: threading.Barrier = barrier) -> bool:
                barrier.wait()
                return open_store().claim(run.id)

            with ThreadPoolExecutor(8) as pool:
                assert sum(pool.map(claim, range(8))) == 1

    @pytest.mark.parametrize("state", ["finished", "stopped", "failed", "interrupted"])
    def test_a_run_ends_once(self, state: State, store: Store, new_run: NewRun) -> None:
        run = new_run()
        store.claim(run.id)
        assert store.end(run.id, state, "a reason", summary={"seconds": 2.5})
        assert not store.end(run.id, "failed", "too late")
        ended = store.get(run.id)
        assert (ended.state, ended.message, ended.seconds) == (state, "a reason", 2.5)
        assert ended.finished is not None
        assert not ended.is_active

    def test_a_run_that_has_ended_cannot_be_claimed(self, store: Store, new_run: NewRun) -> None:
        run = new_run()
        store.end(run.id, "stopped")
        assert not store.claim(run.id)

    def test_a_run_without_a_summary_lasted_from_claim_to_end(
        self, store: Store, new_run: NewRun
    ) -> None:
        run = new_run()
        store.claim(run.id)
        store.end(run.id, "failed")
        ended = store.get(run.id)
        assert ended.started is not None
        assert ended.finished is not None
        assert ended.seconds == ended.finished - ended.started

    def test_runs_are_listed_newest_first_and_by_state_and_owner(
        self, store: Store, new_run: NewRun
    ) -> None:
        first, second, third = new_run(), new_run(owner="cli"), new_run()
        store.claim(third.id)
        assert [run.id for run in store.runs()] == [third.id, second.id, first.id]
        assert [run.id for run in store.runs(("queued",))] == [second.id, first.id]
        assert [run.id for run in store.runs(("queued", "running"), owner="server")] == [
            third.id, first.id,
        ]  # fmt: skip


class TestQueue:
    """Who is next."""

    def test_places_count_from_the_oldest(self, store: Store, new_run: NewRun) -> None:
        runs = [new_run() for _ in range(3)]
        assert [store.place_in_queue(run) for run in runs] == [1, 2, 3]

    def test_one_moves_up_when_another_starts_or_is_stopped(
        self, store: Store, new_run: NewRun
    ) -> None:
        first, second, third = (new_run() for _ in range(3))
        store.claim(first.id)
        assert store.place_in_queue(third) == 2
        store.request_stop(second.id)
        assert store.place_in_queue(third) == 1

    def test_runs_of_the_command_line_wait_for_nobody(self, store: Store, new_run: NewRun) -> None:
        new_run(owner="cli")
        assert store.place_in_queue(new_run()) == 1


class TestStop:
    """The wish to stop."""

    def test_a_run_that_waits_is_stopped_at_once(self, store: Store, new_run: NewRun) -> None:
        run = new_run()
        store.request_stop(run.id)
        stopped = store.get(run.id)
        assert (stopped.state, stopped.stop_requested) == ("stopped", None)
        assert stopped.finished is not None
        assert not store.claim(run.id)

    def test_a_worker_hears_of_it_with_its_next_report(
        self, store: Store, new_run: NewRun
    ) -> None:
        run = new_run()
        store.claim(run.id)
        assert store.write(run.id, [], {}).stop is None
        store.request_stop(run.id)
        asked = store.write(run.id, [], {}).stop
        assert asked == store.get(run.id).stop_requested
        assert store.get(run.id).state == "running"

    def test_asking_again_does_not_move_the_moment(self, store: Store, new_run: NewRun) -> None:
        run = new_run()
        store.claim(run.id)
        store.request_stop(run.id)
        before = store.get(run.id).stop_requested
        store.request_stop(run.id)
        assert store.get(run.id).stop_requested == before


class TestPoints:
    """What was measured."""

    def test_they_come_back_in_order_with_the_latest_progress(
        self, store: Store, new_run: NewRun
    ) -> None:
        run = new_run()
        store.claim(run.id)
        points = numbered(5)
        store.write(run.id, points[:2], {"epoch": 2})
        store.write(run.id, points[2:], {"epoch": 5})
        assert store.points(run.id) == [p for _, p in points]
        assert store.get(run.id).progress == {"epoch": 5}

    def test_those_within_epochs_are_kept_apart(self, store: Store, new_run: NewRun) -> None:
        run = new_run()
        inner = [(number, point(number / 4, within_epoch=True)) for number in range(4)]
        store.write(run.id, [*inner, *numbered(1)], {})
        assert store.points(run.id) == [point(1)]
        assert store.points(run.id, within_epoch=True) == [p for _, p in inner]

    def test_each_run_has_its_own(self, store: Store, new_run: NewRun) -> None:
        run, other = new_run(), new_run()
        store.write(run.id, numbered(3), {})
        assert store.points(other.id) == []

    @pytest.mark.parametrize("count", [1, 2, 999, 1_000, 1_001, 2_500, 9_999])
    def test_many_are_thinned_evenly_and_the_last_is_always_there(
        self, count: int, store: Store, new_run: NewRun
    ) -> None:
        run = new_run()
        store.write(run.id, numbered(count), {})
        kept = [p.epoch for p in store.points(run.id, most=1_000)]
        assert len(kept) <= 1_001
        assert len(kept) >= min(count, 500)
        assert (kept[0], kept[-1]) == (1, count)
        strides = {b - a for a, b in pairwise(kept[:-1])}
        assert len(strides) <= 1

    def test_a_report_is_a_sign_of_life(self, store: Store, new_run: NewRun) -> None:
        run = new_run()
        store.claim(run.id)
        before = store.get(run.id).seen
        store.write(run.id, [], {})
        after = store.get(run.id).seen
        assert before is not None
        assert after is not None
        assert after > before


class TestDelete:
    """Forgetting."""

    def test_a_run_goes_with_its_points_and_files(self, store: Store, new_run: NewRun) -> None:
        run, other = new_run(), new_run()
        store.write(run.id, numbered(3), {})
        store.write(other.id, numbered(2), {})
        store.end(run.id, "failed")
        run.folder.mkdir(parents=True)
        (run.folder / "model.keras").write_bytes(b"weights")
        store.delete(run.id)
        assert [r.id for r in store.runs()] == [other.id]
        assert store.points(run.id) == []
        assert len(store.points(other.id)) == 2
        assert not run.folder.exists()

    @pytest.mark.parametrize("state", ["queued", "running"])
    def test_an_active_run_is_not_deleted(
        self, state: State, store: Store, new_run: NewRun
    ) -> None:
        run = new_run()
        if state == "running":
            store.claim(run.id)
        with pytest.raises(UserError, match=rf"Received: {state}\. Stop it first"):
            store.delete(run.id)
        assert store.get(run.id).state == state


class TestInterruption:
    """What an executor finds at its start."""

    def test_a_run_the_dead_server_trained_is_interrupted_and_keeps_its_points(
        self, store: Store, new_run: NewRun
    ) -> None:
        run = new_run()
        store.claim(run.id)
        store.write(run.id, numbered(7), {"epoch": 7})
        assert open_store().interrupt_the_dead() == [run.id]
        interrupted = store.get(run.id)
        assert interrupted.state == "interrupted"
        assert "The server that trained this run ended before the run did" in interrupted.message
        assert len(store.points(run.id)) == 7

    def test_what_waits_goes_on_waiting_and_what_ended_stays_ended(
        self, store: Store, new_run: NewRun
    ) -> None:
        queued, done = new_run(), new_run()
        store.claim(done.id)
        store.end(done.id, "finished")
        assert store.interrupt_the_dead() == []
        assert store.get(queued.id).state == "queued"
        assert store.get(done.id).state == "finished"

    def test_a_run_of_the_command_line_is_interrupted_only_once_it_fell_silent(
        self, store: Store, new_run: NewRun
    ) -> None:
        speaking, silent = new_run(owner="cli"), new_run(owner="cli")
        store.claim(speaking.id)
        store.claim(silent.id)
        with store.transaction() as connection:
            long_ago = update(RUNS).where(RUNS.c.id == silent.id).values(seen=time.time() - 60)
            connection.execute(long_ago)
        assert store.interrupt_the_dead() == [silent.id]
        assert store.get(speaking.id).state == "running"
        assert store.get(silent.id).message.startswith("The command that trained this run")


class TestTrouble:
    """Full disks, wrong folders."""

    def test_a_full_disk_is_a_sentence_and_loses_nothing_that_was_written(
        self, store: Store, new_run: NewRun
    ) -> None:
        run = new_run()
        store.write(run.id, numbered(50), {"epoch": 50})
        limit_pages(store, 1)  # no more than it has now
        more = [(number, point(number + 1)) for number in range(50, 5_000)]
        with pytest.raises(UserError, match=r"disk is full\. Free disk space on the server"):
            store.write(run.id, more, {"epoch": 5_000})
        assert len(store.points(run.id)) == 50
        assert store.get(run.id).progress == {"epoch": 50}
        limit_pages(store, 2**30)
        store.write(run.id, more, {"epoch": 5_000})
        assert store.points(run.id)[-1].epoch == 5_000

    def test_a_database_that_is_none_is_a_sentence(self, home_with_text: None) -> None:
        with pytest.raises(UserError, match=r"not a database\. .*Check DLPLAY_HOME"):
            open_store()

    @pytest.mark.parametrize("url", ["nonsense", "sqlite:////no/such/folder/runs.sqlite", "x://y"])
    def test_an_address_that_leads_nowhere_is_a_sentence(
        self, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DLPLAY_DATABASE_URL", url)
        with pytest.raises(UserError, match="DLPLAY_DATABASE_URL"):
            open_store()

    def test_eight_writers_at_once_lose_nothing(self, store: Store, new_run: NewRun) -> None:
        runs = [new_run() for _ in range(8)]

        def write(run: Run) -> None:
            own = open_store()
            for start in range(0, 100, 10):
                own.write(run.id, numbered(100)[start : start + 10], {})

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, runs))
        assert [len(store.points(run.id)) for run in runs] == [100] * 8


def limit_pages(store: Store, most: int) -> None:
    """Let the database grow to so many pages, the nearest thing to a full disk."""
    with store.transaction() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")


@pytest.fixture
def home_with_text() -> None:
    """A home whose database is a letter."""
    (Settings().folder(".") / "runs.sqlite").write_text("Dear reader, this is no database. " * 40)
