"""What is in photos, without a browser."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from dlplay.classify import NETWORKS, default_network, network
from dlplay.cli.arguments import add_command
from dlplay.cli.output import put, put_json, say
from dlplay.errors import UserError
from dlplay.execution import helper


def add_commands(commands: Any) -> None:
    """``classify``."""
    parser = add_command(commands, classify)
    parser.add_argument("photos", metavar="PHOTO", nargs="+")
    parser.add_argument(
        "--network", metavar="NAME",
        help=f"{', '.join(NETWORKS)}, run:ID; the first whose weights are here by default",
    )  # fmt: skip
    parser.add_argument("--top", type=int, default=3, help="how many guesses, 3 by default")
    parser.add_argument("--download", action="store_true", help="fetch missing weights first")


def classify(options: argparse.Namespace) -> int:
    """Name what is in photos; a photo that cannot be read does not keep the others from it."""
    from dlplay.classify.converted import is_converted
    from dlplay.classify.runtime import Runtime
    from dlplay.photo import read

    chosen = network(options.network) if options.network else default_network()
    if options.download or not is_converted(chosen):
        say(f"Preparing {chosen.title}, once: about half a minute …")
        helper.ask_once("convert", {"network": chosen.key, "download": options.download})
    runtime, failed = Runtime(chosen), 0
    photos: list[dict[str, Any]] = []
    for file in options.photos:
        start = time.perf_counter()
        try:
            photo = read(Path(file))
        except UserError as error:
            failed += 1
            say(f"{file}: {error}")
            continue
        answer = runtime.classify(photo, options.top)
        milliseconds = 1e3 * (time.perf_counter() - start)
        photos.append({"file": file, "top": answer.to_values(), "milliseconds": milliseconds})
    if options.json:
        put_json({"network": chosen.key, "photos": photos})
    elif photos:
        say(f"{chosen.title}:")
        for named in photos:
            guesses = (f"{g['label']} {100 * g['probability']:.1f} %" for g in named["top"])
            put(f"{named['file']}: {', '.join(guesses)}  ({named['milliseconds']:.0f} ms)")
    return 2 if failed else 0
