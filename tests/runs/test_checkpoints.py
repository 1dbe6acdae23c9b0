"""Saved epochs as files: whole or not there, and never more than the disk they may take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dlplay.runs.checkpoints import MOST, Checkpoint, Checkpoints


def saved(folder: Path, epochs: range, size: int = 10) -> Checkpoints:
    """Some epochs, each an array that tells its epoch and a note."""
    kept = Checkpoints(folder)
    for epoch in epochs:
        weights = {"v:dense/kernel": np.full(size, epoch, np.float32)}
        kept.save(Checkpoint(epoch, weights, {"loss": 1 / (1 + epoch)}))
    return kept


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    found = saved(tmp_path, range(3)).latest()
    assert found is not None
    assert (found.epoch, found.notes) == (2, {"loss": 1 / 3})
    assert np.array_equal(found.arrays["v:dense/kernel"], np.full(10, 2, np.float32))


def test_a_long_run_keeps_its_first_its_last_two_and_an_even_choice_between(
    tmp_path: Path,
) -> None:
    epochs = saved(tmp_path, range(200)).epochs()
    assert len(epochs) == MOST
    assert epochs[0] == 0
    assert epochs[-2:] == [198, 199]
    assert max(np.diff(epochs)) <= 4 * 200 / MOST


def test_disk_is_bounded_and_the_latest_is_always_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLPLAY_CHECKPOINT_MEGABYTES", "1")
    kept = saved(tmp_path, range(10), size=75_000)  # 0.3 MB each
    assert kept.size() < 1e6
    assert kept.epochs()[0] == 0
    assert kept.epochs()[-2:] == [8, 9]
    large = saved(tmp_path / "large", range(3), size=500_000)
    assert large.epochs() == [2]
    assert not large.has_room(2_000_000)


def test_a_damaged_file_gives_way_to_the_one_before(tmp_path: Path) -> None:
    kept = saved(tmp_path, range(3))
    files = sorted((tmp_path / "checkpoints").glob("*.npz"))
    files[2].write_bytes(files[2].read_bytes()[:100])
    files[1].write_bytes(b"")
    (tmp_path / "checkpoints" / "partial").write_bytes(b"half an epoch")
    found = kept.latest()
    assert found is not None
    assert found.epoch == 0
    assert kept.load(1) is None
    assert not kept.copy_to(tmp_path / "fork", 2)
    assert kept.copy_to(tmp_path / "fork", 0)


def test_a_bit_that_flipped_is_noticed(tmp_path: Path) -> None:
    kept = saved(tmp_path, range(1), size=1_000)
    (file,) = (tmp_path / "checkpoints").glob("*.npz")
    content = bytearray(file.read_bytes())
    content[-2_000] ^= 1
    file.write_bytes(content)
    assert kept.load(0) is None
