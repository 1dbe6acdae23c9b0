"""Commands that go on from a run, or make several: resume, fork, ablate, sweep, folds."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.runs import Run, Store, control, groups, open_store
from dlplay.runs.checkpoints import Checkpoints
from dlplay.runs.figures import METRICS_OF
from dlplay.runs.forks import fork as fork_run
from dlplay.studies import ablation, folds, space, sweep

Override = Callable[[str], tuple[str, str]]
Trainer = Callable[[Store, Run, bool], int]


def add_commands(
    commands: Any, experiment: Callable[[str], Experiment], override: Override, train: Trainer
) -> None:
    """Add them to the parser's commands.

    Args:
        experiment: reads ``PRESET|FILE.json``.
        override: reads ``FIELD=VALUE``.
        train: trains a queued run in this process and tells what came of it.
    """

    def read(options: argparse.Namespace) -> Experiment:
        wanted = experiment(options.experiment).changed(map(override, options.set))
        wanted.check(wanted.dataset.facts())
        return wanted

    def resume(options: argparse.Namespace) -> int:
        store = open_store()
        control.resume(store, options.run, owner="cli")
        return train(store, store.get(options.run), options.json)

    def fork(options: argparse.Namespace) -> int:
        store = open_store()
        parent = store.get(options.run)
        saved = Checkpoints(parent.folder).epochs()
        epoch = options.epoch if options.epoch is not None else max(saved, default=0)
        wanted = parent.experiment.changed(map(override, options.set))
        return train(store, fork_run(store, parent.id, epoch, wanted, owner="cli"), options.json)

    def ablate(options: argparse.Namespace) -> int:
        wanted = read(options)
        parts = ablation.removable(wanted)
        group = ablation.create(open_store(), wanted, parts, options.seeds, owner="cli")
        return _train_all(group, train, options.json)

    def cross_validate(options: argparse.Namespace) -> int:
        group = folds.create(open_store(), read(options), options.count, owner="cli")
        return _train_all(group, train, options.json)

    def search(options: argparse.Namespace) -> int:
        wanted = read(options)
        found = space.dimensions(wanted)
        unknown = [path for path in options.vary if path not in found]
        if unknown:
            raise UserError(f"Expected one of {', '.join(found)}", received=", ".join(unknown))
        task = wanted.architecture.task(wanted.dataset.facts())
        plan = sweep.parse(
            {
                "experiment": wanted.model_dump(mode="json"), "owner": "cli",
                "space": [found[path][1].model_dump() for path in options.vary],
                "sampler": options.sampler, "trials": options.trials, "prune": False,
                "metric": options.metric or METRICS_OF[task][0],
            }
        )  # fmt: skip
        return _train_all(sweep.create(open_store(), plan), train, options.json)

    for run in (resume, fork):
        sub = _add(commands, run.__name__, run, _HELP[run.__name__])
        sub.add_argument("run", metavar="RUN")
        if run is fork:
            sub.add_argument("--epoch", type=int, help="a saved epoch; the last by default")
            _add_set(sub)
    for name, command in (("ablate", ablate), ("sweep", search), ("folds", cross_validate)):
        sub = _add(commands, name, command, _HELP[name])
        sub.add_argument("experiment", metavar="PRESET|FILE.json")
        _add_set(sub)
        if name == "ablate":
            sub.add_argument("--seeds", type=int, default=1, choices=range(1, 6))
        elif name == "folds":
            sub.add_argument("--count", type=int, default=5, help="how many, 5 by default")
        else:
            sub.add_argument("--vary", action="append", required=True, metavar="FIELD")
            sub.add_argument("--trials", type=int, default=20)
            sub.add_argument("--sampler", choices=list(sweep.SAMPLERS), default="tpe")
            sub.add_argument("--metric", help="on validation data; the task's main one by default")


_HELP = {
    "resume": "Go on with a run that rests, from its last saved epoch.",
    "fork": "Train on from a saved epoch of a run, differently.",
    "ablate": "Train without each part of an experiment in turn.",
    "sweep": "Vary fields of an experiment in search of the best values.",
    "folds": "Cross-validate an experiment.",
}


def _add(commands: Any, name: str, command: Any, help: str) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    sub.set_defaults(command=command)
    sub.add_argument("--json", action="store_true", help="one JSON object a run on stdout")
    return sub


def _add_set(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE",
        help="replace a value, such as training.epochs=5",
    )  # fmt: skip


def _train_all(group: groups.Group, train: Trainer, as_json: bool) -> int:
    """Train every run of a group here, one after the other; 0 if all went well."""
    store, worst = open_store(), 0
    try:
        while True:
            if group.kind == "sweep":
                from dlplay.studies import turns  # brings Optuna

                turns.advance(store, groups.get(store, group.id), 1)
            queued = [run for run in groups.members(store, group.id) if run.state == "queued"]
            if not queued:
                return worst
            for run in queued:
                worst = max(worst, train(store, run, as_json))
    except KeyboardInterrupt:
        groups.stop(store, group.id)
        raise
