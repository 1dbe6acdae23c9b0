"""Arrays that take long to make, kept under ``DLPLAY_HOME``; the longest unused go first."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dlplay.files import Arrays, load_arrays, save_arrays
from dlplay.settings import Settings

MOST_BYTES = 4_000_000_000
"""What the kept files may take together."""


def kept(key: str, make: Callable[[], Arrays]) -> Arrays:
    """The arrays kept as ``key``, or what ``make`` returns, which is kept then.

    Args:
        key: all that the arrays depend on, as a file name.
    """
    path = Settings().folder("cache") / f"{key}.npz"
    arrays = load_arrays(path)
    if arrays is None:  # not there, or damaged
        arrays = make()
        with suppress(OSError):  # a full disk: they are made again next time
            save_arrays(path, arrays)
            _forget_unused(path)
        return arrays
    with suppress(OSError):
        os.utime(path)
    return arrays


def _forget_unused(newest: Path) -> None:
    """Remove files, the longest unused first, until the rest may stay."""
    facts = {path: path.stat() for path in newest.parent.glob("*.npz")}
    total = sum(fact.st_size for fact in facts.values())
    for path in sorted(facts, key=lambda path: facts[path].st_mtime_ns):
        if total <= MOST_BYTES or path == newest:
            break
        path.unlink(missing_ok=True)
        total -= facts[path].st_size
