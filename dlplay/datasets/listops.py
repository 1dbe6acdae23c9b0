"""ListOps: nested lists of digits under operators, whose value is a digit."""

from __future__ import annotations

import random
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets.base import Facts, Samples
from dlplay.datasets.expressions import OPERATORS, parse
from dlplay.datasets.trees import CLOSE, Tree, TreeDataset, decode, encode, tokens, written
from dlplay.errors import UserError

_DIGITS = tuple("0123456789")
VOCABULARY = ("", *_DIGITS, *OPERATORS, CLOSE)
_NESTED = 0.875
"""Lists directly inside a list, on average; as published: 0.25 of 3.5 members."""
_DRAWS = 50


class ListOps(TreeDataset):
    """Generated expressions, as trees or word by word."""

    card: ClassVar[Card] = Card(
        "ListOps",
        "Lists of digits inside lists, under MIN, MAX, MED (median) and SM (sum modulo 10); the "
        "class is the digit that comes out. What an operator applies to is a matter of brackets: "
        "a tree shows it, a row of words hides it.",
        "Generated here, after N. Nangia, S. R. Bowman (2018), ListOps: A Diagnostic Dataset for "
        "Latent Tree Learning, NAACL Student Research Workshop",
    )
    name: Literal["listops"] = "listops"
    samples: int = Field(
        default=2_000,
        ge=100,
        le=100_000,
        title="Samples",
        description="How many different expressions to draw.",
    )
    depth: int = Field(
        default=4,
        ge=1,
        le=12,
        title="Depth",
        description="How many lists may stand inside each other. Every further one is a further "
        "step of reckoning.",
    )
    arguments: int = Field(
        default=5,
        ge=2,
        le=8,
        title="Arguments",
        description="The most members of a list; with 2 every tree is binary.",
    )
    length: int = Field(
        default=40,
        ge=10,
        le=200,
        title="Length",
        description="The most words of an expression, brackets counted: longer ones are left out.",
        json_schema_extra={"unit": "words"},
    )
    reading: Literal["tree", "sequence"] = Field(
        default="tree",
        title="Reading",
        description="“tree” gives a network each list with its members, as the brackets say; "
        "“sequence” one word after the other, for networks that read text.",
    )
    trees_seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        title="Trees seed",
        description="Another number draws other expressions.",
    )

    def load(self) -> Samples:
        trees = self.trees()
        targets = np.array([tree.value for tree in trees], np.int32)
        if self.reading == "sequence":
            inputs = np.zeros((len(trees), self.length), np.int32)
            number = {token: index for index, token in enumerate(VOCABULARY)}
            for row, tree in zip(inputs, trees, strict=True):
                words = [number[word] for word in tokens(tree)]
                row[-len(words) :] = words  # a network that reads on ends at the last word
        else:
            levels = self.levels()
            inputs = np.stack([encode(t, VOCABULARY, levels, self.arguments) for t in trees])
        return Samples(inputs, targets, _DIGITS, known=self.facts())

    def facts(self) -> Facts:
        """Known without drawing a single expression."""
        is_tree = self.reading == "tree"
        levels = self.levels() if is_tree else ()
        return Facts(
            kind="tree" if is_tree else "text",
            input_shape=(sum(levels), 1 + self.arguments) if is_tree else (self.length,),
            task="classification",
            samples=self.samples,
            class_names=_DIGITS,
            vocabulary=VOCABULARY,
            levels=levels,
        )

    def levels(self) -> tuple[int, ...]:
        """Places at each height that suffice for any expression within depth and length.

        A list of height h takes at least 3h + 1 words: two brackets and one more member for every
        list inside another, and a last digit.
        """
        return tuple(
            max(1, min(self.arguments ** (self.depth - h), (self.length - 2) // (3 * h + 1)))
            for h in range(self.depth + 1)
        )

    def trees(self) -> list[Tree]:
        """The expressions, no two alike.

        Raises:
            UserError: there are not so many within depth, arguments and length.
        """
        source, found = random.Random(self.trees_seed), dict[str, Tree]()
        for _ in range(_DRAWS * self.samples):
            tree = self._draw(source, self.depth)
            if len(tokens(tree)) <= self.length:
                found.setdefault(written(tree), tree)
                if len(found) == self.samples:
                    return list(found.values())
        raise UserError(
            f"Expected room for {self.samples:,} different expressions",
            received=f"{len(found):,} of at most {self.length} words",
            fix="Allow more depth, arguments or length, or draw fewer samples",
        )

    def parse(self, text: str) -> Tree:
        return parse(text, self.arguments)

    def write(self, tree: Tree) -> str:
        return written(tree)

    def tree_of(self, sample: NDArray[np.int32]) -> Tree:
        if sample.ndim == 1:
            return self.parse(" ".join(VOCABULARY[number] for number in sample if number))
        return self.parse(self.write(decode(sample, VOCABULARY)))

    def _draw(self, source: random.Random, depth: int) -> Tree:
        """A list of two or more members, some of them lists while ``depth`` lasts."""
        members, share = [], _NESTED / ((2 + self.arguments) / 2)
        for _ in range(source.randint(2, self.arguments)):
            if depth > 1 and source.random() < share:
                members.append(self._draw(source, depth - 1))
            else:
                digit = source.randrange(10)
                members.append(Tree(str(digit), digit))
        name = source.choice(list(OPERATORS))
        return Tree(name, OPERATORS[name]([m.value for m in members]), tuple(members))
