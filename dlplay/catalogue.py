"""What datasets, networks and the other choices of an experiment have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict


class Choice(BaseModel):
    """Values a user sets; the fields are the form, the command line and the URL at once."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True)
class Card:
    """What a catalogue entry says of itself.

    Args:
        title: its name as people write it.
        summary: one or two sentences for someone who has never met it.
        source: paper, package or site it comes from.
        licence: of data; empty for what is our own code.
    """

    title: str
    summary: str
    source: str
    licence: str = ""


class Entry(Choice):
    """A member of a catalogue, told from the others by its ``name``."""

    name: str
    card: ClassVar[Card]


Member = TypeVar("Member", bound=Entry)


def entries(namespace: Mapping[str, Any], base: type[Member]) -> dict[str, type[Member]]:
    """The entries imported into a catalogue's ``__init__``, by name, in the order of import."""
    found = (value for value in namespace.values() if isinstance(value, type))
    return {entry_name(c): c for c in found if issubclass(c, base) and _is_concrete(c)}


def entry_name(entry: type[Entry]) -> str:
    """The catalogue name of an entry's class."""
    return str(entry.model_fields["name"].default)


def _is_concrete(entry: type[Entry]) -> bool:
    return bool(get_args(entry.model_fields["name"].annotation))


Task = Literal[
    "classification", "regression", "next character", "forecast", "generation", "reconstruction"
]
"""What is asked of a network: one class of several, a number, how a text goes on, a number that is
yet to come, samples like those it was shown, or its own input again."""
