"""The commands that take a run or an experiment away: ``script`` and ``export``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from dlplay.cli.arguments import add_command
from dlplay.cli.output import put
from dlplay.errors import UserError
from dlplay.execution import helper
from dlplay.experiment import Experiment
from dlplay.export.models import FORMATS, check_exportable, format_of
from dlplay.presets import PRESETS
from dlplay.runs import open_store
from dlplay.runs.store import default_title


def add_commands(commands: Any) -> None:
    """``script`` and ``export``."""
    parser = add_command(commands, script, has_json=False)
    parser.add_argument("experiment", metavar="PRESET|FILE.json|RUN")
    parser.add_argument("-o", "--output", metavar="FILE", help="standard output by default")
    parser = add_command(commands, export, has_json=False)
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--format", required=True, help=", ".join(FORMATS))
    parser.add_argument("-o", "--output", required=True, metavar="PATH")


def script(options: argparse.Namespace) -> int:
    """Write an experiment or a run as plain Keras; a notebook if the file ends in .ipynb."""
    experiment, title, note = _experiment(options.experiment)
    values = experiment.model_dump(mode="json")
    question = {"experiment": values, "title": title, "note": note}
    written = helper.ask_once("script", question)
    if not options.output:
        sys.stdout.write(written["script"])
        return 0
    kind = "notebook" if options.output.endswith(".ipynb") else "script"
    try:
        Path(options.output).write_text(written[kind], "utf-8")
    except OSError as error:
        raise UserError(
            f"{options.output} could not be written: {error.strerror}", fix="Choose another path"
        ) from error
    return 0


def export(options: argparse.Namespace) -> int:
    """Write the network of a run as a file for other programs."""
    format_of(options.format)
    run = open_store().get(options.run)
    check_exportable(run)
    target = str(Path(options.output).absolute())
    question = {"run": run.id, "format": options.format, "target": target}
    put(helper.ask_once("export", question)["file"])
    return 0


def _experiment(name: str) -> tuple[Experiment, str, str]:
    """What is known by that name, its title, and what an experiment does not say of it."""
    if name in PRESETS:
        return PRESETS[name].experiment, PRESETS[name].title, ""
    if Path(name).is_file():
        experiment = Experiment.parse(Path(name).read_bytes())
        return experiment, default_title(experiment), ""
    try:
        run = open_store().get(name)
    except UserError as error:
        raise UserError(
            f"Expected a preset ({', '.join(PRESETS)}), a file of JSON, or a run", received=name
        ) from error
    return run.experiment, run.title, run.departures
