"""Files that are whole or not there: written beside their place, then moved into it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
"""By name, as a file keeps them: numbers, truth values or text; no objects."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Where to write what is to become ``path``; its folder is made. Nothing stays of a block that
    breaks off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"partial-{secrets.token_hex(4)}{path.suffix}")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def save_arrays(
    path: Path, arrays: Mapping[str, NDArray[Any]], *, compress: bool = False, sync: bool = False
) -> None:
    """Write arrays by name as ``.npz``.

    Args:
        sync: only come back when they are on the disk itself, for a machine that may fail.
    """
    save = np.savez_compressed if compress else np.savez
    with replacing(path) as partial, partial.open("wb") as file:
        save(file, allow_pickle=False, **arrays)
        file.flush()
        if sync:
            os.fsync(file.fileno())


def load_arrays(path: Path) -> Arrays | None:
    """What `save_arrays` wrote; None if it is not there, or damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):
        return None
