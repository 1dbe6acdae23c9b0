"""How commands speak: answers on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from typing import Any

from dlplay.runs import Run


def outcome(run: Run) -> dict[str, Any]:
    """What ``--json`` says of a run."""
    summary = run.summary
    told = {
        "run": run.id, "status": run.state, "title": run.title, "seconds": run.seconds,
        "epochs": summary.get("epochs", 0), "final": summary.get("final", {}),
        "test": summary.get("test", {}),
    }  # fmt: skip
    return told | ({"message": run.message} if run.message else {})


def put(text: str) -> None:
    """A line of the answer, on stdout."""
    sys.stdout.write(f"{text}\n")


def put_json(values: dict[str, Any]) -> None:
    """The answer for another program."""
    put(json.dumps(values))


def say(text: str) -> None:
    """A line for who waits, on stderr."""
    sys.stderr.write(f"{text}\n")
