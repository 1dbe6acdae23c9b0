"""Activation functions against SciPy, finite differences and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from dlplay.lessons.activations import (
    SATURATED,
    curve_info,
    passage,
    plot_passage,
    plot_slopes,
    plot_values,
)
from dlplay.lessons.functions import ACTIVATIONS
from dlplay.lessons.initialisers import INITIALISERS

INPUTS = np.linspace(-5, 5, 101) + 0.013  # keeps clear of the kinks at zero


@pytest.mark.parametrize("name", ACTIVATIONS)
class TestEveryActivation:
    def test_slope_equals_finite_differences(self, name: str) -> None:
        function = ACTIVATIONS[name]
        _, low, high, usual = function.parameter or ("", 0.0, 0.0, 0.0)
        for parameter in (low, usual, high):
            step = 1e-6
            difference = (
                function.value(INPUTS + step, parameter) - function.value(INPUTS - step, parameter)
            ) / (2 * step)
            np.testing.assert_allclose(function.slope(INPUTS, parameter), difference, atol=1e-8)

    def test_curve_marks_what_is_saturated_and_where_we_are(self, name: str) -> None:
        info = curve_info(name, 1.5)
        assert info.here == pytest.approx(np.interp(1.5, info.inputs, info.values), abs=1e-3)
        np.testing.assert_array_equal(info.saturated, np.abs(info.slopes) < SATURATED)
        assert len(plot_values([info]).data) == 4
        assert len(plot_slopes([info]).data) == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sigmoid", special.expit(INPUTS)),
        ("tanh", np.tanh(INPUTS)),
        ("relu", np.maximum(INPUTS, 0)),
        ("leaky-relu", np.maximum(INPUTS, 0.01 * INPUTS)),
        ("gelu", INPUTS * stats.norm.cdf(INPUTS)),
        ("softplus", np.log1p(np.exp(INPUTS))),
        ("swish", INPUTS / (1 + np.exp(-INPUTS))),
        ("elu", np.where(INPUTS > 0, INPUTS, np.exp(INPUTS) - 1)),
        ("softmax", special.softmax(np.stack([INPUTS, 0 * INPUTS, 0 * INPUTS]), axis=0)[0]),
    ],
)
def test_values_equal_scipy_and_closed_forms(name: str, expected: np.ndarray) -> None:
    function = ACTIVATIONS[name]
    np.testing.assert_allclose(function.value(INPUTS, function.usual), expected, atol=1e-12)


@pytest.mark.parametrize("name", INITIALISERS)
def test_weights_have_the_variance_the_formula_says(name: str) -> None:
    initialiser = INITIALISERS[name]
    weights = initialiser.draw(np.random.default_rng(0), 400, 200)
    assert weights.var() == pytest.approx(initialiser.variance(400, 200), rel=0.02)


class TestPassage:
    def test_he_keeps_the_second_moment_under_relu(self) -> None:
        # He et al. (2015): E[x²] of a layer's input stays; its half is the variance around zero.
        info = passage("relu", "he-normal", 5, units=400)
        second = info.variances[1:] + info.means[1:] ** 2
        np.testing.assert_allclose(second, 1.0, rtol=0.35)

    def test_linear_layers_multiply_the_variance_by_inputs_times_that_of_a_weight(self) -> None:
        info = passage("linear", "small", 3, units=300)
        expected = (300 * 1e-4) ** np.arange(4)
        np.testing.assert_allclose(info.variances, expected, rtol=0.1)

    def test_sigmoid_lets_the_gradient_die(self) -> None:
        info = passage("sigmoid", "glorot-uniform", 30)
        assert info.gradients[0] < 1e-10
        assert info.gradients[-1] == 1.0

    def test_gradient_of_one_layer_equals_the_chain_rule(self) -> None:
        rng = np.random.default_rng(0)
        signal = rng.standard_normal((200, 100))
        weight = INITIALISERS["he-normal"].draw(rng, 100, 100)
        gradient = rng.standard_normal((200, 100))
        back = (gradient / np.cosh(signal @ weight) ** 2) @ weight.T
        expected = np.linalg.norm(back) / np.linalg.norm(gradient)
        assert passage("tanh", "he-normal", 1).gradients[0] == pytest.approx(expected, rel=1e-12)

    def test_same_seed_same_signal(self) -> None:
        first, second = (passage("tanh", "he-normal", 5).variances for _ in range(2))
        np.testing.assert_array_equal(first, second)

    def test_picture_has_a_line_for_each_function(self) -> None:
        passages = [passage(name, "he-normal", 4) for name in ("relu", "tanh")]
        figure = plot_passage(passages, "gradients")
        assert [trace.name for trace in figure.data] == ["ReLU", "tanh"]
        assert figure.layout.yaxis.type == "log"
