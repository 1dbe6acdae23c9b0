"""Pauses and sweeps with real processes: executor, workers, driver."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from dlplay.runs import Run, control, groups
from dlplay.studies import sweep
from tests.execution.test_local import LONG, SHORT
from tests.servers import ExecutorProcess

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("executor")]

RATE = {"path": "training.optimizer.learning_rate", "low": 0.001, "high": 0.1, "log": True}


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExecutorProcess]:
    """An executor that all tests of this file share."""
    process = ExecutorProcess(tmp_path_factory.mktemp("driving") / "home")
    assert process.started()
    yield process
    process.close()


def epochs(run: Run) -> int:
    """How far a run is."""
    return int(run.progress.get("epoch", 0))


def test_a_paused_run_gives_its_slot_away_and_goes_on_when_it_is_asked(
    executor: ExecutorProcess,
) -> None:
    store = executor.store
    run = executor.wait_for(store.create(LONG), "running", until=lambda r: epochs(r) > 0)
    control.request_pause(store, run.id)
    done = executor.wait_for(run, "paused").summary["epochs"]
    assert done == len(store.points(run.id, most=10**6))
    assert executor.wait_for(store.create(SHORT), "finished")
    control.resume(store, run.id)
    executor.wait_for(run, "running", until=lambda r: epochs(r) > done)
    control.request_pause(store, run.id)
    paused = executor.wait_for(run, "paused", "failed")
    points = store.points(run.id, most=10**6)
    assert [point.epoch for point in points] == list(range(1, paused.summary["epochs"] + 1))
    control.resume(store, run.id, pause_after=len(points) + 1)  # this time it waits itself
    stepped = executor.wait_for(run, "paused", until=lambda r: r.summary.get("epochs", 0) > 0)
    assert stepped.summary["epochs"] == len(points) + 1


def test_a_sweep_is_driven_to_its_end_by_a_process_of_its_own(executor: ExecutorProcess) -> None:
    store = executor.store
    values = {"experiment": SHORT.model_dump(mode="json"), "space": [RATE], "sampler": "grid"}
    group = sweep.create(store, sweep.parse({**values, "trials": 2, "metric": "accuracy"}))
    deadline = time.monotonic() + 300
    while groups.open_sweeps(store):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    plan = sweep.parse(group.plan)
    tried = sweep.trials(store, groups.get(store, group.id), plan)
    assert [trial.fate for trial in tried] == ["complete", "complete"]
    assert [trial.values for trial in tried] == [{RATE["path"]: 0.001}, {RATE["path"]: 0.01}]
