"""The executor with real worker processes, when all goes well and when it does not."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dlplay.experiment import Experiment
from dlplay.runs import control, requests
from dlplay.runs.pace import Pace
from tests.servers import ExecutorProcess

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("executor")]

SHORT = Experiment.parse(
    {"dataset": {"name": "iris"}, "architecture": {"name": "mlp"}, "training": {"epochs": 3}}
)
LONG = SHORT.changed([("training.epochs", 100_000)])


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExecutorProcess]:
    """An executor that all tests of this file share; its pace is on record already."""
    home = tmp_path_factory.mktemp("executor") / "home"
    process = ExecutorProcess(home)
    assert process.started()
    yield process
    process.close()


def worker_of(executor_home: Path) -> psutil.Process:
    """The worker that trains in this home (the spare has not been handed a run)."""
    for process in psutil.process_iter(["cmdline", "environ"]):
        command = process.info["cmdline"] or []
        environment = process.info["environ"] or {}
        if (
            "dlplay.training.worker" in command
            and environment.get("DLPLAY_HOME") == str(executor_home)
            and any(t.user_time for t in process.threads())
            and process.cpu_percent(0.3) > 30
        ):
            return process
    raise LookupError("no worker is busy")


def test_a_queued_run_is_trained_to_its_end(executor: ExecutorProcess) -> None:
    run = executor.wait_for(executor.store.create(SHORT), "finished", "failed")
    assert (run.state, run.message) == ("finished", "")
    assert run.summary["epochs"] == 3
    assert len(executor.store.points(run.id)) == 3


def test_the_first_worker_has_measured_the_pace_of_this_machine(
    executor: ExecutorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor.wait_for(executor.store.create(SHORT), "finished")
    monkeypatch.setenv("DLPLAY_HOME", str(executor.home))
    pace = Pace.load()
    assert pace is not None
    assert 0 < pace.step_seconds < 0.1
    assert pace.flops_per_second > 1e8


def test_short_runs_follow_each_other_in_one_process_to_the_very_same_numbers(
    executor: ExecutorProcess,
) -> None:
    store, logs = executor.store, executor.home / "logs"
    runs = [store.create(SHORT.changed([("regularisation.dropout", 0.3)])) for _ in range(3)]
    executor.wait_for(runs[0], "running", "finished")
    workers = list(logs.glob("worker-*.log"))
    first, *others = (executor.wait_for(run, "finished") for run in runs)
    for other in others:
        assert other.summary["final"] == first.summary["final"]
        assert [p.metrics for p in store.points(other.id)] == [
            p.metrics for p in store.points(first.id)
        ]
    assert list(logs.glob("worker-*.log")) == workers


def test_stop_ends_a_long_run_and_the_slot_is_free_for_the_next(executor: ExecutorProcess) -> None:
    store = executor.store
    run = executor.wait_for(
        store.create(LONG), "running", until=lambda r: r.progress.get("epoch", 0) > 0
    )
    store.request_stop(run.id)
    stopped = executor.wait_for(run, "stopped", "finished", "failed")
    assert stopped.state == "stopped"
    assert 0 < len(store.points(run.id)) < 100_000
    assert executor.wait_for(store.create(SHORT), "finished").summary["epochs"] == 3


def test_a_stop_before_the_first_step_kills_the_worker_in_time(executor: ExecutorProcess) -> None:
    run = executor.wait_for(executor.store.create(LONG), "running")
    executor.store.request_stop(run.id)
    stopped = executor.wait_for(run, "stopped", "failed", "finished")
    assert stopped.state == "stopped"


def test_more_runs_than_slots_wait_and_know_their_place(executor: ExecutorProcess) -> None:
    store = executor.store
    first = executor.wait_for(store.create(LONG), "running")
    second, third = store.create(SHORT), store.create(SHORT)
    time.sleep(0.5)
    assert [store.get(run.id).state for run in (second, third)] == ["queued", "queued"]
    assert [store.place_in_queue(run) for run in (second, third)] == [1, 2]
    store.request_stop(second.id)
    assert store.get(second.id).state == "stopped"
    assert store.place_in_queue(third) == 1
    store.request_stop(first.id)
    assert executor.wait_for(third, "finished").summary["epochs"] == 3


def test_a_killed_worker_fails_its_run_alone(executor: ExecutorProcess) -> None:
    store = executor.store
    run = executor.wait_for(
        store.create(LONG), "running", until=lambda r: r.progress.get("epoch", 0) > 0
    )
    os.kill(worker_of(executor.home).pid, signal.SIGKILL)
    failed = executor.wait_for(run, "failed")
    assert "ended by signal SIGKILL" in failed.message
    assert len(store.points(run.id)) > 0
    assert executor.wait_for(store.create(SHORT), "finished").summary["epochs"] == 3


def test_requests_are_answered_by_the_helper_process_and_errors_are_sentences(
    executor: ExecutorProcess,
) -> None:
    store = executor.store
    good = {"experiment": SHORT.model_dump(mode="json")}
    bad = {
        "experiment": SHORT.changed([("dataset", "csv")]).model_dump(mode="json"),
    }
    while requests.ask(store, "summary", good).is_open or (
        requests.ask(store, "summary", bad).is_open
    ):
        time.sleep(0.05)
    answer = requests.ask(store, "summary", good).answer
    assert answer is not None
    assert answer["parameters"] == 4 * 10 + 10 + 10 * 3 + 3
    assert "Expected an uploaded file" in requests.ask(store, "summary", bad).error


def test_a_second_server_on_the_same_home_says_so_and_does_not_start(
    executor: ExecutorProcess,
) -> None:
    second = ExecutorProcess(executor.home)
    assert "Another server already uses" in second.refusal()
    assert executor.wait_for(executor.store.create(SHORT), "finished")


def test_what_trained_when_the_server_was_killed_keeps_its_curve_and_goes_on_if_asked(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    first = ExecutorProcess(home)
    assert first.started()
    run = first.wait_for(
        first.store.create(LONG), "running", until=lambda r: r.progress.get("epoch", 0) > 50
    )
    worker = worker_of(home)
    first.kill()
    worker.wait(10)  # a worker does not outlive its server
    recorded = len(first.store.points(run.id))
    second = ExecutorProcess(home)
    assert second.started()
    after = second.wait_for(run, "interrupted")
    assert "ended before the run did" in after.message
    assert len(second.store.points(run.id)) == recorded > 0
    control.resume(second.store, run.id)
    second.wait_for(run, "running", until=lambda r: r.progress.get("epoch", 0) > recorded)
    second.store.request_stop(run.id)
    ended = second.wait_for(run, "stopped", "failed")
    points = second.store.points(run.id, most=10**6)
    assert [point.epoch for point in points] == list(range(1, ended.summary["epochs"] + 1))
    second.close()
