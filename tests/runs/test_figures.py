"""The figures of runs, by what is in them."""

from __future__ import annotations

import numpy as np

from dlplay.runs import Point
from dlplay.runs.figures import (
    METRICS,
    METRICS_OF,
    curves_info,
    metric_title,
    plot_curves,
    plot_overlay,
)

POINTS = [
    Point(1.0, 0.1, {"loss": 0.9, "val_loss": 1.0, "accuracy": 0.5, "learning_rate": 0.1}),
    Point(2.0, 0.2, {"loss": 0.5, "val_loss": 0.8, "accuracy": 0.7, "learning_rate": 0.1}),
    Point(3.0, 0.3, {"loss": 0.4, "val_loss": 0.9, "accuracy": 0.8, "learning_rate": 0.05}),
]


class TestCurves:
    """Learning curves."""

    def test_training_and_validation_are_a_curve_each(self) -> None:
        training, validation = curves_info(POINTS, "loss")
        assert (training.part, validation.part) == ("training", "validation")
        assert training.x.tolist() == validation.x.tolist() == [1, 2, 3]
        np.testing.assert_allclose(training.y, [0.9, 0.5, 0.4], rtol=1e-6)
        np.testing.assert_allclose(validation.y, [1.0, 0.8, 0.9], rtol=1e-6)

    def test_what_was_not_measured_on_validation_data_has_one_curve(self) -> None:
        assert [curve.part for curve in curves_info(POINTS, "learning_rate")] == ["training"]

    def test_what_was_not_measured_has_none(self) -> None:
        assert curves_info(POINTS, "mae") == []
        assert curves_info([], "loss") == []

    def test_a_value_that_was_no_number_leaves_a_gap_in_its_curve_only(self) -> None:
        points = [*POINTS, Point(4.0, 0.4, {"val_loss": 0.7})]
        training, validation = curves_info(points, "loss")
        assert training.x.tolist() == [1, 2, 3]
        assert validation.x.tolist() == [1, 2, 3, 4]

    def test_long_epochs_show_the_way_through_them(self) -> None:
        within = [Point(e, e, {"loss": 1 / e}, within_epoch=True) for e in np.arange(1, 9) / 4]
        on_the_way, *_ = curves_info(POINTS[:2], "loss", within)
        assert on_the_way.part == "within"
        np.testing.assert_allclose(on_the_way.x, np.arange(1, 9) / 4)

    def test_every_metric_of_a_task_has_a_name_for_people(self) -> None:
        for metrics in METRICS_OF.values():
            assert set(metrics) <= set(METRICS)
        assert metric_title("val_loss") == metric_title("loss") == "Loss"
        assert metric_title("val_top_5") == "Top 5"

    def test_a_chart_draws_every_curve(self) -> None:
        figure = plot_curves(curves_info(POINTS, "loss"), "loss", 10)
        drawn = [np.round(np.asarray(trace.y, float), 3).tolist() for trace in figure.data]
        assert drawn == [[0.9, 0.5, 0.4], [1.0, 0.8, 0.9]]
        assert len({trace.line.color for trace in figure.data}) == 2

    def test_an_overlay_gives_every_run_a_colour_of_its_own(self) -> None:
        figure = plot_overlay([("one", POINTS), ("two", POINTS), ("three", POINTS)], "loss")
        colours = [trace.line.color for trace in figure.data]
        assert len(set(colours)) == 3
        assert len(colours) == 6
