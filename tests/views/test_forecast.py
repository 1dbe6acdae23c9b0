"""A forecast beside what came true."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlplay.experiment import Experiment
from dlplay.runs import Store
from dlplay.training.trainer import train
from dlplay.views import Snapshots
from dlplay.views.forecast import Forecast, errors_info

pytestmark = pytest.mark.xdist_group("views-forecast")


def experiment(**dataset: Any) -> Experiment:
    """A perceptron on a short wave."""
    return Experiment.parse(
        {
            "dataset": {"name": "sine", "samples": 400, "window": 20, "horizon": 3} | dataset,
            "architecture": {"name": "series-mlp"},
            "training": {"epochs": 5, "optimizer": {"name": "adam", "learning_rate": 0.01}},
        }
    )


@pytest.mark.parametrize("difference", [False, True])
def test_errors_of_a_run_are_those_of_what_its_view_draws(store: Store, difference: bool) -> None:
    """The metrics come from Keras in units of deviations, the view from the network's answers."""
    run = store.create(experiment(difference=difference))
    assert store.claim(run.id)
    run = train(store, run)
    assert (run.state, run.task) == ("finished", "forecast")
    found = Snapshots(run.folder, "forecast").latest()
    assert found is not None
    epoch, arrays = found
    ours, naive = errors_info(arrays)
    test = run.summary["test"]
    assert epoch == 5
    assert test["mae"] == pytest.approx(ours, rel=1e-4)
    assert test["naive_ratio"] == pytest.approx(ours / naive, rel=1e-4)
    final = run.summary["final"]
    assert final["val_naive_ratio"] > 0
    assert final["val_mae"] / final["val_naive_ratio"] != pytest.approx(naive, rel=1e-6)
    dataset = run.experiment.dataset
    values = dataset.series().values  # type: ignore[attr-defined]
    np.testing.assert_array_equal(arrays["truth"], values[-len(arrays["truth"]) :])
    np.testing.assert_array_equal(
        arrays["naive"], values[-20 - len(arrays["truth"]) : -20]
    )  # one period of 20 steps earlier


def test_it_says_how_much_better_than_the_naive_forecast_and_draws_both() -> None:
    arrays = {
        "times": np.array(["1", "2", "3"]),
        "truth": np.array([1.0, 2.0, 4.0], np.float32),
        "forecast": np.array([1.5, 2.0, 3.5], np.float32),
        "naive": np.array([0.0, 1.0, 2.0], np.float32),
        "naive_name": np.array("the last value"),
        "unit": np.array("height"),
    }
    text, over_time, errors = Forecast().panels(arrays, 5)
    assert "errs by **0.333** (height): 0.25 times" in text.text
    assert "the last value, which is 1.33" in text.text
    assert over_time.figure is not None and errors.figure is not None
    assert [trace.name for trace in over_time.figure.data] == ["What came true", "Forecast"]
    naive, network = errors.figure.data
    np.testing.assert_allclose(naive.y, [-1.0, -1.0, -2.0])
    np.testing.assert_allclose(network.y, [0.5, 0.0, -0.5])
