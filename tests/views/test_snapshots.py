"""Snapshots of a view as files of a run: the latest, a history, and what a reader may meet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dlplay.files import Arrays
from dlplay.views import Snapshots


def arrays(epoch: int) -> Arrays:
    """Arrays whose every value is their epoch."""
    return {"answer": np.full((40, 50), epoch, np.float32), "names": np.array(["A", "B"])}


def test_a_snapshot_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    Snapshots(tmp_path, "plane").save(7, arrays(7))
    found = Snapshots(tmp_path, "plane").latest()
    assert found is not None
    assert found[0] == 7
    np.testing.assert_array_equal(found[1]["answer"], arrays(7)["answer"])
    assert found[1]["names"].tolist() == ["A", "B"]


def test_the_latest_counts_and_earlier_ones_stay(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path, "plane")
    for epoch in (1, 2, 5):
        snapshots.save(epoch, arrays(epoch))
    assert snapshots.epochs() == [1, 2, 5]
    found = snapshots.latest()
    assert found is not None
    assert found[0] == 5
    earlier = snapshots.load(2)
    assert earlier is not None
    assert (earlier["answer"] == 2).all()


def test_a_long_history_is_thinned_evenly_and_keeps_its_ends(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path, "plane")
    for epoch in range(1, 1_001):
        snapshots.save(epoch, {"epoch": np.array(epoch)})
    epochs = snapshots.epochs()
    assert epochs[0] == 1
    assert epochs[-1] == 1_000
    assert 20 <= len(epochs) <= 42
    assert len(set(np.diff(epochs)[:-1].tolist())) == 1


def test_a_run_without_one_has_none(tmp_path: Path) -> None:
    assert Snapshots(tmp_path / "no such run", "plane").latest() is None
    assert Snapshots(tmp_path, "plane").load(3) is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text", b"PK\x05\x06" + bytes(18)])
def test_of_a_broken_file_the_one_before_counts(content: bytes, tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path, "plane")
    snapshots.save(1, arrays(1))
    (tmp_path / "views" / "plane" / "000002.npz").write_bytes(content)
    found = snapshots.latest()
    assert snapshots.load(2) is None or not snapshots.load(2)
    assert found is not None


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    writer = Snapshots(tmp_path, "plane")
    writer.save(0, arrays(0))

    def write() -> None:
        for epoch in range(1, 60):
            writer.save(epoch, arrays(epoch))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        seen = 0
        while not writing.done():
            found = Snapshots(tmp_path, "plane").latest()
            assert found is not None
            assert (found[1]["answer"] == found[0]).all()
            seen += 1
        writing.result()
    assert seen > 0
