"""Layers over trees against the papers' equations, node by node in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from dlplay.datasets.listops import VOCABULARY, ListOps
from dlplay.datasets.trees import Tree, encode
from dlplay.layers import load_model
from dlplay.layers.trees import RecursiveLayer, Root, TreeLayer, TreeLSTM

pytestmark = pytest.mark.xdist_group("layers-trees")

Vector = NDArray[np.float64]
State = tuple[Vector, Vector]
UNITS, FEATURES = 5, 3
DATA = ListOps(samples=100, depth=4, arguments=3, length=40)
TREES = DATA.trees()[:30]
WORDS = np.random.default_rng(1).normal(size=(len(VOCABULARY), FEATURES)).astype(np.float32)
NUMBER = {word: index for index, word in enumerate(VOCABULARY)}


def built(layer: TreeLayer) -> dict[str, Vector]:
    """Build the layer with random weights, biases too; they come back by name."""
    places, arity = sum(DATA.levels()), DATA.arguments
    layer.build((None, places, FEATURES), (None, places, arity))
    random = np.random.default_rng(2)
    for weight in layer.weights:
        weight.assign(random.normal(scale=0.7, size=weight.shape))
    return {weight.name: np.asarray(weight, np.float64) for weight in layer.weights}


def rows_of(trees: list[Tree]) -> NDArray[np.int32]:
    """The trees as arrays."""
    return np.stack([encode(t, VOCABULARY, DATA.levels(), DATA.arguments) for t in trees])


def roots(layer: TreeLayer, trees: list[Tree]) -> Vector:
    """What the layer makes of the roots, ``(trees, units)``."""
    rows = rows_of(trees)
    states = layer(WORDS[rows[..., 0]], rows[..., 1:])
    return np.asarray(Root()(states, rows[..., 0]))


def by_height(tree: Tree) -> list[Tree]:
    """Its nodes as they stand in an array: leaves first."""
    return sorted(tree.nodes(), key=lambda node: node.height)


def sigmoid(x: Vector) -> Vector:
    """The logistic function."""
    return 1 / (1 + np.exp(-x))


def child_sum(tree: Tree, w: dict[str, Vector]) -> State:
    """Tai, Socher, Manning (2015), equations 2 to 8."""
    below = [child_sum(child, w) for child in tree.children]
    wi, wo, wu, wf = np.split(w["kernel"], 4, axis=1)
    bi, bo, bu, bf = np.split(w["bias"], 4)
    ui, uo, uu = np.split(w["recurrent_kernel"], 3, axis=1)
    x = WORDS[NUMBER[tree.token]].astype(np.float64)
    h_sum = sum((h for h, _ in below), start=np.zeros(UNITS))
    i, o = sigmoid(x @ wi + h_sum @ ui + bi), sigmoid(x @ wo + h_sum @ uo + bo)
    u = np.tanh(x @ wu + h_sum @ uu + bu)
    c = i * u
    for h, cell in below:
        c = c + sigmoid(x @ wf + h @ w["forget_kernel"] + bf) * cell
    return o * np.tanh(c), c


def n_ary(tree: Tree, w: dict[str, Vector]) -> State:
    """The same paper, equations 9 to 14: a matrix for each child and gate."""
    below = [n_ary(child, w) for child in tree.children]
    wi, wo, wu, wf = np.split(w["kernel"], 4, axis=1)
    bi, bo, bu, bf = np.split(w["bias"], 4)

    def from_children(matrix: Vector) -> Vector:
        return sum(
            (h @ matrix[k * UNITS : (k + 1) * UNITS] for k, (h, _) in enumerate(below)),
            start=np.zeros(UNITS),
        )

    ui, uo, uu = np.split(w["recurrent_kernel"], 3, axis=1)
    x = WORDS[NUMBER[tree.token]].astype(np.float64)
    i, o = sigmoid(x @ wi + from_children(ui) + bi), sigmoid(x @ wo + from_children(uo) + bo)
    c = i * np.tanh(x @ wu + from_children(uu) + bu)
    for k, (_, cell) in enumerate(below):
        uf = w["forget_kernel"][:, k * UNITS : (k + 1) * UNITS]
        c = c + sigmoid(x @ wf + from_children(uf) + bf) * cell
    return o * np.tanh(c), c


def recursive(tree: Tree, w: dict[str, Vector]) -> State:
    """A leaf cell and an inner cell; there is no cell state."""
    x = WORDS[NUMBER[tree.token]].astype(np.float64)
    if not tree.children:
        h = np.tanh(x @ w["leaf_kernel"] + w["leaf_bias"])
    else:
        together = [x, *(recursive(child, w)[0] for child in tree.children)]
        missing = DATA.arguments - len(tree.children)
        together += [np.zeros(UNITS)] * missing
        h = np.tanh(np.concatenate(together) @ w["kernel"] + w["bias"])
    return h, h


LAYERS: dict[str, tuple[Callable[[], TreeLayer], Callable[[Tree, dict[str, Vector]], State]]] = {
    "child-sum": (lambda: TreeLSTM(UNITS, DATA.levels(), "child-sum"), child_sum),
    "n-ary": (lambda: TreeLSTM(UNITS, DATA.levels(), "n-ary"), n_ary),
    "recursive": (lambda: RecursiveLayer(UNITS, DATA.levels()), recursive),
}
every = pytest.mark.parametrize("name", LAYERS)


@every
def test_a_batch_of_trees_gives_what_the_equations_give_node_by_node(name: str) -> None:
    make, oracle = LAYERS[name]
    layer = make()
    weights = built(layer)
    expected = [oracle(tree, weights)[0] for tree in TREES]
    np.testing.assert_allclose(roots(layer, TREES), expected, atol=1e-6)
    assert {tree.height for tree in TREES} >= {1, 2, 3}


@every
def test_every_node_has_the_state_its_own_tree_would_have_at_the_root(name: str) -> None:
    make, oracle = LAYERS[name]
    layer = make()
    weights = built(layer)
    rows = rows_of(TREES[:1])
    states = np.asarray(layer(WORDS[rows[..., 0]], rows[..., 1:]))[0]
    expected = [oracle(node, weights)[0] for node in by_height(TREES[0])]
    np.testing.assert_allclose(states[rows[0, :, 0] > 0], expected, atol=1e-6)


@every
def test_the_gradient_is_that_of_finite_differences(name: str) -> None:
    import tensorflow as tf

    layer = LAYERS[name][0]()
    built(layer)
    rows = rows_of(TREES[:3])

    def total() -> Any:
        return tf.reduce_sum(Root()(layer(WORDS[rows[..., 0]], rows[..., 1:]), rows[..., 0]))

    with tf.GradientTape() as tape:
        value = total()
    gradients = tape.gradient(value, layer.trainable_variables)
    random, step = np.random.default_rng(3), 3e-3
    for weight, gradient in zip(layer.trainable_variables, gradients, strict=True):
        direction = random.normal(size=weight.shape).astype(np.float32)
        start = weight.numpy()
        sides = []
        for sign in (1, -1):
            weight.assign(start + sign * step * direction)
            sides.append(float(total()))
        weight.assign(start)
        slope = float(np.sum(np.asarray(gradient) * direction))
        assert (sides[0] - sides[1]) / (2 * step) == pytest.approx(slope, rel=0.02, abs=0.02)


def test_a_child_sum_does_not_mind_the_order_of_children_and_weights_of_their_own_do() -> None:
    tree = DATA.parse("[SM 1 [MAX 2 7 ] 3 ]")
    turned = DATA.parse("[SM 3 1 [MAX 7 2 ] ]")
    summed, apart = (LAYERS[name][0]() for name in ("child-sum", "n-ary"))
    built(summed)
    built(apart)
    one, other = roots(summed, [tree, turned])
    np.testing.assert_allclose(one, other, atol=1e-6)
    one, other = roots(apart, [tree, turned])
    assert not np.allclose(one, other, atol=1e-2)


@every
def test_empty_places_change_nothing(name: str) -> None:
    """The same weights with more places at every height, as for a larger data set."""
    layer = LAYERS[name][0]()
    built(layer)
    wider = layer.from_config(layer.get_config() | {"levels": [50, 30, 20, 10, 8, 5]})
    wider.build((None, 123, FEATURES), (None, 123, DATA.arguments))
    wider.set_weights(layer.get_weights())
    rows = np.stack([encode(t, VOCABULARY, wider.levels, DATA.arguments) for t in TREES])
    states = wider(WORDS[rows[..., 0]], rows[..., 1:])
    there = np.asarray(Root()(states, rows[..., 0]))
    np.testing.assert_allclose(there, roots(layer, TREES), atol=1e-6)


@every
def test_a_saved_network_comes_back_with_the_same_answers(name: str, tmp_path: Path) -> None:
    rows = rows_of(TREES)
    trees = keras.Input(rows.shape[1:], dtype="int32")
    words = keras.layers.Embedding(len(VOCABULARY), FEATURES)(trees[..., 0])
    states = LAYERS[name][0]()(words, trees[..., 1:])
    model = keras.Model(trees, Root()(states, trees[..., 0]))
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(np.asarray(again(rows)), np.asarray(model(rows)))


def test_forget_gates_begin_open_and_the_other_biases_at_zero() -> None:
    layer = TreeLSTM(UNITS, DATA.levels())
    layer.build((None, 10, FEATURES), (None, 10, 3))
    assert np.asarray(layer.bias).tolist() == [0.0] * 3 * UNITS + [1.0] * UNITS


@pytest.mark.parametrize(("name", "expected"), [
    # 2 × (features × units × (3 per leaf, 4 per inner node) + what comes from the children)
    ("child-sum", 2 * (3 * 5 * (3 * 7 + 4 * 3) + 3 * (3 * 25 + 3 * 25))),
    ("n-ary", 2 * (3 * 5 * (3 * 7 + 4 * 3) + 3 * (3 * 75 + 9 * 25))),
    ("recursive", 2 * (7 * 3 * 5 + 3 * (3 + 15) * 5)),
])  # fmt: skip
def test_operations_are_those_of_the_matrix_products(name: str, expected: int) -> None:
    layer = LAYERS[name][0]()
    layer = layer.from_config(layer.get_config() | {"levels": [7, 2, 1]})
    layer.build((None, 10, FEATURES), (None, 10, 3))
    assert layer.flops == expected
