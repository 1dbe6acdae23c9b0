"""What there is: the catalogue, the runs, the files of users."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dlplay import uploads
from dlplay.architectures import ARCHITECTURES
from dlplay.catalogue import Entry
from dlplay.classify import NETWORKS, pretrained
from dlplay.cli.arguments import add_command
from dlplay.cli.output import outcome, put, put_json, say
from dlplay.datasets import DATASETS
from dlplay.errors import UserError
from dlplay.presets import PRESETS
from dlplay.runs import open_store


def add_commands(commands: Any) -> None:
    """``catalogue``, ``runs`` and ``upload``."""
    add_command(commands, catalogue)
    add_command(commands, runs)
    parser = add_command(commands, upload, has_json=False)
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--weights", metavar="NETWORK", help="weights the server's owner has")


def catalogue(options: argparse.Namespace) -> int:
    """List datasets, networks and presets."""
    cards: dict[str, dict[str, type[Entry]]] = {
        "datasets": dict(DATASETS), "architectures": dict(ARCHITECTURES),
    }  # fmt: skip
    if options.json:
        put_json({**{k: list(v) for k, v in cards.items()}, "presets": list(PRESETS)})
        return 0
    for heading, listed in cards.items():
        put(f"\n{heading}")
        for name, entry in listed.items():
            put(f"  {name:20} {entry.card.title}")
    put("\npresets")
    for preset in PRESETS.values():
        put(f"  {preset.name:20} {preset.title}")
    return 0


def runs(options: argparse.Namespace) -> int:
    """List the runs of the store, newest first."""
    listed = open_store().runs()
    if options.json:
        put_json({"runs": [outcome(run) for run in listed]})
        return 0
    for run in listed:
        best = run.summary.get("best", {}).get("val_loss")
        score = f"val_loss {best:.4g}" if best is not None else ""
        put(f"{run.id}  {run.state:12} {run.title:50} {score}")
    return 0


def upload(options: argparse.Namespace) -> int:
    """Keep a file for datasets that take one, and print the name experiments know it by; with
    --weights, the weights of a pre-trained network, their checksum verified."""
    if options.weights:
        chosen = next((n for n in pretrained() if n.name == options.weights), None)
        if chosen is None:
            raise UserError(f"Expected one of {', '.join(NETWORKS)}", received=options.weights)
        chosen.keep_weights(Path(options.file))
        say(f"{chosen.title} is ready.")
        return 0
    try:
        put(uploads.keep(Path(options.file).read_bytes()))
    except OSError as error:
        raise UserError("Expected a file that can be read", received=options.file) from error
    return 0
