"""Numbers of weights, worked out by hand from the papers and the articles."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from dlplay.architectures import Architecture, Regularisation, objective_for
from dlplay.architectures.cnn_deep import CnnDeep
from dlplay.architectures.cnn_small import CnnSmall
from dlplay.architectures.lenet_5 import LeNet5
from dlplay.architectures.mlp import Mlp
from dlplay.architectures.perceptron import Perceptron
from dlplay.datasets import Facts

pytestmark = pytest.mark.xdist_group("architectures-parameters")

DIGITS = Facts("image", (28, 28, 1), "classification", 5_000, tuple("0123456789"))
PHOTOS = Facts("image", (32, 32, 3), "classification", 5_000, tuple("0123456789"))
IRIS = Facts("table", (4,), "classification", 150, ("a", "b", "c"), tuple("wxyz"))
TWO = Facts("table", (4,), "classification", 150, ("a", "b"), tuple("wxyz"))
NUMBER = Facts("table", (10,), "regression", 150)


def build(network: Architecture, facts: Facts) -> keras.Model:
    """A network without regularisation."""
    return network.build(facts, objective_for("auto", facts), Regularisation())


def dense(inputs: int, outputs: int) -> int:
    """Weights and biases of a dense layer."""
    return (inputs + 1) * outputs


def convolution(window: int, channels: int, filters: int) -> int:
    """Weights and biases of a convolution."""
    return (window * window * channels + 1) * filters


@pytest.mark.parametrize(
    ("network", "facts", "expected"),
    [
        (Perceptron(), IRIS, dense(4, 3)),
        (Perceptron(), TWO, dense(4, 1)),
        (Perceptron(), DIGITS, dense(784, 10)),
        (Mlp(units=(10,)), IRIS, dense(4, 10) + dense(10, 3)),
        (Mlp(units=(16, 8)), NUMBER, dense(10, 16) + dense(16, 8) + dense(8, 1)),
        (Mlp(units=(32,)), DIGITS, dense(784, 32) + dense(32, 10)),
        (
            LeNet5(), DIGITS,
            convolution(5, 1, 6) + convolution(5, 6, 16)
            + dense(4 * 4 * 16, 120) + dense(120, 84) + dense(84, 10),
        ),
        (
            LeNet5(), PHOTOS,
            convolution(5, 3, 6) + convolution(5, 6, 16)
            + dense(5 * 5 * 16, 120) + dense(120, 84) + dense(84, 10),
        ),
        (
            LeNet5(padding="same"), DIGITS,
            convolution(5, 1, 6) + convolution(5, 6, 16)
            + dense(7 * 7 * 16, 120) + dense(120, 84) + dense(84, 10),
        ),
        (
            CnnSmall(), DIGITS,
            convolution(3, 1, 32) + convolution(3, 32, 64)
            + dense(5 * 5 * 64, 128) + dense(128, 10),
        ),
        (
            CnnDeep(), DIGITS,
            convolution(3, 1, 32) + convolution(3, 32, 32) + convolution(3, 32, 64)
            + convolution(3, 64, 64) + dense(5 * 5 * 64, 512) + dense(512, 10),
        ),
    ],
    ids=lambda value: getattr(value, "name", None),
)  # fmt: skip
def test_a_network_has_the_weights_its_layers_add_up_to(
    network: Architecture, facts: Facts, expected: int
) -> None:
    assert build(network, facts).count_params() == expected


def test_lenet_5_has_44_426_weights_on_digits() -> None:
    assert build(LeNet5(), DIGITS).count_params() == 44_426


def test_the_second_articles_network_has_83_weights() -> None:
    assert build(Mlp(units=(10,)), IRIS).count_params() == 83


ARTICLES = {
    "third": (
        LeNet5(),
        [
            keras.layers.Conv2D(6, 5, activation="relu"), keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(16, 5, activation="relu"), keras.layers.MaxPooling2D(),
            keras.layers.Flatten(), keras.layers.Dense(120, activation="relu"),
            keras.layers.Dense(84, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ],
    ),
    "fifth": (
        CnnSmall(),
        [
            keras.layers.Conv2D(32, (3, 3), activation="relu"), keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Conv2D(64, (3, 3), activation="relu"), keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Flatten(), keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ],
    ),
    "first": (
        CnnDeep(),
        [
            keras.layers.Conv2D(32, (3, 3), padding="same", activation="relu"),
            keras.layers.Conv2D(32, (3, 3), activation="relu"),
            keras.layers.MaxPooling2D((2, 2)), keras.layers.Dropout(0.25),
            keras.layers.Conv2D(64, (3, 3), padding="same", activation="relu"),
            keras.layers.Conv2D(64, (3, 3), activation="relu"),
            keras.layers.MaxPooling2D((2, 2)), keras.layers.Dropout(0.25),
            keras.layers.Flatten(), keras.layers.Dense(512, activation="relu"),
            keras.layers.Dropout(0.5), keras.layers.Dense(10, activation="softmax"),
        ],
    ),
}  # fmt: skip
"""Their code, layer by layer."""


@pytest.mark.parametrize("article", ARTICLES)
def test_with_equal_weights_it_answers_as_the_articles_own_code(article: str) -> None:
    network, layers = ARTICLES[article]
    theirs = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    ours = build(network, DIGITS)
    ours.set_weights(theirs.get_weights())
    pixels = np.random.default_rng(0).integers(0, 256, (5, 28, 28, 1)).astype(np.float32)
    answers, expected = np.asarray(ours(pixels)), np.asarray(theirs(pixels / 255))
    np.testing.assert_allclose(answers, expected, atol=1e-5)


def test_the_first_articles_dropout_is_where_and_as_strong_as_in_its_code() -> None:
    network, layers = ARTICLES["first"]
    objective = objective_for("categorical cross-entropy", DIGITS)
    ours = network.build(DIGITS, objective, Regularisation(dropout=0.5))
    kinds = [(type(layer).__name__, getattr(layer, "rate", None)) for layer in ours.layers[2:]]
    assert kinds == [(type(layer).__name__, getattr(layer, "rate", None)) for layer in layers]


def test_average_pooling_is_that_of_1998() -> None:
    model = build(LeNet5(pooling="average"), DIGITS)
    pools = [layer for layer in model.layers if "Pooling" in type(layer).__name__]
    squares = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    for pool in pools:
        means = [[(0 + 1 + 4 + 5) / 4, (2 + 3 + 6 + 7) / 4], [(8 + 9 + 12 + 13) / 4, 12.5]]
        assert np.asarray(pool(squares))[0, :, :, 0].tolist() == means
    assert len(pools) == 2
    assert model.count_params() == 44_426


def test_a_network_as_deep_as_the_form_allows_is_built() -> None:
    model = build(Mlp(units=(2,) * 50), IRIS)
    assert model.count_params() == dense(4, 2) + 49 * dense(2, 2) + dense(2, 3)
    with pytest.raises(ValueError, match="at most 50"):
        Mlp(units=(2,) * 51)
