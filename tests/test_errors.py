"""The sentences users read."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dlplay.errors import UserError, from_validation, shortened


class Engine(BaseModel):
    """Something to fill in wrongly."""

    model_config = ConfigDict(extra="forbid")
    name: Literal["steam"] = "steam"
    pressure: float = Field(default=1.0, gt=0, le=16)


class Train(BaseModel):
    """Something with a part."""

    engine: Engine = Engine()
    wagons: int = 3


def said_of(values: dict[str, object]) -> str:
    """What a user reads about bad values."""
    with pytest.raises(ValidationError) as caught:
        Train.model_validate(values)
    return str(from_validation(caught.value))


def test_what_was_expected_what_came_and_what_to_do_are_a_sentence_each() -> None:
    error = UserError("Expected a number", received="seven", fix="Write 7")
    assert str(error) == "Expected a number. Received: seven. Write 7."


def test_full_stops_are_not_doubled_and_empty_parts_not_mentioned() -> None:
    assert str(UserError("There is no such run.")) == "There is no such run."
    assert str(UserError("Expected one.", fix="Choose one.")) == "Expected one. Choose one."


def test_zero_is_something_received() -> None:
    assert str(UserError("Expected rows", received=0)) == "Expected rows. Received: 0."


def test_a_user_error_is_a_value_error_so_that_models_report_it_as_theirs() -> None:
    assert issubclass(UserError, ValueError)


def test_long_values_are_cut() -> None:
    assert shortened("x" * 80) == "x" * 80
    assert shortened("x" * 81) == "x" * 79 + "…"
    assert len(str(UserError("Expected less", received="x" * 10_000))) < 120


def test_a_bound_is_named_with_its_field_and_the_value() -> None:
    said = said_of({"engine": {"pressure": 20}})
    assert said == "engine.pressure: should be less than or equal to 16; received 20."


def test_an_unknown_field_is_named() -> None:
    assert said_of({"engine": {"wheels": 4}}).startswith("engine.wheels: there is no such field")


def test_several_mistakes_are_all_reported() -> None:
    said = said_of({"engine": {"pressure": -1}, "wagons": "many"})
    assert "engine.pressure: should be greater than 0; received -1" in said
    assert "wagons: should be a valid integer" in said


def test_a_large_value_that_came_is_not_printed_in_full() -> None:
    assert len(said_of({"engine": {"wheels": "x" * 5_000}})) < 200
    assert "received" not in said_of({"engine": {"wheels": list(range(5_000))}})
