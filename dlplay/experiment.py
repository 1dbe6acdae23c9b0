"""The one description of a run, which form, link, command line, store and worker all speak."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from dlplay.architectures import (
    ARCHITECTURES,
    Architecture,
    Objective,
    Regularisation,
)
from dlplay.catalogue import Choice
from dlplay.datasets import DATASETS, Dataset, Facts
from dlplay.errors import UserError, from_validation
from dlplay.optimisation import OPTIMIZERS, SCHEDULES, Training

if TYPE_CHECKING:
    AnyDataset = Dataset
    AnyArchitecture = Architecture
else:
    _BY_NAME = Field(discriminator="name")
    AnyDataset = Annotated[Union[tuple(DATASETS.values())], _BY_NAME]  # noqa: UP007
    AnyArchitecture = Annotated[Union[tuple(ARCHITECTURES.values())], _BY_NAME]  # noqa: UP007

_TAGS = {*DATASETS, *ARCHITECTURES, *OPTIMIZERS, *SCHEDULES}


class Experiment(Choice):
    """Dataset, network, regularisation, training, seed; equal experiments give equal numbers."""

    dataset: AnyDataset
    architecture: AnyArchitecture
    regularisation: Regularisation = Regularisation()
    training: Training = Training()
    seed: int = Field(
        default=42,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Fixes every draw: the split, the first weights, the order of samples. "
        "The same seed gives the same run.",
    )

    @model_validator(mode="after")
    def _one_penalty(self) -> Experiment:
        if self.regularisation.prior_sigma is not None and self.regularisation.l2:
            raise UserError(
                "A Gaussian prior is an L2 penalty already; expected one of the two",
                received=f"L2 {self.regularisation.l2:g} and "
                f"σ {self.regularisation.prior_sigma:g}",
                fix="Set L2 to 0 or switch the prior off",
            )
        return self

    @classmethod
    def parse(cls, values: Mapping[str, Any] | str | bytes) -> Experiment:
        """An experiment from JSON text or plain values.

        Raises:
            UserError: a field is unknown, of the wrong type, or out of bounds.
        """
        try:
            if isinstance(values, str | bytes):
                return cls.model_validate_json(values)
            return cls.model_validate(values)
        except ValidationError as error:
            raise from_validation(error, _TAGS) from error

    def check(self, facts: Facts) -> None:
        """Raise a `UserError` if network, loss or augmentation do not fit the dataset."""
        self.architecture.check(facts)
        self.objective(facts)
        if self.regularisation.augment and facts.kind != "image":
            raise UserError(
                "Augmentation changes images, and this dataset has none",
                received=", ".join(self.regularisation.augment),
                fix="Choose no augmentation",
            )

    @property
    def epochs(self) -> int:
        """Of the training, and of a fine-tuning that follows it."""
        tuning = self.architecture.tuning()
        return self.training.epochs + (tuning.epochs if tuning else 0)

    def rate_after(self, epoch: int) -> float:
        """The learning rate that holds after ``epoch`` epochs, before its schedule's factor."""
        tuning = self.architecture.tuning()
        if tuning and epoch >= self.training.epochs:
            return tuning.learning_rate
        return self.training.optimizer.learning_rate

    def objective(self, facts: Facts) -> Objective:
        """The last layer and the loss."""
        return self.architecture.objective(self.training.loss, facts)

    def effective_regularisation(self, facts: Facts, samples: int) -> Regularisation:
        """The regularisation with the prior turned into the L2 it equals."""
        objective = self.objective(facts)
        prior = self.regularisation.prior_l2(
            samples, objective.outputs_averaged, objective.squared_error
        )
        if not prior:
            return self.regularisation
        return self.regularisation.model_copy(update={"l2": prior})

    def to_json(self, indent: int | None = None) -> str:
        """JSON that `parse` reads back to an equal experiment."""
        return self.model_dump_json(indent=indent)

    def flat(self) -> dict[str, Any]:
        """Every value by its dotted path: ``{"training.epochs": 20, …}``."""
        return dict(_flatten(self.model_dump(mode="json")))

    def changed(self, overrides: Iterable[tuple[str, Any]]) -> Experiment:
        """This experiment with some values replaced, given by dotted path.

        A path that ends at something chosen by name (``dataset``, ``training.optimizer``, …) takes
        that name. Values may be JSON text.

        Raises:
            UserError: a path or a value is not known.
        """
        values = self.model_dump(mode="json")
        for path, value in overrides:
            _replace(values, path, _from_text(value))
        return Experiment.parse(values)

    def followed(self, overrides: Iterable[tuple[str, Any]]) -> tuple[Experiment, list[str]]:
        """As much of `changed` as this version understands, and a sentence on each of the rest."""
        experiment, rest = self, []
        for override in overrides:
            try:
                experiment = experiment.changed([override])
            except UserError as error:
                rest.append(str(error))
        return experiment, rest

    def overrides_from(self, base: Experiment) -> list[tuple[str, str]]:
        """The shortest overrides, as text, that `changed` turns ``base`` into this one with."""
        ours = self.flat()
        names = [
            (path, _to_text(value))
            for path, value, _ in self.differences(base)
            if path.endswith(".name") and path in ours
        ]
        named = base.changed(names)
        theirs, rest = named.flat(), self.differences(named)
        off = [(path, "null") for path, v in ours.items() if v is None and path not in theirs]
        return names + off + [(path, _to_text(value)) for path, value, _ in rest if path in ours]

    def differences(self, other: Experiment) -> list[tuple[str, Any, Any]]:
        """Where two experiments differ: path, our value, the other's value."""
        ours, theirs = self.flat(), other.flat()
        paths = [*ours, *(path for path in theirs if path not in ours)]
        return [
            (path, ours.get(path), theirs.get(path))
            for path in paths
            if ours.get(path) != theirs.get(path)
        ]


def _flatten(values: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _from_text(value: Any) -> Any:
    """JSON where text is JSON (``3``, ``[8, 8]``, ``null``), text otherwise."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _to_text(value: Any) -> str:
    """Text that `_from_text` reads back: bare where that is not ambiguous."""
    if isinstance(value, str) and _from_text(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _replace(values: dict[str, Any], path: str, value: Any) -> None:
    """Set ``value`` at a dotted ``path``; what is chosen by name starts from its defaults."""
    *parents, last = path.split(".")
    place = values
    for parent in parents:
        inner = place.get(parent)
        if inner is None and parent in place:  # an optional part that is off: switch it on
            inner = place[parent] = {}
        if not isinstance(inner, dict):
            raise _unknown_path(path, values)
        place = inner
    if last == "name" or (isinstance(place.get(last), dict) and isinstance(value, str)):
        target = place if last == "name" else place[last]
        target.clear()
        target["name"] = value
    else:
        place[last] = value


def _unknown_path(path: str, values: dict[str, Any]) -> UserError:
    return UserError(
        f"Expected a field of an experiment, such as training.epochs or {next(iter(values))}.name",
        received=path,
    )


dataset_adapter: TypeAdapter[Dataset] = TypeAdapter(AnyDataset)
architecture_adapter: TypeAdapter[Architecture] = TypeAdapter(AnyArchitecture)
