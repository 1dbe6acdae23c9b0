"""Processes of ours as the one that starts them sees them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

_LOG_BYTES = 4_000
Answer = tuple[dict[str, Any] | None, str]
"""Plain values; or None, and a sentence that says why there are none."""


class ChildProcess:
    """A process that runs a module of ours, is told lines and tells lines (`dlplay.orders`).

    Args:
        log: file for what it prints beside its lines.
        environment: what it has beside our own.
    """

    kind: str
    """What it is called in a sentence."""

    def __init__(self, log: Path, module: str, *arguments: str, **environment: str) -> None:
        self.log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                env={**package_environment(), "TF_CPP_MIN_LOG_LEVEL": "2", **environment},
            )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def exit_code(self) -> int | None:
        """None while it lives; negative if a signal ended it."""
        return self._process.poll()

    def tell(self, line: str) -> None:
        """Write it a line, which is lost if it has died."""
        pipe = self._process.stdin
        with suppress(OSError, ValueError):  # a pipe that is broken, or closed already
            if pipe is not None:
                pipe.write(f"{line}\n".encode())
                pipe.flush()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            if line.endswith(b"\n"):  # not what it broke off in
                self._hear(line.decode().rstrip("\n"))
        with suppress(OSError), self._process:  # waits, and closes its pipes
            pass
        self._hear_the_end()

    def _hear(self, line: str) -> None:
        """What to do with a line it tells."""
        raise NotImplementedError

    def _hear_the_end(self) -> None:
        """What to do when it is gone."""

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
            return f"The {self.kind} process was ended by {how}{hint}."
        lines = self.log.read_bytes()[-_LOG_BYTES:].decode(errors="replace").strip().splitlines()
        said = f": {lines[-1][:200]}" if lines else "."
        return f"The {self.kind} process ended with exit code {code}{said}"


class WorkerProcess(ChildProcess):
    """A worker: started, warming up, waiting for a run, training, waiting for the next.

    Args:
        has_gpu: whether runs get a GPU of their own.
    """

    kind = "worker"

    def __init__(self, log: Path, has_gpu: bool) -> None:
        self.ready = threading.Event()
        """Set while it waits for a run."""
        super().__init__(log, "dlplay.training.worker", *(["--gpu"] * has_gpu))

    def hand(self, run_id: str, gpu: str) -> None:
        """Give it a run."""
        self.ready.clear()
        self.tell(f"{run_id} {gpu}")

    def _hear(self, line: str) -> None:
        if line == "ready":
            self.ready.set()


class HelperProcess(ChildProcess):
    """Answers short questions, one at a time; it starts at once, so that the first need not wait
    for what is imported."""

    kind = "helper"

    def __init__(self, log: Path) -> None:
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        super().__init__(log, "dlplay.execution.helper", CUDA_VISIBLE_DEVICES="")

    def ask(self, kind: str, question: dict[str, Any]) -> None:
        """Ask it, once it has answered what it was asked before."""
        self.tell(json.dumps([kind, question]))

    def answer(self) -> Answer | None:
        """What it says; None while it thinks."""
        try:
            return self._answers.get_nowait()
        except Empty:
            return None

    def wait(self) -> Answer:
        """What it says, once it does."""
        return self._answers.get()

    def _hear(self, line: str) -> None:
        values, error = json.loads(line)
        self._answers.put((values, error))

    def _hear_the_end(self) -> None:
        self._answers.put((None, self.last_words()))


def package_environment() -> dict[str, str]:
    """The environment of a process started elsewhere, in which the package is found."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}
