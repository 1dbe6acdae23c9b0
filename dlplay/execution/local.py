"""The executor that lives in the server process and trains on this machine."""

from __future__ import annotations

import logging
import threading
import time

from dlplay.execution.driving import Driving
from dlplay.execution.gpus import visible_gpus
from dlplay.execution.process import HelperProcess, WorkerProcess
from dlplay.runs import Store, open_store, requests
from dlplay.settings import Settings

_TICK_SECONDS = 0.1
_STOP_SECONDS = 0.8
"""How long a run may take to stop by itself before its process is killed."""
_SPARE_DELAY_SECONDS, _SPARE_DELAY_BUSY_SECONDS = 2.0, 10.0
"""A new spare takes a core for seconds: let the run just launched draw its first points. Where no
slot is free, a short run's own worker is there for the next."""

_QUIET_SECONDS = 5.0
"""The framework takes seconds to import: a server that has just started waits so long for its
first visitor before it does that."""
_DRAWING_SECONDS = 1.5
"""A page asks its question when it is sent; so long its browser may take to draw it."""

_log = logging.getLogger(__name__)


class LocalExecutor:
    """One run in a process at a time, one slot per GPU (else one), and a spare worker kept warm.

    Args:
        store: where runs are queued; the settings' own by default.
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store = store or open_store()
        self._settings = Settings()
        gpus = visible_gpus()
        count = self._settings.slots or len(gpus) or 1
        self._slots = [gpus[i % len(gpus)] if gpus else "-" for i in range(count)]
        self._has_gpu = bool(gpus)
        self._running: dict[str, tuple[WorkerProcess, int]] = {}
        self._spare: WorkerProcess | None = None
        self._spare_wanted = 0.0
        self._workers = 0
        self._driving = Driving(self._store, count)
        self._helper: HelperProcess | None = None
        self._asked = ""
        """The key of the request that the helper is at work on."""
        self._quiet_until = 0.0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="executor", daemon=True)

    def start(self) -> None:
        """Begin to serve the store; nobody else may serve it (`Settings.held`)."""
        self._store.interrupt_the_dead()
        self._spare_wanted = self._quiet_until = time.monotonic() + _QUIET_SECONDS
        requests.forget(self._store)  # another version may have answered differently
        self._thread.start()

    def stop(self) -> None:
        """End every process of ours; runs that were training become interrupted."""
        self._ending.set()
        self._thread.join()
        for worker, _ in self._running.values():
            worker.kill()
        if self._spare:
            self._spare.kill()
        self._driving.stop()
        if self._helper:
            self._helper.kill()
        self._store.interrupt_the_dead()

    def _run(self) -> None:
        while not self._ending.wait(_TICK_SECONDS):
            try:
                self._tick()
            except Exception:  # whatever it is (a full disk), the next tick may find it mended
                _log.exception("The executor could not do its round")
                self._ending.wait(1.0)

    def _tick(self) -> None:
        self._end_stopped()
        self._collect_ended()
        self._keep_spare()
        self._driving.tick()
        self._launch()
        self._answer_requests()

    def _end_stopped(self) -> None:
        """Kill what was asked to stop and did not."""
        for run in self._store.runs(("running",)):
            asked = run.stop_requested
            worker, _ = self._running.get(run.id, (None, 0))
            if worker and asked and time.time() - asked > _STOP_SECONDS:
                worker.kill()
                self._store.end(run.id, "stopped")

    def _collect_ended(self) -> None:
        """Free the slots of workers that are ready for another run, or gone; a run that one of
        these left active has failed."""
        for run_id, (worker, _) in list(self._running.items()):
            if worker.exit_code is not None:
                del self._running[run_id]
                self._spare_wanted = 0.0
                self._store.end_if_running(run_id, "failed", worker.last_words())
                if worker.exit_code == 0:
                    worker.log.unlink(missing_ok=True)
            elif worker.ready.is_set():
                del self._running[run_id]
                self._take_back(worker)

    def _take_back(self, worker: WorkerProcess) -> None:
        """Make a worker the spare unless there is a fresh one."""
        if self._spare is not None and self._spare.ready.is_set():
            worker.retire()
            return
        if self._spare is not None:
            self._spare.retire()
        self._spare = worker

    def _keep_spare(self) -> None:
        if self._spare is not None and self._spare.exit_code is not None:
            _log.error("A spare worker died: %s", self._spare.last_words())
            self._spare, self._spare_wanted = None, time.monotonic() + 5.0
        if self._spare is None and time.monotonic() >= self._spare_wanted:
            self._workers += 1
            log = self._settings.folder("logs") / f"worker-{self._workers}.log"
            self._spare = WorkerProcess(log, self._has_gpu)

    def _launch(self) -> None:
        """Hand the oldest queued run to the spare, if there is a free slot."""
        taken = {slot for _, slot in self._running.values()}
        free = [slot for slot in range(len(self._slots)) if slot not in taken]
        if not free:
            return
        waiting = self._store.runs(("queued",), owner="server")
        queued = [run for run in waiting if run.id not in self._running]  # its worker goes on
        if not queued:
            return
        if self._spare is None:
            self._spare_wanted = 0.0
            return
        run = queued[-1]
        if not self._spare.ready.is_set() or not self._store.claim(run.id):
            return
        worker, self._spare = self._spare, None
        is_next_wanted = self._has_gpu or len(free) > 1
        delay = _SPARE_DELAY_SECONDS if is_next_wanted else _SPARE_DELAY_BUSY_SECONDS
        self._spare_wanted = time.monotonic() + delay
        self._running[run.id] = (worker, free[0])
        worker.hand(run.id, self._slots[free[0]])

    def _answer_requests(self) -> None:
        if self._asked and self._helper is not None:
            found = self._helper.answer()
            if found is None:
                return
            requests.answer(self._store, self._asked, *found)
            self._asked = ""
        asked = requests.open_requests(self._store)
        if self._helper is None or self._helper.exit_code is not None:
            now = time.monotonic()
            if asked and now < self._quiet_until - _DRAWING_SECONDS:
                self._spare_wanted = self._quiet_until = now + _DRAWING_SECONDS
            if now < self._quiet_until:
                return
            self._helper = HelperProcess(self._settings.folder("logs") / "helper.log")
        if asked:
            self._asked = asked[0].key
            self._helper.ask(asked[0].kind, asked[0].question)
