"""A worker process as the executor sees it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

_LOG_BYTES = 4_000


class WorkerProcess:
    """A worker: started, warming up, waiting for a run, training, waiting for the next.

    Args:
        log: file for what the process prints beside ``ready``.
        has_gpu: whether runs get a GPU of their own.
    """

    def __init__(self, log: Path, has_gpu: bool) -> None:
        self.log = log
        self.ready = threading.Event()
        """Set while it waits for a run."""
        command = [sys.executable, "-m", "dlplay.training.worker", *(["--gpu"] * has_gpu)]
        environment = {**package_environment(), "TF_CPP_MIN_LOG_LEVEL": "2"}
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                env=environment,
            )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it lives; negative if a signal ended it."""
        return self._process.poll()

    def hand(self, run_id: str, gpu: str) -> bool:
        """Give it the run; False if it died before."""
        pipe = self._process.stdin
        if pipe is None or self.exit_code is not None:
            return False
        self.ready.clear()
        try:
            pipe.write(f"{run_id} {gpu}\n".encode())
            pipe.flush()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End it at once and wait until it is gone."""
        self._process.kill()
        self._process.wait()

    def retire(self) -> None:
        """End it where it has nothing to do and nothing to tell."""
        self.kill()
        self.log.unlink(missing_ok=True)

    def last_words(self) -> str:
        """The last line it printed, and what ended it, for a person to read."""
        code = self.exit_code or 0
        if code < 0:
            how = f"signal {signal.Signals(-code).name}"
            hint = " (often: the machine ran out of memory)" if code == -signal.SIGKILL else ""
            return f"The worker process was ended by {how}{hint}."
        lines = self.log.read_bytes()[-_LOG_BYTES:].decode(errors="replace").strip().splitlines()
        said = f": {lines[-1][:200]}" if lines else "."
        return f"The worker process ended with exit code {code}{said}"

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            if line == b"ready\n":
                self.ready.set()


def package_environment() -> dict[str, str]:
    """The environment of a process started elsewhere, in which the package is found."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}
