"""What every choice of an experiment owes its readers, over all that can be chosen."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from dlplay.architectures import ARCHITECTURES, Regularisation
from dlplay.catalogue import Card, Choice, Entry, entries, entry_name
from dlplay.datasets import DATASETS
from dlplay.experiment import Experiment
from dlplay.optimisation import OPTIMIZERS, SCHEDULES, EarlyStopping, Training

CATALOGUES: dict[str, dict[str, type[Entry]]] = {
    "datasets": dict(DATASETS), "architectures": dict(ARCHITECTURES),
    "optimizers": dict(OPTIMIZERS), "schedules": dict(SCHEDULES),
}  # fmt: skip
ENTRIES = [
    pytest.param(name, entry, id=f"{kind}-{name}")
    for kind, catalogue in CATALOGUES.items()
    for name, entry in catalogue.items()
]
CHOICES: list[type[Choice]] = [
    *(entry for catalogue in CATALOGUES.values() for entry in catalogue.values()),
    Regularisation, Training, EarlyStopping,
]  # fmt: skip
FIELDS: dict[str, FieldInfo] = {
    f"{choice.__name__}.{name}": info
    for choice in CHOICES
    for name, info in choice.model_fields.items()
    if name != "name"
}


def made(entry: type[Entry]) -> Entry:
    """An entry with nothing but its defaults."""
    return entry.model_validate({"name": entry_name(entry)})


def is_number(annotation: Any) -> bool:
    """Whether a field is a number, or a number that can be off."""
    if get_origin(annotation) in (tuple, Literal):
        return False
    return annotation in (int, float) or any(map(is_number, get_args(annotation)))


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
class TestEveryEntry:
    """Datasets, networks, optimisers and schedules alike."""

    def test_its_name_is_kebab_case_and_its_key(self, name: str, entry: type[Entry]) -> None:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert entry_name(entry) == name
        assert made(entry).name == name

    def test_its_card_says_what_it_is(self, name: str, entry: type[Entry]) -> None:
        assert entry.card.title
        assert entry.card.title[0] == entry.card.title[0].upper()
        assert entry.card.summary.endswith((".", "?"))

    def test_its_defaults_are_within_its_own_bounds(self, name: str, entry: type[Entry]) -> None:
        assert entry.model_validate(made(entry).model_dump()) == made(entry)

    def test_it_takes_no_field_it_does_not_know(self, name: str, entry: type[Entry]) -> None:
        with pytest.raises(ValueError, match="Extra inputs"):
            entry.model_validate({"name": name, "surprise": 1})

    def test_it_does_not_change_once_made(self, name: str, entry: type[Entry]) -> None:
        with pytest.raises(ValueError, match="frozen"):
            setattr(made(entry), "name", "another")  # noqa: B010


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_has_a_title_and_a_line_of_help(field: str) -> None:
    info = FIELDS[field]
    assert info.title
    assert info.description
    assert info.description[-1] in ".?"


@pytest.mark.parametrize("field", [f for f, info in FIELDS.items() if is_number(info.annotation)])
def test_every_number_has_a_lower_and_an_upper_bound(field: str) -> None:
    bounds = {type(constraint) for constraint in FIELDS[field].metadata}
    assert bounds & {Ge, Gt}
    assert bounds & {Le, Lt}


def test_the_seed_has_help_and_bounds_too() -> None:
    info = Experiment.model_fields["seed"]
    assert info.title
    assert info.description
    assert {type(constraint) for constraint in info.metadata} == {Ge, Le}


def test_a_catalogue_lists_what_can_be_chosen_in_the_order_of_import() -> None:
    class Fruit(Entry):
        """Not to be chosen itself."""

        card: ClassVar[Card] = Card("Fruit", "Grows.", "")

    class Pear(Fruit):
        name: Literal["pear"] = "pear"

    class Apple(Fruit):
        name: Literal["apple"] = "apple"

    found = entries({"Pear": Pear, "Fruit": Fruit, "Apple": Apple, "count": 3, "str": str}, Fruit)
    assert list(found.items()) == [("pear", Pear), ("apple", Apple)]


def test_infinite_numbers_are_refused_everywhere() -> None:
    with pytest.raises(ValueError, match="finite"):
        Regularisation(l2=float("inf"))
    with pytest.raises(ValueError, match="finite"):
        Regularisation(prior_sigma=float("nan"))
