"""Walks on loss surfaces against finite differences and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from dlplay.lessons.descent import bands, plot_walks, telling_rates, walk
from dlplay.lessons.optimisers import OPTIMISERS
from dlplay.lessons.surfaces import SURFACES
from tests.lessons.numerical import numerical_gradient


@pytest.mark.parametrize("name", SURFACES)
class TestEverySurface:
    def test_gradient_equals_finite_differences(self, name: str) -> None:
        surface, rng = SURFACES[name], np.random.default_rng(0)
        for point in rng.uniform(-2, 2, (10, len(surface.start))):
            expected = numerical_gradient(lambda w: float(surface.value(w)), point)
            np.testing.assert_allclose(surface.gradient(point), expected, rtol=1e-6, atol=1e-6)

    def test_minima_are_where_scipy_finds_them(self, name: str) -> None:
        surface = SURFACES[name]
        for minimum in surface.minima:
            found = minimize(
                lambda w: float(surface.value(w)), np.array(minimum) + 0.01, tol=1e-12
            )
            np.testing.assert_allclose(found.x, minimum, atol=1e-5)

    def test_its_own_rate_brings_every_optimiser_down(self, name: str) -> None:
        surface = SURFACES[name]
        rates = {False: surface.rate, True: surface.adaptive_rate}
        for optimiser, rule in OPTIMISERS.items():
            adaptive = rule.adaptive
            way = walk(optimiser, surface, surface.start, rates[adaptive], 300, 0.9)
            assert not way.diverged, optimiser
            assert way.losses[-1] < way.losses[0], optimiser

    def test_picture_has_a_line_and_a_loss_for_each_walk(self, name: str) -> None:
        surface = SURFACES[name]
        walks = [walk(n, surface, surface.start, surface.rate, 12, 0.9) for n in ("sgd", "adam")]
        figure = plot_walks(surface, walks)
        lines = [trace for trace in figure.data if trace.name == "Adam"]
        np.testing.assert_allclose(lines[0].x, walks[1].points[:, 0])
        np.testing.assert_allclose(lines[1].y, walks[1].losses)
        assert len(figure.frames) == 13


class TestSgdOnAQuadratic:
    def test_error_shrinks_by_one_minus_rate_times_curvature(self) -> None:
        way = walk("sgd", SURFACES["ravine"], (2.0, 1.0), 0.006, 20, 0.9)
        powers = np.arange(21)[:, None]
        np.testing.assert_allclose(
            way.points, np.array([2.0, 1.0]) * (1 - 0.006 * np.array([1.0, 100.0])) ** powers
        )

    def test_curvature_is_the_largest_second_derivative(self) -> None:
        assert SURFACES["ravine"].curvature(np.array([0.3, 0.4])) == pytest.approx(100)

    @pytest.mark.parametrize(
        ("label", "diverges"), [("Too small", False), ("Right", False), ("Too large", True)]
    )
    def test_telling_rates_tell(self, label: str, diverges: bool) -> None:
        surface = SURFACES["ravine"]
        way = walk("sgd", surface, surface.start, telling_rates(surface)[label], 300, 0.0)
        assert way.diverged is diverges


def test_bands_rise_from_the_minimum_and_have_the_top_row_first() -> None:
    band = bands(SURFACES["bowl"], columns=21, rows=21)
    assert band[10, 10] == 0
    assert band.max() == band[0, 0]
    valley = bands(SURFACES["rosenbrock"], columns=41, rows=41)
    assert valley[20, 30] < valley[38, 30]
