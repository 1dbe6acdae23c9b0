"""Arrays that are kept: made once, made again when damaged, forgotten when there are too many."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from dlplay import cache
from dlplay.cache import kept
from dlplay.files import Arrays


class Maker:
    """Makes arrays, and counts how often."""

    def __init__(self, size: int = 4) -> None:
        self.size, self.times = size, 0

    def __call__(self) -> Arrays:
        self.times += 1
        return {"numbers": np.arange(self.size), "text": np.array(["ä", "猫"])}


def test_arrays_are_made_once_and_come_back_as_they_were() -> None:
    make = Maker()
    first, again = kept("key", make), kept("key", make)
    assert make.times == 1
    assert again.keys() == first.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(again[name], array)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY" + bytes(60)])
def test_a_damaged_file_is_made_again(content: bytes, home: Path) -> None:
    make = Maker()
    kept("key", make)
    (home / "cache" / "key.npz").write_bytes(content)
    assert kept("key", make)["numbers"].tolist() == [0, 1, 2, 3]
    assert kept("key", make)["numbers"].tolist() == [0, 1, 2, 3]
    assert make.times == 2


def test_the_longest_unused_go_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 20_000)
    for number, key in enumerate(("old", "used", "new")):
        kept(key, Maker(1_000))
        os.utime(home / "cache" / f"{key}.npz", (number, number))
    assert {path.stem for path in (home / "cache").iterdir()} == {"used", "new"}
    kept("used", Maker())
    kept("newest", Maker(1_000))
    assert {path.stem for path in (home / "cache").iterdir()} == {"used", "newest"}


def test_a_full_disk_does_not_keep_anybody_from_the_arrays(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert kept("key", Maker())["numbers"].tolist() == [0, 1, 2, 3]
    assert list((home / "cache").iterdir()) == []
