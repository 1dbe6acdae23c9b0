"""The same experiments without a browser: ``python -m dlplay``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from dlplay import cli_studies
from dlplay.architectures import ARCHITECTURES
from dlplay.catalogue import Entry
from dlplay.classify import NETWORKS, default_network, network, pretrained
from dlplay.cli_export import add_arguments, export, script
from dlplay.datasets import DATASETS
from dlplay.errors import UserError
from dlplay.execution import helper
from dlplay.experiment import Experiment
from dlplay.presets import PRESETS
from dlplay.runs import Run, Store, open_store


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 if all went well, 1 if a run failed, 2 for input we cannot use."""
    try:
        options = _parser().parse_args(arguments)
        return int(options.command(options))
    except UserError as error:
        _say(str(error).replace("\n", " "))
        return 2
    except KeyboardInterrupt:
        _say("Interrupted.")
        return 130


def catalogue(options: argparse.Namespace) -> int:
    """List datasets, networks and presets."""
    cards: dict[str, dict[str, type[Entry]]] = {
        "datasets": dict(DATASETS), "architectures": dict(ARCHITECTURES),
    }  # fmt: skip
    if options.json:
        _print_json({**{k: list(v) for k, v in cards.items()}, "presets": list(PRESETS)})
        return 0
    for heading, listed in cards.items():
        _print(f"\n{heading}")
        for name, entry in listed.items():
            _print(f"  {name:20} {entry.card.title}")
    _print("\npresets")
    for preset in PRESETS.values():
        _print(f"  {preset.name:20} {preset.title}")
    return 0


def train(options: argparse.Namespace) -> int:
    """Train in this process, the run recorded in the same store."""
    overrides = [_override(text) for text in options.set]
    experiment = _experiment(options.experiment).changed(overrides)
    experiment.check(experiment.dataset.facts())
    store = open_store()
    run = store.create(experiment, _title(options.experiment), owner="cli")
    return _train_here(store, run, options.json)


def _train_here(store: Store, run: Run, as_json: bool) -> int:
    """Train a queued run in this process and say what came of it."""
    store.claim(run.id)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _say(f"Run {run.id}: importing the framework …")
    from dlplay.training.trainer import train as train_run

    try:
        run = train_run(store, store.get(run.id), _ProgressLine())
    except KeyboardInterrupt:
        store.end(run.id, "stopped")
        raise
    _say("")
    if as_json:
        _print_json(_outcome(run))
    if run.message:
        _say(run.message)
    if run.state == "finished":
        _say("  ".join(f"{k} {v:.4g}" for k, v in run.summary["test"].items()) + "  (test)")
    return 1 if run.state in ("failed", "interrupted") else 0


def runs(options: argparse.Namespace) -> int:
    """List the runs of the store, newest first."""
    listed = open_store().runs()
    if options.json:
        _print_json({"runs": [_outcome(run) for run in listed]})
        return 0
    for run in listed:
        best = run.summary.get("best", {}).get("val_loss")
        score = f"val_loss {best:.4g}" if best is not None else ""
        _print(f"{run.id}  {run.state:12} {run.title:50} {score}")
    return 0


def upload(options: argparse.Namespace) -> int:
    """Keep a file for datasets that take one, and print the name experiments know it by; with
    --weights, the weights of a pre-trained network, their checksum verified."""
    from dlplay import uploads

    if options.weights:
        chosen = next((n for n in pretrained() if n.name == options.weights), None)
        if chosen is None:
            raise UserError(f"Expected one of {', '.join(NETWORKS)}", received=options.weights)
        chosen.keep_weights(Path(options.file))
        _say(f"{chosen.title} is ready.")
        return 0
    try:
        _print(uploads.keep(Path(options.file).read_bytes()))
    except OSError as error:
        raise UserError("Expected a file that can be read", received=options.file) from error
    return 0


def classify(options: argparse.Namespace) -> int:
    """Name what is in photos; a photo that cannot be read does not keep the others from it."""
    from dlplay.classify.converted import is_converted
    from dlplay.classify.runtime import Runtime
    from dlplay.photo import read

    chosen = network(options.network) if options.network else default_network()
    if options.download or not is_converted(chosen):
        _say(f"Preparing {chosen.title}, once: about half a minute …")
        helper.ask_once("convert", {"network": chosen.key, "download": options.download})
    runtime, failed = Runtime(chosen), 0
    photos: list[dict[str, Any]] = []
    for file in options.photos:
        start = time.perf_counter()
        try:
            photo = read(Path(file))
        except UserError as error:
            failed += 1
            _say(f"{file}: {error}")
            continue
        answer = runtime.classify(photo, options.top)
        milliseconds = 1e3 * (time.perf_counter() - start)
        photos.append({"file": file, "top": answer.to_values(), "milliseconds": milliseconds})
    if options.json:
        _print_json({"network": chosen.key, "photos": photos})
    elif photos:
        _say(f"{chosen.title}:")
        for named in photos:
            guesses = (f"{g['label']} {100 * g['probability']:.1f} %" for g in named["top"])
            _print(f"{named['file']}: {', '.join(guesses)}  ({named['milliseconds']:.0f} ms)")
    return 2 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(prog="python -m dlplay", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_OneLineParser)
    for command in (catalogue, train, runs, upload, classify, script, export):
        description = (command.__doc__ or "").splitlines()[0]
        sub = commands.add_parser(command.__name__, help=description, description=description)
        sub.set_defaults(command=command)
        add_arguments(sub, command)
        if command not in (upload, script, export):
            sub.add_argument("--json", action="store_true", help="one JSON object on stdout")
        if command is train:
            sub.add_argument("experiment", metavar="PRESET|FILE.json")
            sub.add_argument(
                "--set", action="append", default=[], metavar="FIELD=VALUE",
                help="replace a value, such as training.epochs=5",
            )  # fmt: skip
        if command is upload:
            sub.add_argument("file", metavar="FILE")
            sub.add_argument("--weights", metavar="NETWORK", help="weights the server's owner has")
        if command is classify:
            sub.add_argument("photos", metavar="PHOTO", nargs="+")
            sub.add_argument(
                "--network", metavar="NAME",
                help=f"{', '.join(NETWORKS)}, run:ID; the first whose weights are here by default",
            )  # fmt: skip
            sub.add_argument("--top", type=int, default=3, help="how many guesses, 3 by default")
            sub.add_argument("--download", action="store_true", help="fetch missing weights first")
    cli_studies.add_commands(commands, _experiment, _override, _train_here)
    return parser


class _OneLineParser(argparse.ArgumentParser):
    """Bad arguments are a line on stderr, like every other mistake."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message[0].upper()}{message[1:]}", fix=f"See: {self.prog} --help")


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
            _say(phase)
        self._phase = phase


def _experiment(name: str) -> Experiment:
    """A preset by its name, or the experiment in a file."""
    if name in PRESETS:
        return PRESETS[name].experiment
    try:
        return Experiment.parse(Path(name).read_bytes())
    except OSError as error:
        raise UserError(
            f"Expected a preset ({', '.join(PRESETS)}) or a file of JSON", received=name
        ) from error


def _title(name: str) -> str:
    return PRESETS[name].title if name in PRESETS else ""


def _override(text: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not equals:
        raise UserError("Expected FIELD=VALUE, such as training.epochs=5", received=text)
    return path.strip(), value.strip()


def _outcome(run: Run) -> dict[str, Any]:
    """What ``--json`` says of a run."""
    summary = run.summary
    outcome = {
        "run": run.id, "status": run.state, "title": run.title, "seconds": run.seconds,
        "epochs": summary.get("epochs", 0), "final": summary.get("final", {}),
        "test": summary.get("test", {}),
    }  # fmt: skip
    return outcome | ({"message": run.message} if run.message else {})


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _print_json(values: dict[str, Any]) -> None:
    _print(json.dumps(values))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
