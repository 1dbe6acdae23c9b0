"""Trees as people and as networks read them: nested nodes, and rows of whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlplay.datasets.base import SplitDataset

CLOSE = "]"
"""What ends a list of children that a node's own word has opened."""


@dataclass(frozen=True)
class Tree:
    """A node and what hangs below it.

    Args:
        token: what is written at the node.
        value: the class number that is true of it; −1 where that is not known.
    """

    token: str
    value: int
    children: tuple[Tree, ...] = ()

    @property
    def height(self) -> int:
        """Steps down to the deepest leaf."""
        return 1 + max(child.height for child in self.children) if self.children else 0

    def nodes(self) -> Iterator[Tree]:
        """All nodes, children before their parents."""
        for child in self.children:
            yield from child.nodes()
        yield self


class TreeDataset(SplitDataset):
    """A dataset of trees whose every node has a class."""

    def parse(self, text: str) -> Tree:
        """A tree as a user writes it.

        Raises:
            UserError: there is a mistake in it; says where.
        """
        raise NotImplementedError

    def write(self, tree: Tree) -> str:
        """Text that `parse` reads back."""
        raise NotImplementedError

    def tree_of(self, sample: NDArray[np.int32]) -> Tree:
        """The tree that a row of the samples stands for."""
        raise NotImplementedError


def tokens(tree: Tree) -> list[str]:
    """The words of a tree as it is written, in order."""
    if not tree.children:
        return [tree.token]
    return [tree.token, *(word for child in tree.children for word in tokens(child)), CLOSE]


def written(tree: Tree) -> str:
    """The tree as text."""
    return " ".join(tokens(tree))


def encode(
    tree: Tree, vocabulary: Sequence[str], levels: Sequence[int], arity: int
) -> NDArray[np.int32]:
    """A tree as rows ``(sum(levels), 1 + arity)``: a token's number in ``vocabulary`` and the
    places of the node's children, counted from 1; a row of zeros is an empty place.

    ``levels`` says how many places there are at each height; leaves have the first ones, so
    children stand before their parents.
    """
    rows = np.zeros((sum(levels), 1 + arity), np.int32)
    number = {token: index for index, token in enumerate(vocabulary)}
    free = np.concatenate([[0], np.cumsum(levels)[:-1]]).tolist()

    def place(node: Tree) -> tuple[int, int]:
        """Where the node has been put, counted from 1, and its height."""
        below = [place(child) for child in node.children]
        height = 1 + max(h for _, h in below) if below else 0
        row = free[height]
        free[height] += 1
        rows[row, 0] = number[node.token]
        rows[row, 1 : 1 + len(below)] = [p for p, _ in below]
        return row + 1, height

    place(tree)
    return rows


def widths(tree: Tree) -> tuple[int, ...]:
    """How many nodes a tree has at each height, leaves first: places that just suffice."""
    return tuple(np.bincount([node.height for node in tree.nodes()]).tolist())


def decode(rows: NDArray[np.int32], vocabulary: Sequence[str]) -> Tree:
    """The tree that `encode` made rows of; what is true of its nodes is not in them."""

    def at(place: int) -> Tree:
        token, *below = rows[place - 1].tolist()
        return Tree(vocabulary[token], -1, tuple(at(child) for child in below if child))

    return at(int(np.flatnonzero(rows[:, 0])[-1]) + 1)
