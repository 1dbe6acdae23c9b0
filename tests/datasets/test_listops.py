"""ListOps: expressions drawn within their bounds, and the arrays a network takes."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.datasets.expressions import parse
from dlplay.datasets.listops import VOCABULARY, ListOps
from dlplay.datasets.trees import Tree, decode, encode, tokens, widths
from dlplay.errors import UserError


@pytest.mark.parametrize(
    "dataset",
    [
        ListOps(samples=300),
        ListOps(samples=300, depth=8, arguments=2, length=60),
        ListOps(samples=300, depth=2, arguments=8, length=12),
        ListOps(samples=100, depth=12, arguments=2, length=200),
    ],
    ids=["default", "binary", "flat", "deep"],
)
class TestDrawn:
    """Whatever the bounds."""

    def test_expressions_differ_and_keep_within_depth_arguments_and_length(
        self, dataset: ListOps
    ) -> None:
        trees = dataset.trees()
        assert len({dataset.write(tree) for tree in trees}) == dataset.samples
        assert max(tree.height for tree in trees) <= dataset.depth
        assert max(len(tokens(tree)) for tree in trees) <= dataset.length
        members = {len(node.children) for tree in trees for node in tree.nodes()}
        assert members <= {0, *range(2, dataset.arguments + 1)}

    def test_targets_are_the_values_of_what_is_written(self, dataset: ListOps) -> None:
        again = [parse(dataset.write(tree), dataset.arguments) for tree in dataset.trees()]
        assert dataset.load().targets.tolist() == [tree.value for tree in again]

    def test_every_tree_comes_back_from_its_array(self, dataset: ListOps) -> None:
        arrays = dataset.load().inputs
        assert arrays.shape == (dataset.samples, sum(dataset.levels()), 1 + dataset.arguments)
        for rows, tree in zip(arrays, dataset.trees(), strict=True):
            assert dataset.parse(dataset.write(decode(rows, VOCABULARY))) == tree

    def test_a_row_of_words_ends_where_the_expression_ends(self, dataset: ListOps) -> None:
        sequence = dataset.model_copy(update={"reading": "sequence"})
        samples = sequence.load()
        assert samples.inputs.shape == (dataset.samples, dataset.length)
        for row, tree in zip(samples.inputs, dataset.trees(), strict=True):
            words = [VOCABULARY[number] for number in row if number]
            assert words == tokens(tree)
            assert VOCABULARY[row[-1]] == "]"
        np.testing.assert_array_equal(samples.targets, dataset.load().targets)


def test_children_stand_before_their_parents_in_places_of_their_height() -> None:
    tree = parse("[MAX 2 [SM 4 7 ] [MIN 1 [MED 3 5 ] ] ]", 3)
    rows = encode(tree, VOCABULARY, (8, 3, 2, 1), 3)
    words = [VOCABULARY[number] for number in rows[:, 0]]
    assert words[:8] == ["2", "4", "7", "1", "3", "5", "", ""]
    assert words[8:] == ["[SM", "[MED", "", "[MIN", "", "[MAX"]
    assert rows[8, 1:].tolist() == [2, 3, 0]
    assert rows[11, 1:].tolist() == [4, 10, 0]
    assert rows[13, 1:].tolist() == [1, 9, 12]


def test_the_widths_of_a_tree_are_its_nodes_at_each_height() -> None:
    assert widths(parse("[MAX 2 [SM 4 7 ] [MIN 1 [MED 3 5 ] ] ]", 3)) == (6, 2, 1, 1)
    assert widths(Tree("7", 7)) == (1,)


@pytest.mark.parametrize(("depth", "arguments", "length"), [(3, 2, 14), (4, 3, 16), (2, 8, 10)])
def test_no_expression_within_the_bounds_needs_more_places_than_there_are(
    depth: int, arguments: int, length: int
) -> None:
    """Against the most that any of very many small expressions needs."""
    dataset = ListOps(samples=2_000, depth=depth, arguments=arguments, length=length)
    levels = dataset.levels()
    for tree in dataset.trees():
        needed = widths(tree)
        assert all(n <= m for n, m in zip(needed, levels, strict=False))


def test_another_seed_draws_other_expressions() -> None:
    first, other = (ListOps(samples=100, trees_seed=seed).trees() for seed in (0, 1))
    assert first != other


def test_classes_are_nearly_even_so_that_guessing_is_worth_little() -> None:
    counts = np.bincount(ListOps(samples=5_000).load().targets)
    assert counts.max() / counts.sum() < 0.15


def test_more_expressions_than_there_are_is_refused_with_what_to_change() -> None:
    with pytest.raises(UserError, match=r"400 of at most 10 words.*Allow more depth"):
        ListOps(samples=1_000, depth=1, arguments=2, length=10).load()
