"""Files users bring, kept under ``DLPLAY_HOME`` by the checksum of their content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from dlplay.errors import UserError
from dlplay.files import replacing
from dlplay.settings import Settings

_PATTERN = re.compile(r"[0-9a-f]{16}")


def _is_upload(value: str) -> str:
    """Only names we gave: an experiment in a link must not name a file of the server."""
    if value and not _PATTERN.fullmatch(value):
        raise UserError(
            "Expected the name of an uploaded file, 16 hexadecimal digits",
            received=value,
            fix="Upload the file on the page, or with: python -m dlplay upload FILE",
        )
    return value


UploadName = Annotated[str, AfterValidator(_is_upload)]
"""What an experiment holds in place of a user's file."""


def keep(content: bytes) -> str:
    """Store ``content`` and return its name; the same content has one name.

    Raises:
        UserError: it is larger than the server's owner allows, or the disk is full.
    """
    limit = Settings().upload_megabytes
    if len(content) > limit * 1_000_000:
        raise UserError(
            f"Expected a file of at most {limit} MB",
            received=f"{len(content) / 1e6:.0f} MB",
            fix="Upload a part of it, or ask the server's owner to raise DLPLAY_UPLOAD_MEGABYTES",
        )
    name = hashlib.sha256(content).hexdigest()[:16]
    path = _folder() / name
    if not path.exists():
        try:
            with replacing(path) as partial:
                partial.write_bytes(content)
        except OSError as error:
            raise UserError(
                f"The file could not be kept: {error.strerror}",
                fix="Ask the server's owner to free disk space",
            ) from error
    return name


def path_of(name: str) -> Path:
    """Where an uploaded file is.

    Raises:
        UserError: there is none of that name.
    """
    path = _folder() / _is_upload(name)
    if not name or not path.is_file():
        raise UserError("Expected an uploaded file", received=name or "none yet", fix="Upload one")
    return path


def _folder() -> Path:
    return Settings().folder("uploads")
