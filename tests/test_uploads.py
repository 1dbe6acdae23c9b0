"""Users' files, kept by the checksum of their content."""

from __future__ import annotations

import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dlplay import uploads
from dlplay.errors import UserError


def test_a_file_is_kept_under_its_checksum_and_found_again(home: Path) -> None:
    name = uploads.keep(b"a,b\n1,2\n")
    assert name == hashlib.sha256(b"a,b\n1,2\n").hexdigest()[:16]
    assert uploads.path_of(name).read_bytes() == b"a,b\n1,2\n"
    assert uploads.path_of(name).parent == home / "uploads"


def test_the_same_content_is_kept_once(home: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(uploads.keep, [b"same"] * 32))
    assert len(names) == 1
    assert [path.name for path in (home / "uploads").iterdir()] == list(names)


def test_a_file_over_the_owners_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLPLAY_UPLOAD_MEGABYTES", "1")
    assert uploads.keep(bytes(1_000_000))
    with pytest.raises(UserError, match=r"at most 1 MB.*DLPLAY_UPLOAD_MEGABYTES"):
        uploads.keep(bytes(1_000_001))


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)  # a disk cannot be filled for a test
    with pytest.raises(UserError, match="No space left on device"):
        uploads.keep(b"content")
    assert list((home / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../runs.sqlite", "/etc/passwd", "a" * 15, "A" * 16, "a" * 16 + "\n"]
)
def test_no_other_file_can_be_named(name: str) -> None:
    with pytest.raises(UserError, match="16 hexadecimal digits"):
        uploads.path_of(name)


def test_a_file_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"Received: 0123456789abcdef\. Upload one"):
        uploads.path_of("0123456789abcdef")
    with pytest.raises(UserError, match="none yet"):
        uploads.path_of("")
