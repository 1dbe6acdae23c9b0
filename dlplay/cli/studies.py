"""Commands that train several runs for one question: ablate, sweep, folds."""

from __future__ import annotations

import argparse
from typing import Any

from dlplay.cli.arguments import add_command, add_experiment, wanted
from dlplay.cli.training import train_here
from dlplay.errors import UserError
from dlplay.runs import groups, open_store
from dlplay.runs.figures import METRICS_OF
from dlplay.studies import ablation, space
from dlplay.studies import folds as cross_validation
from dlplay.studies import sweep as search


def add_commands(commands: Any) -> None:
    """``ablate``, ``sweep`` and ``folds``."""
    parser = add_command(commands, ablate)
    add_experiment(parser)
    parser.add_argument("--seeds", type=int, default=1, choices=range(1, 6))
    parser = add_command(commands, sweep)
    add_experiment(parser)
    parser.add_argument("--vary", action="append", required=True, metavar="FIELD")
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--sampler", choices=list(search.SAMPLERS), default="tpe")
    parser.add_argument("--metric", help="on validation data; the task's main one by default")
    parser = add_command(commands, folds)
    add_experiment(parser)
    parser.add_argument("--count", type=int, default=5, help="how many, 5 by default")


def ablate(options: argparse.Namespace) -> int:
    """Train without each part of an experiment in turn."""
    experiment = wanted(options)
    parts = ablation.removable(experiment)
    group = ablation.create(open_store(), experiment, parts, options.seeds, owner="cli")
    return _train_all(group, options.json)


def sweep(options: argparse.Namespace) -> int:
    """Vary fields of an experiment in search of the best values."""
    experiment = wanted(options)
    found = space.dimensions(experiment)
    unknown = [path for path in options.vary if path not in found]
    if unknown:
        raise UserError(f"Expected one of {', '.join(found)}", received=", ".join(unknown))
    task = experiment.architecture.task(experiment.dataset.facts())
    plan = search.parse(
        {
            "experiment": experiment.model_dump(mode="json"), "owner": "cli",
            "space": [found[path][1].model_dump() for path in options.vary],
            "sampler": options.sampler, "trials": options.trials, "prune": False,
            "metric": options.metric or METRICS_OF[task][0],
        }
    )  # fmt: skip
    return _train_all(search.create(open_store(), plan), options.json)


def folds(options: argparse.Namespace) -> int:
    """Cross-validate an experiment."""
    group = cross_validation.create(open_store(), wanted(options), options.count, owner="cli")
    return _train_all(group, options.json)


def _train_all(group: groups.Group, as_json: bool) -> int:
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
                worst = max(worst, train_here(store, run, as_json))
    except KeyboardInterrupt:
        groups.stop(store, group.id)
        raise
