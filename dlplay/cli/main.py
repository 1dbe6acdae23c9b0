"""Reads a command line and runs the command."""

from __future__ import annotations

import argparse
from typing import NoReturn

from dlplay.cli import classifying, listing, studies, take_away, training
from dlplay.cli.output import say
from dlplay.errors import UserError

_MODULES = (listing, training, studies, take_away, classifying)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 if all went well, 1 if a run failed, 2 for input we cannot use."""
    try:
        options = _parser().parse_args(arguments)
        return int(options.command(options))
    except UserError as error:
        say(str(error).replace("\n", " "))
        return 2
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(
        prog="python -m dlplay", description="The same experiments without a browser."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_OneLineParser)
    for module in _MODULES:
        module.add_commands(commands)
    return parser


class _OneLineParser(argparse.ArgumentParser):
    """Bad arguments are a line on stderr, like every other mistake."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message[0].upper()}{message[1:]}", fix=f"See: {self.prog} --help")
