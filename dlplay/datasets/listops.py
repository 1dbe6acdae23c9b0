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
_OPERATORS_CODE = """
import random
from statistics import median
operators = {
    "[MIN": min,
    "[MAX": max,
    "[MED": lambda members: int(median(members)),
    "[SM": lambda members: sum(members) % 10,
}
"""
_DRAWING_CODE = """
def draw(depth):
    '''A list: its word, its value and its members.'''
    members = []
    for _ in range(source.randint(2, ARGUMENTS)):
        if depth > 1 and source.random() < share:
            members.append(draw(depth - 1))
        else:
            digit = source.randrange(10)
            members.append((str(digit), digit, []))
    name = source.choice(list(operators))
    return name, operators[name]([value for _, value, _ in members]), members


def words_of(tree):
    '''An expression as it is written.'''
    word, _, members = tree
    inside = [w for member in members for w in words_of(member)]
    return [word, *inside, "]"] if members else [word]


trees = {}  # no two alike
while len(trees) < SAMPLES:
    tree = draw(DEPTH)
    if len(words_of(tree)) <= LENGTH:
        trees.setdefault(" ".join(words_of(tree)), tree)
trees = list(trees.values())
y = np.array([value for _, value, _ in trees], "int32")
vocabulary = ["", *"0123456789", *operators, "]"]
number = {word: index for index, word in enumerate(vocabulary)}
"""
_SEQUENCE_CODE = """
X = np.zeros((SAMPLES, LENGTH), "int32")
for row, tree in zip(X, trees):
    words = [number[word] for word in words_of(tree)]
    row[-len(words) :] = words
"""
_TREE_CODE = """
# A row for every node, leaves first: its word, and where its members stand, from 1
X = np.zeros((SAMPLES, sum(levels), 1 + ARGUMENTS), "int32")


def place(tree, rows, free):
    '''Put a node and what is below it; its place and its height.'''
    word, _, members = tree
    below = [place(member, rows, free) for member in members]
    height = 1 + max(height for _, height in below) if below else 0
    row = free[height]
    free[height] += 1
    rows[row, 0] = number[word]
    rows[row, 1 : 1 + len(below)] = [placed for placed, _ in below]
    return row + 1, height


for rows, tree in zip(X, trees):
    place(tree, rows, np.cumsum([0, *levels[:-1]]).tolist())
"""


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

    def code(self) -> str:
        share = _NESTED / ((2 + self.arguments) / 2)
        parts = [
            _OPERATORS_CODE.strip(),
            f"import numpy as np\nSAMPLES = {self.samples}\nDEPTH = {self.depth}",
            f"ARGUMENTS = {self.arguments}\nLENGTH = {self.length}",
            f"share = {share!r}  # how often a member is a list",
            f"source = random.Random({self.trees_seed})\n\n",
            _DRAWING_CODE.strip(),
        ]
        if self.reading == "sequence":
            return "\n".join([*parts, _SEQUENCE_CODE.strip()])
        levels = f"levels = {list(self.levels())!r}  # places at each height that suffice"
        return "\n".join([*parts, levels, _TREE_CODE.strip()])

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
