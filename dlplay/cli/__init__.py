"""The same experiments without a browser: ``python -m dlplay``. A module has a few commands."""

from dlplay.cli.main import main

__all__ = ["main"]
