"""What a network says over the plane, as a file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dlplay.runs.plane import Plane, extent


def plane(epoch: int) -> Plane:
    """An answer whose every value is its epoch."""
    return Plane(
        np.linspace(-1, 1, 5, dtype=np.float32),
        np.linspace(0, 3, 4, dtype=np.float32),
        np.full((4, 5, 2), epoch, np.float32),
        epoch,
    )


def test_it_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    plane(7).save(tmp_path)
    loaded = Plane.load(tmp_path)
    assert loaded is not None
    assert loaded.epoch == 7
    for name in ("x", "y", "answer"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(plane(7), name))


def test_the_latest_one_counts_and_nothing_else_is_left(tmp_path: Path) -> None:
    for epoch in (1, 2, 3):
        plane(epoch).save(tmp_path)
    loaded = Plane.load(tmp_path)
    assert loaded is not None
    assert loaded.epoch == 3
    assert [path.name for path in tmp_path.iterdir()] == ["plane.npz"]


def test_a_run_without_one_has_none(tmp_path: Path) -> None:
    assert Plane.load(tmp_path) is None
    assert Plane.load(tmp_path / "no such run") is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text", b"PK\x05\x06" + bytes(18)])
def test_a_broken_file_counts_for_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "plane.npz").write_bytes(content)
    assert Plane.load(tmp_path) is None


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    plane(0).save(tmp_path)

    def write(_: int) -> None:
        for epoch in range(60):
            plane(epoch).save(tmp_path)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write, 0)
        seen = 0
        while not writing.done():
            loaded = Plane.load(tmp_path)
            assert loaded is not None
            assert (loaded.answer == loaded.epoch).all()
            seen += 1
        writing.result()
    assert seen > 0


def test_the_extent_is_the_points_own_and_a_tenth_more() -> None:
    points = np.array([[0.0, -5.0], [10.0, 5.0], [4.0, 1.0]], np.float32)
    horizontal, vertical = extent(points)
    assert horizontal == pytest.approx((-1.0, 11.0))
    assert vertical == pytest.approx((-6.0, 6.0))


def test_points_on_a_line_still_have_an_extent() -> None:
    _, (low, high) = extent(np.array([[0.0, 2.0], [1.0, 2.0]], np.float32))
    assert low < 2.0 < high
