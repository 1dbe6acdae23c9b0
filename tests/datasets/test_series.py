"""Series: windows, parts in the order of time, and naive forecasts."""

from __future__ import annotations

import csv
import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlplay.datasets import split
from dlplay.datasets.seattle_temps import SeattleTemps
from dlplay.datasets.series import SeriesDataset
from dlplay.datasets.series_figures import parts_info, plot_parts
from dlplay.datasets.sine import Sine
from dlplay.datasets.stocks import Stocks
from dlplay.errors import UserError


def package_folder(name: str) -> Path:
    """Where an installed package lies."""
    spec = find_spec(name)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


EVERY: list[SeriesDataset] = [
    SeattleTemps(window=48, horizon=3), Stocks(window=5, horizon=2), Sine(), Sine(horizon=30),
    SeattleTemps(window=24, difference=True), Stocks(window=3, horizon=2, difference=True),
    Sine(horizon=30, difference=True),
]  # fmt: skip
every = pytest.mark.parametrize(
    "dataset", EVERY, ids=lambda d: f"{d.name}-{d.window}-{d.horizon}-{d.lag()}"
)


@every
def test_a_window_holds_the_values_before_and_its_target_lies_the_horizon_after_its_last(
    dataset: SeriesDataset,
) -> None:
    values, samples = dataset.series().values, dataset.load()
    if dataset.difference:
        values = values[dataset.lag() :] - values[: -dataset.lag()]
    for index in (0, 7, len(samples.inputs) - 1):
        np.testing.assert_array_equal(
            samples.inputs[index, :, 0], values[index : index + dataset.window]
        )
        assert samples.targets[index] == values[index + dataset.window - 1 + dataset.horizon]
    assert samples.targets[-1] == values[-1]


@every
def test_no_window_of_a_part_reaches_into_another_part(dataset: SeriesDataset) -> None:
    steps = len(dataset.series().values)
    owner = np.empty(steps, object)
    for part, own in parts_info(dataset, steps).items():
        owner[own] = part
    parts = split(dataset, seed=0)
    for part, rows in parts.rows.items():
        for row in rows:
            reach = owner[row : row + dataset.reach()]
            assert set(reach) == {part}
    assert parts.rows["train"].max() < parts.rows["validation"].min()
    assert parts.rows["validation"].max() < parts.rows["test"].min()


@every
def test_scaling_is_measured_on_the_training_part_alone(dataset: SeriesDataset) -> None:
    parts, samples = split(dataset, seed=0), dataset.load()
    known = samples.inputs[parts.rows["train"]].astype(np.float64)
    assert parts.input_scaling is not None
    assert float(parts.input_scaling.mean[0]) == pytest.approx(known.mean(), rel=1e-5)
    assert float(parts.input_scaling.deviation[0]) == pytest.approx(known.std(), rel=1e-5)
    expected = (samples.inputs[parts.rows["test"]] - known.mean()) / known.std()
    np.testing.assert_allclose(parts.test.inputs, expected, atol=1e-4)


@every
def test_what_comes_after_the_training_part_changes_nothing_in_it(dataset: SeriesDataset) -> None:
    class Altered(type(dataset)):  # type: ignore[misc]
        def series(self) -> Any:
            series = super().series()
            values = series.values.copy()
            values[self.bounds(len(values))[0] :] += 100
            return type(series)(values, series.times, series.unit, series.step)

    before, after = split(dataset, 0), split(Altered(**dataset.model_dump()), 0)
    np.testing.assert_array_equal(before.train.inputs, after.train.inputs)
    np.testing.assert_array_equal(before.train.targets, after.train.targets)
    assert not np.array_equal(before.test.inputs, after.test.inputs)


@pytest.mark.parametrize(
    ("dataset", "lag"),
    [
        (SeattleTemps(horizon=1, difference=True), 24),
        (SeattleTemps(horizon=24, difference=True), 24),
        (SeattleTemps(horizon=25, difference=True), 48),  # what is compared must be known by then
        (Stocks(horizon=3, difference=True), 3),
        (Sine(period=20), 0),
    ],
)
def test_differences_are_from_a_whole_number_of_periods_earlier(
    dataset: SeriesDataset, lag: int
) -> None:
    assert dataset.lag() == lag


@every
def test_a_network_that_answers_the_targets_foresees_the_series(dataset: SeriesDataset) -> None:
    rows = split(dataset, 0).rows["test"]
    restored = dataset.restore(rows, dataset.load().targets[rows])
    expected = dataset.series().values[dataset.target_steps(rows)]
    np.testing.assert_allclose(restored, expected, atol=1e-5)


@every
def test_the_naive_error_does_not_depend_on_whether_differences_are_asked_for(
    dataset: SeriesDataset,
) -> None:
    naive = split(dataset, 0).naive
    assert naive is not None
    values, target = dataset.series().values, dataset.target_steps(split(dataset, 0).rows["test"])
    back = dataset.horizon if naive.name == "the last value" else int(naive.name.split()[2])
    expected = np.abs(values[target - back] - values[target]).mean()
    assert naive.errors["test"] == pytest.approx(float(expected), rel=1e-5)


class TestNaive:
    """What a forecast has to beat."""

    def test_of_a_wave_it_is_the_value_one_period_earlier_and_errs_by_twice_the_noise(
        self,
    ) -> None:
        naive = split(Sine(samples=20_000, window=30, noise=0.1), 0).naive
        assert naive is not None
        assert naive.name == "the value 20 steps earlier"
        # The difference of two normal numbers of deviation σ: mean size 2σ/√π.
        assert naive.errors["test"] == pytest.approx(0.2 / np.sqrt(np.pi), rel=0.03)

    def test_of_temperatures_it_is_the_same_hour_the_day_before(self) -> None:
        dataset = SeattleTemps(window=48, horizon=3)
        parts, values = split(dataset, 0), dataset.series().values
        naive = parts.naive
        assert naive is not None
        assert naive.name == "the value 24 hours earlier"
        target = dataset.target_steps(parts.rows["test"])
        expected = np.abs(values[target - 24] - values[target]).mean()
        assert naive.errors["test"] == pytest.approx(float(expected), rel=1e-5)

    def test_of_prices_it_is_the_last_one(self) -> None:
        dataset = Stocks(window=5, horizon=2)
        parts, values = split(dataset, 0), dataset.series().values
        assert parts.naive is not None
        assert parts.naive.name == "the last value"
        target = dataset.target_steps(parts.rows["validation"])
        expected = np.abs(values[target - 2] - values[target]).mean()
        assert parts.naive.errors["validation"] == pytest.approx(float(expected), rel=1e-5)

    def test_a_period_that_lies_before_the_window_is_out_of_sight(self) -> None:
        naive = split(Sine(window=8), 0).naive
        assert naive is not None
        assert naive.name == "the last value"


def test_temperatures_are_those_of_the_file_and_the_hour_it_leaves_out_is_between_its_neighbours(
) -> None:  # fmt: skip
    series = SeattleTemps().series()
    assert len(series.values) == 365 * 24
    times = series.times.astype("datetime64[m]")
    assert (np.diff(times) == np.timedelta64(60, "m")).all()
    with (package_folder("vega_datasets") / "_data/seattle-temps.csv").open() as file:
        rows = {row["date"]: float(row["temp"]) for row in csv.DictReader(file)}
    found = {
        time.replace("-", "/").replace("T", " "): float(value)
        for time, value in zip(series.times, series.values, strict=True)
    }
    missing = set(found) - set(rows)
    assert missing == {"2010/03/14 03:00"}
    assert all(found[time] == pytest.approx(value) for time, value in rows.items())
    neighbours = rows["2010/03/14 02:00"], rows["2010/03/14 04:00"]
    assert found[missing.pop()] == pytest.approx(sum(neighbours) / 2, abs=1e-4)


@pytest.mark.parametrize("company", ["GOOG", "MSFT"])
def test_prices_are_those_of_the_file(company: str) -> None:
    path = package_folder("plotly") / "package_data/datasets/stocks.csv.gz"
    with gzip.open(path, "rt") as file:
        expected = [float(row[company]) for row in csv.DictReader(file)]
    np.testing.assert_allclose(Stocks(company=company).series().values, expected, rtol=1e-6)


def test_a_wave_without_noise_is_a_sine() -> None:
    values = Sine(samples=100, period=8, noise=0.0).series().values
    np.testing.assert_allclose(values, np.sin(np.arange(100) * np.pi / 4), atol=1e-6)


@pytest.mark.parametrize(
    "dataset",
    [Stocks(window=20), Stocks(window=200), Sine(samples=100, horizon=99)],
)
def test_parts_too_short_for_a_window_are_refused_with_what_to_change(
    dataset: SeriesDataset,
) -> None:
    with pytest.raises(UserError, match="Choose a shorter window or horizon"):
        split(dataset, 0)


def test_the_series_is_drawn_in_the_colours_of_its_parts() -> None:
    dataset = Stocks()
    figure = plot_parts(dataset, dataset.series())
    assert [trace.name for trace in figure.data] == ["Training", "Validation", "Test"]
    assert [len(trace.x) for trace in figure.data] == [67, 17, 21]
