"""Training in this process, the run recorded in the same store as the server's."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from dlplay.cli.arguments import add_command, add_experiment, add_set, changed, wanted
from dlplay.cli.output import outcome, put_json, say
from dlplay.presets import PRESETS
from dlplay.runs import Run, Store, control, open_store
from dlplay.runs.checkpoints import Checkpoints
from dlplay.runs.forks import fork as fork_run


def add_commands(commands: Any) -> None:
    """``train``, ``resume`` and ``fork``."""
    add_experiment(add_command(commands, train))
    add_command(commands, resume).add_argument("run", metavar="RUN")
    parser = add_command(commands, fork)
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--epoch", type=int, help="a saved epoch; the last by default")
    add_set(parser)


def train(options: argparse.Namespace) -> int:
    """Train in this process, the run recorded in the same store."""
    preset = PRESETS.get(options.experiment)
    title = preset.title if preset else ""
    store = open_store()
    return train_here(store, store.create(wanted(options), title, owner="cli"), options.json)


def resume(options: argparse.Namespace) -> int:
    """Go on with a run that rests, from its last saved epoch."""
    store = open_store()
    control.resume(store, options.run, owner="cli")
    return train_here(store, store.get(options.run), options.json)


def fork(options: argparse.Namespace) -> int:
    """Train on from a saved epoch of a run, differently."""
    store = open_store()
    parent = store.get(options.run)
    saved = Checkpoints(parent.folder).epochs()
    epoch = options.epoch if options.epoch is not None else max(saved, default=0)
    experiment = changed(parent.experiment, options)
    run = fork_run(store, parent.id, epoch, experiment, owner="cli")
    return train_here(store, run, options.json)


def train_here(store: Store, run: Run, as_json: bool) -> int:
    """Train a queued run in this process and say what came of it; 1 if it failed."""
    store.claim(run.id)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    say(f"Run {run.id}: importing the framework …")
    from dlplay.training.trainer import train as train_run

    try:
        run = train_run(store, store.get(run.id), _ProgressLine())
    except KeyboardInterrupt:
        store.end(run.id, "stopped")
        raise
    say("")
    if as_json:
        put_json(outcome(run))
    if run.message:
        say(run.message)
    if run.state == "finished":
        say("  ".join(f"{k} {v:.4g}" for k, v in run.summary["test"].items()) + "  (test)")
    return 1 if run.state in ("failed", "interrupted") else 0


class _ProgressLine:
    """Prints a run's progress over itself on stderr; a line per phase where that is a file."""

    def __init__(self) -> None:
        self._phase = ""

    def __call__(self, progress: dict[str, Any]) -> None:
        phase = progress["phase"]
        if phase == "training" and sys.stderr.isatty():
            sys.stderr.write(
                f"\repoch {progress['epoch']}/{progress['epochs']}  "
                f"{progress['samples_per_second']:,.0f} samples/s  "
            )
            sys.stderr.flush()
        elif phase != self._phase:
            say(phase)
        self._phase = phase
