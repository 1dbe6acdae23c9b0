"""Real servers for tests: processes of their own, with a home of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from dlplay.runs import Run, State, Store, open_store
from dlplay.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
_EXECUTOR = """
import sys, time
from dlplay.errors import UserError
from dlplay.execution import LocalExecutor
from dlplay.settings import Settings
try:
    with Settings().held():
        executor = LocalExecutor()
        executor.start()
        print("started", flush=True)
        sys.stdin.read()
        executor.stop()
except UserError as error:
    sys.exit(str(error))
"""


class ExecutorProcess:
    """An executor in a process of its own; the store is how tests and executor meet."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.store: Store = open_store(Settings(home=home))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _EXECUTOR],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={**os.environ, "DLPLAY_HOME": str(home), **environment},
        )  # fmt: skip

    def started(self) -> bool:
        """Wait until it serves the store; False if it would not."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip() == "started"

    def refusal(self) -> str:
        """What it said when it would not start."""
        return self._process.communicate(timeout=60)[1].strip()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.communicate()

    def close(self) -> None:
        """End it properly."""
        self._process.communicate(timeout=60)

    def wait_for(
        self, run: Run, *states: State, until: Callable[[Run], bool] = lambda _: True
    ) -> Run:
        """The run once it is in one of ``states``."""
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            now = self.store.get(run.id)
            if now.state in states and until(now):
                return now
            time.sleep(0.05)
        raise TimeoutError(f"run {run.id} is {now.state} ({now.message}), not {states}")


class AppServer:
    """The whole app on a free port of this machine."""

    def __init__(self, home: Path, script: str = "app.py") -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (home.parent / "server.log").open("wb")
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "streamlit", "run", script,
                "--server.address", "127.0.0.1", "--server.port", str(self.port),
            ],
            cwd=ROOT, env={**os.environ, "DLPLAY_HOME": str(home)},
            stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def wait_until_healthy(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError((self.home.parent / "server.log").read_text())

    def close(self) -> None:
        """End it as Ctrl+C does."""
        self._process.terminate()
        self._process.wait(30)
        self._log.close()
