"""A zip a user brings, read in memory: nothing in it ever becomes a file of this server."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from contextlib import suppress

from dlplay.errors import UserError
from dlplay.settings import Settings

MOST_FILES = 20_000
MOST_BYTES = 2_000_000_000
"""What all files of an archive may hold together, unpacked."""

_CENTRAL_HEADER = b"PK\x01\x02"
_UTF_8, _ENCRYPTED = 0x800, 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_UNSAFE = re.compile(r"^/|^[A-Za-z]:|(^|/)\.\.(/|$)")


class Archive:
    """The files of a zip by their names; folders and what systems add are left out.

    Args:
        content: of the zip.

    Raises:
        UserError: it is not one, or not one to be trusted.
    """

    def __init__(self, content: bytes) -> None:
        # Each file has such a header: a million are refused before Python makes objects of them.
        if content.count(_CENTRAL_HEADER) > MOST_FILES:
            raise UserError(
                f"Expected a zip of at most {MOST_FILES:,} files",
                received="more",
                fix="Zip a part of them",
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            received = "a damaged one, or another kind of file" if content else "an empty file"
            raise UserError("Expected a zip", received=received, fix="Zip the files again") from (
                error
            )
        members = {_name(info): info for info in self._zip.infolist()}
        self._members = {
            name: info
            for name, info in members.items()
            if not (name.endswith("/") or _is_hidden(name))
        }
        self._check()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the files, in alphabetical order, folders parted by ``/``."""
        return tuple(sorted(self._members))

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            UserError: it is damaged, or larger than the archive says.
        """
        info = self._members[name]
        try:
            with self._zip.open(info) as file:
                return file.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise UserError("This file is damaged inside the zip") from error

    def _check(self) -> None:
        """Refuse what no honest zip of photos has."""
        most, total = Settings().upload_megabytes * 1_000_000, 0
        for name, info in self._members.items():
            total += info.file_size
            if _UNSAFE.search(name):
                raise UserError(
                    "Expected names of files inside the zip",
                    received=f"“{name}”, which lies outside",
                    fix="Zip the folders themselves",
                )
            if name.lower().endswith(_ARCHIVES):
                raise UserError(
                    "Expected files, no archive inside the archive",
                    received=name,
                    fix="Unpack it, and zip the folders of photos",
                )
            if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
                raise UserError(
                    "Expected a plain zip, without a password",
                    received=f"“{name}”, packed in another way",
                    fix="Zip the files again with the defaults of your system",
                )
            if info.file_size > most or total > MOST_BYTES:
                raise UserError(
                    f"Expected files of at most {most // 1_000_000} MB, and "
                    f"{MOST_BYTES // 1_000_000_000} GB together, once unpacked",
                    received=f"more, at “{name}”",
                )


def _name(info: zipfile.ZipInfo) -> str:
    """A name as it was typed: Windows' backslashes turned, macOS' unmarked UTF-8 read."""
    name = info.filename
    if not info.flag_bits & _UTF_8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _is_hidden(name: str) -> bool:
    """What systems add: ``__MACOSX/``, ``.DS_Store``, ``Thumbs.db``."""
    parts = name.split("/")
    added = {"__MACOSX", "Thumbs.db", "desktop.ini"}
    return bool(added.intersection(parts)) or any(
        part.startswith(".") and part not in (".", "..") for part in parts
    )
