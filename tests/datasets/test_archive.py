"""A zip somebody brings: read in memory, and refused where it is not what it seems."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from dlplay.datasets import archive as module
from dlplay.datasets.archive import Archive
from dlplay.errors import UserError


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, inside in files.items():
            archive.writestr(zipfile.ZipInfo(name), inside, method)
    return content.getvalue()


def patched(content: bytes, offset: int, form: str, value: int) -> bytes:
    """A zip whose central headers say something else."""
    changed, start = bytearray(content), content.find(b"PK\x01\x02")
    while start >= 0:
        struct.pack_into(form, changed, start + offset, value)
        start = content.find(b"PK\x01\x02", start + 4)
    return bytes(changed)


def test_files_are_found_by_their_names_and_read() -> None:
    archive = Archive(zipped({"b/2.txt": b"two", "a/1.txt": b"one"}))
    assert archive.names == ("a/1.txt", "b/2.txt")
    assert [archive.read(name) for name in archive.names] == [b"one", b"two"]


def test_folders_and_what_systems_add_are_left_out() -> None:
    hidden = ["__MACOSX/a/._1.png", "a/.DS_Store", "a/Thumbs.db", "b/desktop.ini", ".git/x"]
    archive = Archive(zipped({"a/": b"", "a/1.png": b"1", **dict.fromkeys(hidden, b"")}))
    assert archive.names == ("a/1.png",)


def test_names_of_windows_and_of_macos_are_understood() -> None:
    assert Archive(zipped({"猫\\1.png": b""})).names == ("猫/1.png",)
    unmarked = patched(zipped({"猫/1.png": b""}), 8, "<H", 0)
    unmarked = unmarked.replace(b"PK\x03\x04\x14\x00\x00\x08", b"PK\x03\x04\x14\x00\x00\x00")
    assert Archive(unmarked).names == ("猫/1.png",)


@pytest.mark.parametrize(
    "name",
    ["../evil.png", "a/../../evil.png", "/etc/passwd", "C:/x.png", "..\\evil.png", "\\x", "a/.."],
)
def test_names_that_lead_outside_are_refused_and_nothing_is_written(
    name: str, home: Path, tmp_path: Path
) -> None:
    before = set(tmp_path.rglob("*"))
    with pytest.raises(UserError, match="inside the zip") as caught:
        Archive(zipped({"a/1.png": b"1", name: b"2"}))
    assert "Zip the folders themselves" in str(caught.value)
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["more.zip", "a/more.ZIP", "a/more.tar.gz", "x.7z"])
def test_an_archive_in_the_archive_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="no archive inside the archive"):
        Archive(zipped({"a/1.png": b"1", name: zipped({"b": b""})}))


def test_a_million_entries_are_refused_at_once() -> None:
    header = b"PK\x01\x02" + bytes(42)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 46_000_000, 0, 0)
    content = header * 1_000_000 + end
    tracemalloc.start()
    start = time.perf_counter()
    with pytest.raises(UserError, match="at most 20,000 files"):
        Archive(content)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    assert time.perf_counter() - start < 5


def test_a_bomb_that_says_how_large_it_is() -> None:
    with pytest.raises(UserError, match=r"at most 50 MB, and 2 GB together.*“zeros”"):
        Archive(zipped({"zeros": bytes(51_000_000)}))


def test_files_that_are_too_large_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 3_000)
    with pytest.raises(UserError, match="“d”"):
        Archive(zipped(dict.fromkeys("abcd", bytes(900))))


def test_a_bomb_that_lies_is_read_no_further_than_it_said() -> None:
    lying = patched(zipped({"zeros": bytes(40_000_000)}), 24, "<I", 100)
    archive = Archive(lying)
    tracemalloc.start()
    with pytest.raises(UserError, match="damaged inside the zip"):
        archive.read("zeros")
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_unpacked_piece_by_piece_are_refused(method: int) -> None:
    with pytest.raises(UserError, match="a plain zip, without a password"):
        Archive(zipped({"a/1.png": b"1"}, method))


def test_a_password_is_refused() -> None:
    with pytest.raises(UserError, match="without a password"):
        Archive(patched(zipped({"a/1.png": b"1"}), 8, "<H", 1))


def test_a_damaged_file_does_not_keep_others_from_being_read() -> None:
    content = zipped({"a": b"first" * 9, "b": b"second"}, zipfile.ZIP_STORED)
    archive = Archive(content.replace(b"first", b"fjrst", 1))
    with pytest.raises(UserError, match="damaged inside the zip"):
        archive.read("a")
    assert archive.read("b") == b"second"


@pytest.mark.parametrize(
    ("content", "received"),
    [
        (b"", "an empty file"),
        (b"GIF89a" + bytes(100), "another kind of file"),
        (zipped({"a": b"1" * 500})[:-30], "damaged"),
        (patched(zipped({"a": b"1"}), 6, "<H", 99), "damaged"),
    ],
    ids=["empty", "another kind", "cut short", "of a later version"],
)
def test_what_is_no_zip_is_a_sentence(content: bytes, received: str) -> None:
    with pytest.raises(UserError, match=f"Expected a zip.*{received}"):
        Archive(content)
