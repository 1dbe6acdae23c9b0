"""Arrays that take long to make, kept under ``DLPLAY_HOME``; the longest unused go first."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from dlplay.settings import Settings

Arrays = dict[str, NDArray[Any]]

MOST_BYTES = 4_000_000_000
"""What the kept files may take together."""


def kept(key: str, make: Callable[[], Arrays]) -> Arrays:
    """The arrays kept as ``key``, or what ``make`` returns, which is kept then.

    Args:
        key: all that the arrays depend on, as a file name.
    """
    path = Settings().folder("cache") / f"{key}.npz"
    with suppress(OSError, EOFError, ValueError, BadZipFile):  # not there, or damaged: made anew
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        os.utime(path)
        return arrays
    arrays = make()
    with suppress(OSError):  # a full disk: they are made again next time
        _write(path, arrays)
        _forget_unused(path)
    return arrays


def _write(path: Path, arrays: Arrays) -> None:
    partial = path.with_name(f"partial-{secrets.token_hex(4)}")
    named: dict[str, Any] = dict(arrays)
    try:
        with partial.open("wb") as file:
            np.savez(file, **named)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _forget_unused(newest: Path) -> None:
    """Remove files, the longest unused first, until the rest may stay."""
    facts = {path: path.stat() for path in newest.parent.glob("*.npz")}
    total = sum(fact.st_size for fact in facts.values())
    for path in sorted(facts, key=lambda path: facts[path].st_mtime_ns):
        if total <= MOST_BYTES or path == newest:
            break
        path.unlink(missing_ok=True)
        total -= facts[path].st_size
