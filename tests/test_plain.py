"""Methods as plain code: what is written down does what ran."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dlplay.errors import UserError
from dlplay.plain import body_of

_FACTOR = 3
_TABLE = {"a": 1}


class Example:
    """Numbers to be written in, and methods to be written out."""

    size, scale = 4, 0.5

    def spread(self, random: Any) -> Any:
        """One expression: written out where it is called."""
        return random.normal(0.0, self.scale, self.size)

    def draw(self, random: Any, start: float) -> tuple[Any, Any]:
        """Several statements, another method, a constant and two modules."""
        angle = np.arange(self.size) * math.pi * _FACTOR
        return angle + start + self.spread(random), -angle

    def looks_up(self) -> Any:
        """Needs what is no plain value."""
        return _TABLE["a"]


def test_what_is_written_gives_what_the_method_returns() -> None:
    example = Example()
    code = body_of(example.draw, random="generator", start="1.5").code("a", "b")
    names: dict[str, Any] = {"generator": np.random.default_rng(0)}
    exec(code, names)
    a, b = example.draw(np.random.default_rng(0), 1.5)
    np.testing.assert_array_equal(names["a"], a)
    np.testing.assert_array_equal(names["b"], b)
    assert "self" not in code
    assert code.splitlines()[:2] == ["import math", "import numpy as np"]


def test_what_plain_code_has_no_words_for_is_named() -> None:
    with pytest.raises(UserError, match=r"cannot be written out as plain code.*_TABLE"):
        body_of(Example().looks_up, random="random")
