"""What a network says over the plane, as a file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dlplay.datasets import split
from dlplay.datasets.synthetic import Moons, PlaneDataset
from dlplay.datasets.synthetic import Plane as TiltedPlane
from dlplay.runs.plane import Plane, PlanePoints, extent


def plane(epoch: int) -> Plane:
    """An answer whose every value is its epoch."""
    return Plane(
        np.linspace(-1, 1, 5, dtype=np.float32),
        np.linspace(0, 3, 4, dtype=np.float32),
        np.full((4, 5, 2), epoch, np.float32),
        epoch,
        points_of(Moons(samples=60)),
    )


def points_of(dataset: PlaneDataset, most: int = 600) -> PlanePoints:
    """The points to draw of a dataset."""
    samples = dataset.load()
    return PlanePoints.of(split(dataset, seed=1), samples, most)


def test_it_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    plane(7).save(tmp_path)
    loaded = Plane.load(tmp_path)
    assert loaded is not None
    assert loaded.epoch == 7
    for name in ("x", "y", "answer"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(plane(7), name))
    for name, value in vars(plane(7).samples).items():
        np.testing.assert_array_equal(getattr(loaded.samples, name), value)
    assert loaded.samples.class_names == ("A", "B")


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


def test_points_are_those_of_training_and_validation_in_their_own_units() -> None:
    dataset = Moons(samples=100)
    parts, samples = split(dataset, seed=1), dataset.load()
    shown = PlanePoints.of(parts, samples)
    drawn = {tuple(point) for point in shown.points.tolist()}
    test = {tuple(point) for point in samples.inputs[parts.rows["test"]].tolist()}
    assert drawn.isdisjoint(test)
    held_back = samples.inputs[parts.rows["validation"]]
    np.testing.assert_array_equal(shown.points[shown.held_back], held_back)
    assert (~shown.held_back).sum() == len(parts.train)


@pytest.mark.parametrize("most", [50, 600])
def test_of_many_points_only_some_are_kept_in_the_same_proportion(most: int) -> None:
    shown = points_of(Moons(samples=5_000), most)
    assert most - 2 <= len(shown.points) <= most
    assert shown.held_back.mean() == pytest.approx(0.2, abs=0.02)


def test_of_a_regression_the_values_are_kept() -> None:
    shown = points_of(TiltedPlane(samples=100))
    assert shown.class_names == ()
    assert set(shown.targets.tolist()) <= set(TiltedPlane(samples=100).load().targets.tolist())
