"""The flow of gradients against finite differences and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss

from dlplay.lessons.pictures import digit_batch
from dlplay.lessons.vanishing import Design, flow, plot_norms, plot_spreads, verdict
from tests.lessons.numerical import numerical_gradient

INPUTS, LABELS = digit_batch(128)
SMALL = np.random.default_rng(0).normal(size=(7, 5))
CLASSES = np.array([0, 1, 2, 0, 1, 2, 1])


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("activation", ["tanh", "gelu"])
def test_every_gradient_equals_finite_differences(
    batch_norm: bool, residual: bool, activation: str
) -> None:
    design = Design(3, activation, "glorot-normal", batch_norm, residual)
    weights = design.draw(5, 3)
    found = flow(design, weights, SMALL, CLASSES)
    for layer, weight in enumerate(weights):

        def loss(changed: np.ndarray, layer: int = layer) -> float:
            moved = [*weights[:layer], changed, *weights[layer + 1 :]]
            return flow(design, moved, SMALL, CLASSES).loss

        expected = numerical_gradient(loss, weight)
        np.testing.assert_allclose(found.gradients[layer], expected, atol=1e-7)


def test_loss_is_the_cross_entropy_of_ten_classes() -> None:
    design = Design(1, "linear", "small")
    weights = design.draw(64)
    logits = INPUTS @ weights[0] @ weights[1]
    odds = np.exp(logits)
    expected = log_loss(LABELS, odds / odds.sum(axis=1, keepdims=True), labels=range(10))
    assert flow(design, weights, INPUTS, LABELS).loss == pytest.approx(expected, rel=1e-6)


def run(activation: str, initialiser: str, **options: bool) -> np.ndarray:
    design = Design(30, activation, initialiser, **options)
    return flow(design, design.draw(64), INPUTS, LABELS).norms


def test_sigmoid_vanishes_and_each_remedy_helps() -> None:
    plain = run("sigmoid", "glorot-uniform")
    assert plain[0] / plain[-1] < 1e-10
    for norms in (
        run("sigmoid", "glorot-uniform", residual=True),
        run("sigmoid", "glorot-uniform", batch_norm=True),
        run("relu", "he-normal"),
    ):
        assert norms[0] / norms[-1] > 1e3 * plain[0] / plain[-1]


def test_large_weights_explode_without_saturation() -> None:
    norms = run("relu", "large")
    assert norms[0] > 1e10
    design = Design(30, "relu", "large")
    info = flow(design, design.draw(64), INPUTS, LABELS)
    assert verdict(info).startswith("Exploding")


def test_verdict_and_pictures() -> None:
    design = Design(30, "sigmoid", "glorot-uniform")
    info = flow(design, design.draw(64), INPUTS, LABELS)
    assert verdict(info).startswith("Vanishing")
    np.testing.assert_allclose(plot_norms(info, info).data[1].y, info.norms)
    np.testing.assert_allclose(plot_spreads(info, None).data[0].y, info.spreads)
