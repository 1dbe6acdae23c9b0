"""What several commands are given: an experiment, with values of one's own."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.presets import PRESETS

Command = Callable[[argparse.Namespace], int]


def add_command(
    commands: Any, command: Command, *, has_json: bool = True
) -> argparse.ArgumentParser:
    """Add a function of the command line under its own name, its docstring the help."""
    description = (command.__doc__ or "").partition("\n\n")[0].replace("\n    ", " ")
    parser: argparse.ArgumentParser = commands.add_parser(
        command.__name__, help=description, description=description
    )
    parser.set_defaults(command=command)
    if has_json:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser


def add_experiment(parser: argparse.ArgumentParser) -> None:
    """``PRESET|FILE.json`` and ``--set``."""
    parser.add_argument("experiment", metavar="PRESET|FILE.json")
    add_set(parser)


def add_set(parser: argparse.ArgumentParser) -> None:
    """``--set FIELD=VALUE``."""
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE",
        help="replace a value, such as training.epochs=5",
    )  # fmt: skip


def wanted(options: argparse.Namespace) -> Experiment:
    """The experiment of `add_experiment`, checked against its data.

    Raises:
        UserError: there is none, or it cannot be trained.
    """
    experiment = changed(_named(options.experiment), options)
    experiment.check(experiment.dataset.facts())
    return experiment


def changed(experiment: Experiment, options: argparse.Namespace) -> Experiment:
    """An experiment with the values of `add_set`."""
    return experiment.changed(map(_override, options.set))


def _named(name: str) -> Experiment:
    """A preset by its name, or the experiment in a file."""
    if name in PRESETS:
        return PRESETS[name].experiment
    try:
        return Experiment.parse(Path(name).read_bytes())
    except OSError as error:
        raise UserError(
            f"Expected a preset ({', '.join(PRESETS)}) or a file of JSON", received=name
        ) from error


def _override(text: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not equals:
        raise UserError("Expected FIELD=VALUE, such as training.epochs=5", received=text)
    return path.strip(), value.strip()
