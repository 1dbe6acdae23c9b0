"""ListOps' language: what expressions are worth, and mistakes that are pointed at."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from dlplay.datasets.expressions import parse
from dlplay.datasets.trees import Tree, tokens, written
from dlplay.errors import UserError


def independent_value(text: str) -> int:
    """The value by Python's own brackets and NumPy, as the published generator does it."""
    python = re.sub(r"\[([A-Z]+)", r"f('\1',", text).replace("]", ")").replace(" ", ",")
    python = re.sub(",+", ",", python).replace(",)", ")")
    names: dict[str, Callable[[tuple[int, ...]], int]] = {
        "MIN": np.min, "MAX": np.max, "MED": lambda v: int(np.median(v)),
        "SM": lambda v: np.sum(v) % 10,
    }  # fmt: skip
    return int(eval(python, {"f": lambda name, *members: names[name](members)}))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("[MAX 2 9 [MIN 4 7 ] 0 ]", 9),
        ("[MED 1 5 8 ]", 5),
        ("[MED 1 4 ]", 2),  # 2.5, rounded down
        ("[SM 9 8 [SM 7 6 ] ]", 0),
        ("[MIN [MAX [MED [SM 5 6 ] 3 9 ] 1 ] 8 ]", 3),
    ],
)
def test_an_expression_is_worth_what_its_operators_say(text: str, value: int) -> None:
    assert parse(text, 5).value == value == independent_value(text)


def test_every_node_has_a_value_of_its_own() -> None:
    tree = parse("[MAX 2 [SM 4 7 ] ]", 5)
    assert tree == Tree("[MAX", 2, (Tree("2", 2), Tree("[SM", 1, (Tree("4", 4), Tree("7", 7)))))


@pytest.mark.parametrize("text", [" [max 2\n9[min 4 7]0] ", "[ MAX 2 9 [MIN 4 7]0]"])
def test_spacing_and_small_letters_do_not_matter(text: str) -> None:
    assert written(parse(text, 5)) == "[MAX 2 9 [MIN 4 7 ] 0 ]"


def test_the_long_name_of_the_sum_is_known_too() -> None:
    assert tokens(parse("[SUM_MOD 3 4]", 5)) == ["[SM", "3", "4", "]"]


@pytest.mark.parametrize(
    ("text", "expected", "position", "pointed"),
    [
        ("[MAX 2 x ]", "Expected a digit from 0 to 9 or an opening bracket", 8, "➤x ]"),
        ("[MAX 2 12 ]", "Expected a digit", 8, "➤12 ]"),
        ("[MAX 2 9", "Expected a ] for the bracket opened", 1, "➤[MAX 2 9"),
        ("[MAX 2 [MIN 3 ]", "Expected a ] for the bracket opened", 1, "➤[MAX 2 [MIN"),
        ("[SUM 2 9 ]", "Expected [MIN, [MAX, [MED, [SM after the bracket", 1, "➤[SUM 2 9"),
        ("[MAX 2 9 ] ]", "Expected the end of the expression", 12, "➤]"),
        ("[MAX 1 [MIN ] ]", "Expected a digit or a list before ]", 13, "➤] ]"),
        ("] 3", "Expected a digit", 1, "➤] 3"),
        ("[MAX 1 2 3 4 ]", "a list has at most 3 members", 12, "➤4 ]"),
    ],
)
def test_a_mistake_is_pointed_at(text: str, expected: str, position: int, pointed: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(text, 3)
    assert expected in str(caught.value)
    assert f"at character {position}." in str(caught.value)
    assert pointed in str(caught.value)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_is_answered_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match="such as"):
        parse(text, 5)


def test_more_brackets_than_anyone_would_type_are_refused_not_followed() -> None:
    with pytest.raises(UserError, match="at most 50 lists inside each other at character 251"):
        parse("[MAX " * 5_000, 5)
