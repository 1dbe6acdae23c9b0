"""Back-propagation against finite differences, and the programs it writes."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.lessons.backpropagation import (
    Network,
    article_network,
    by_difference,
    chain_in_words,
    chain_rule,
    edges,
    gradient_of,
    plain,
    propagate,
    random_network,
    train,
)
from dlplay.lessons.backpropagation_code import pytorch_code, tensorflow_code
from dlplay.lessons.backpropagation_figures import lines_info, plot_network

NETWORKS = {
    "article": article_network(),
    "one hidden layer": random_network((2, 3, 1), "tanh", 0),
    "two hidden layers": random_network((2, 4, 3, 2), "sigmoid", 1),
    "relu": random_network((3, 4, 4, 2), "relu", 2),
}


def sample(network: Network) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.normal(size=network.sizes[0]), rng.normal(size=network.sizes[-1])


@pytest.mark.parametrize("name", NETWORKS)
class TestEveryNetwork:
    def test_every_gradient_equals_finite_differences(self, name: str) -> None:
        network = NETWORKS[name]
        inputs, targets = sample(network)
        found = propagate(network, inputs, targets)
        for edge in edges(network).values():
            expected = by_difference(network, inputs, targets, edge)
            assert gradient_of(found, edge) == pytest.approx(expected, rel=1e-6, abs=1e-8)

    def test_chain_rule_spells_out_the_gradient(self, name: str) -> None:
        network = NETWORKS[name]
        found = propagate(network, *sample(network))
        for edge in edges(network).values():
            gradient = f"{gradient_of(found, edge):.4g}"
            assert gradient in chain_rule(network, found, edge)
            assert chain_in_words(network, found, edge).endswith(f"= {gradient}")

    def test_small_step_lowers_the_loss(self, name: str) -> None:
        network = NETWORKS[name]
        before, after = train(network, *sample(network), rate=1e-3, momentum=0.0, updates=1)
        losses = [propagate(state, *sample(network)).loss for state in (before, after)]
        assert losses[1] < losses[0]

    def test_picture_shows_every_weight(self, name: str) -> None:
        network = NETWORKS[name]
        found = propagate(network, *sample(network))
        lines = lines_info(network, found)
        assert len(lines) == sum(weight.size for weight in network.weights)
        assert max(line.width for line in lines) == pytest.approx(6)
        shown = plot_network(network, found, lines[0].edge.name).data[len(lines)]
        assert list(shown.text) == [f"{line.weight:.2f}" for line in lines]
        under_the_pointer = zip(shown.hovertext, lines, strict=True)
        assert all(chain_in_words(network, found, line.edge) in t for t, line in under_the_pointer)


class TestArticle:
    def test_first_loss_is_144(self) -> None:
        found = propagate(article_network(), np.array([1.0, 2.0, 3.0]), np.array([2.0]))
        assert found.values[-1] == pytest.approx(14)
        assert found.loss == pytest.approx(144)

    def test_one_sample_is_fitted_exactly(self) -> None:
        states = train(
            article_network(), np.array([1.0, 2.0, 3.0]), np.array([2.0]),
            rate=0.01, momentum=0.0, updates=100,
        )  # fmt: skip
        assert propagate(states[-1], np.array([1.0, 2.0, 3.0]), np.array([2.0])).loss < 1e-12

    def test_bias_and_weights_have_names(self) -> None:
        names = {plain(article_network(), edge) for edge in edges(article_network()).values()}
        assert names == {"x1 → y1", "x2 → y1", "x3 → y1", "bias → y1"}


def test_momentum_adds_a_share_of_the_last_step() -> None:
    network = NETWORKS["one hidden layer"]
    states = train(network, *sample(network), rate=0.1, momentum=0.5, updates=2)
    gradient = propagate(states[1], *sample(network)).weights[0]
    step = states[1].weights[0] - states[0].weights[0]
    np.testing.assert_allclose(
        states[2].weights[0] - states[1].weights[0], 0.5 * step - 0.1 * gradient
    )


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("write", [tensorflow_code, pytorch_code])
def test_programs_are_python(name: str, write: object) -> None:
    network = NETWORKS[name]
    assert callable(write)
    compile(write(network, *sample(network), 0.1, 0.5), name, "exec")
