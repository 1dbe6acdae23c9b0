"""The view of the plane: its points, its extent, its regions, and what the network says there."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.architectures import ARCHITECTURES
from dlplay.datasets import split
from dlplay.datasets.synthetic import Moons, PlaneDataset
from dlplay.datasets.synthetic import Plane as TiltedPlane
from dlplay.experiment import Experiment
from dlplay.files import Arrays
from dlplay.views.plane import Plane, extent, plot_plane, points, regions_info


def points_of(dataset: PlaneDataset, most: int = 600) -> Arrays:
    """The points to draw of a dataset."""
    return points(split(dataset, seed=1), dataset.load(), most)


def test_the_extent_is_the_points_own_and_a_tenth_more() -> None:
    found = np.array([[0.0, -5.0], [10.0, 5.0], [4.0, 1.0]], np.float32)
    horizontal, vertical = extent(found)
    assert horizontal == pytest.approx((-1.0, 11.0))
    assert vertical == pytest.approx((-6.0, 6.0))


def test_points_on_a_line_still_have_an_extent() -> None:
    _, (low, high) = extent(np.array([[0.0, 2.0], [1.0, 2.0]], np.float32))
    assert low < 2.0 < high


def test_points_are_those_of_training_and_validation_in_their_own_units() -> None:
    dataset = Moons(samples=100)
    parts, samples = split(dataset, seed=1), dataset.load()
    shown = points(parts, samples)
    drawn = {tuple(point) for point in shown["points"].tolist()}
    test = {tuple(point) for point in samples.inputs[parts.rows["test"]].tolist()}
    assert drawn.isdisjoint(test)
    held_back = samples.inputs[parts.rows["validation"]]
    np.testing.assert_array_equal(shown["points"][shown["held_back"]], held_back)
    assert (~shown["held_back"]).sum() == len(parts.train)


@pytest.mark.parametrize("most", [50, 600])
def test_of_many_points_only_some_are_kept_in_the_same_proportion(most: int) -> None:
    shown = points_of(Moons(samples=5_000), most)
    assert most - 2 <= len(shown["points"]) <= most
    assert shown["held_back"].mean() == pytest.approx(0.2, abs=0.02)


def test_of_a_regression_the_values_are_kept() -> None:
    shown = points_of(TiltedPlane(samples=100))
    assert shown["class_names"].tolist() == []
    assert set(shown["targets"].tolist()) <= set(TiltedPlane(samples=100).load().targets.tolist())


@pytest.mark.parametrize(("dataset", "fits"), [("moons", True), ("plane", True), ("iris", False)])
def test_it_is_for_points_in_the_plane(dataset: str, fits: bool) -> None:
    mlp = {"dataset": {"name": dataset}, "architecture": {"name": next(iter(ARCHITECTURES))}}
    experiment = Experiment.parse(mlp)
    assert Plane.fits(experiment, experiment.dataset.facts()) == fits


def test_the_answer_of_each_class_is_a_region() -> None:
    random = np.random.default_rng(0).random((6, 5, 3)).astype(np.float32)
    grid = np.linspace(-1, 1, 6, dtype=np.float32)
    arrays: Arrays = {
        "x": grid[:5], "y": grid, "answer": random, "points": np.zeros((2, 2)),
        "targets": np.array([0, 2]), "held_back": np.array([False, True]),
        "class_names": np.array(["A", "B", "C"]), "axes": np.array(["x", "y"]),
    }  # fmt: skip
    regions = regions_info(arrays)
    assert regions.shape == (3, 6, 5)
    np.testing.assert_array_equal(regions[1], random[:, :, 1])
    figure = plot_plane(arrays)
    assert [trace.type for trace in figure.data].count("heatmap") == 3
    drawn = [(t.name, len(t.x)) for t in figure.data if t.type == "scatter" and len(t.x)]
    assert drawn == [("A", 1), ("C", 1)]
    [panel] = Plane().panels(arrays, 3)
    assert panel.figure is not None
    assert "epoch 3" in panel.figure.layout.title.text
