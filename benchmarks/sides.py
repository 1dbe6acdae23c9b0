"""Sides of a comparison: processes that do their work each time they are asked, and time it.

``python -m benchmarks.sides MODULE FUNCTION`` imports the module, calls the function once (which
imports, loads and warms up, none of it timed) and then calls what it returned for every line on
its standard input, answering with a line of JSON. So two sides can take turns within seconds, and
whatever else the machine is doing falls on both.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile

Figures = dict[str, float]
Measure = Callable[[], Figures]

THREADS = 2
_ROOT = Path(__file__).resolve().parents[1]
_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": str(THREADS),
    "OMP_NUM_THREADS": str(THREADS),
    "CUDA_VISIBLE_DEVICES": "-1",
}


class Side:
    """A process that measures when asked; it has warmed up once this is constructed."""

    def __init__(self, function: Callable[[], Measure]) -> None:
        command = [sys.executable, "-m", "benchmarks.sides", function.__module__]
        self._log = TemporaryFile("w+")  # noqa: SIM115 (lives as long as the process)
        self._process = subprocess.Popen(
            [*command, function.__name__],
            cwd=_ROOT, env={**os.environ, **_ENVIRONMENT}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
        )  # fmt: skip
        self._answer()

    def close(self) -> None:
        """End it: it leaves when its standard input closes."""
        self._process.communicate(timeout=60)
        self._log.close()

    def measure(self) -> Figures:
        """Ask once."""
        if self._process.stdin is not None:
            self._process.stdin.write("go\n")
            self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Figures:
        pipe = self._process.stdout
        line = pipe.readline() if pipe is not None else ""
        if not line:
            self._log.seek(0)
            raise RuntimeError(f"{self._process.args!r} broke off:\n{self._log.read()}")
        figures: Figures = json.loads(line)
        return figures


def take_turns(sides: dict[str, Side], rounds: int) -> dict[str, Figures]:
    """Ask every side ``rounds`` times, in turn; the medians of each."""
    taken: dict[str, list[Figures]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            taken[name].append(side.measure())
    return {name: medians(figures) for name, figures in taken.items()}


def fresh_turns(sides: dict[str, Callable[[], Measure]], rounds: int) -> dict[str, Figures]:
    """The same with a fresh process for every measurement, one at a time."""
    taken: dict[str, list[Figures]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, function in sides.items():
            side = Side(function)
            taken[name].append(side.measure())
            side.close()
    return {name: medians(figures) for name, figures in taken.items()}


def medians(taken: list[Figures]) -> Figures:
    """The median of every figure."""
    return {name: median(figures[name] for figures in taken) for name in taken[0]}


def _serve(module: str, function: str) -> None:
    measure: Measure = getattr(importlib.import_module(module), function)()
    print("{}", flush=True)
    for _ in sys.stdin:
        print(json.dumps(measure()), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2])
