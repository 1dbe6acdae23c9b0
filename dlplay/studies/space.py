"""What can be varied in an experiment, and between which values."""

from __future__ import annotations

import itertools
import json
import types
from collections.abc import Iterator, Sequence
from typing import Any, Literal, Union, get_args, get_origin

import numpy as np
from pydantic import BaseModel, Field, model_validator
from pydantic.fields import FieldInfo

from dlplay.catalogue import Choice, Entry, entry_name
from dlplay.errors import UserError
from dlplay.experiment import Experiment

_FIXED = {
    "seed", "training.epochs", "dataset", "dataset.fold", "dataset.validation_fraction",
    "dataset.test_fraction", "dataset.stratify",
}  # fmt: skip
"""Not varied: trials that differ in luck, time or what they are judged on cannot be compared."""


class Dimension(Choice):
    """A field of an experiment and the values it may take: a range, or options as JSON text."""

    path: str
    low: float | None = None
    high: float | None = None
    log: bool = False
    whole: bool = False
    points: int = Field(default=3, ge=2, le=20)
    options: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_a_range_or_options(self) -> Dimension:
        if self.options:
            return self
        if self.low is None or self.high is None or self.low >= self.high:
            raise UserError(
                f"{self.path}: expected a lower bound below the upper one, or options",
                received=f"{self.low} … {self.high}",
            )
        if self.log and self.low <= 0:
            raise UserError(f"{self.path}: a logarithmic range starts above 0", received=self.low)
        return self

    def grid(self) -> list[Any]:
        """The values a grid takes: every option, or so many points of the range."""
        if self.options:
            return [json.loads(option) for option in self.options]
        low, high = float(self.low or 0), float(self.high or 0)
        spaced = np.geomspace if self.log else np.linspace
        values = [float(f"{value:.6g}") for value in spaced(low, high, self.points)]
        return list(dict.fromkeys(round(v) for v in values)) if self.whole else values


def grid(space: Sequence[Dimension]) -> list[dict[str, Any]]:
    """Every combination of the dimensions' values, by path."""
    paths = [dimension.path for dimension in space]
    combined = itertools.product(*(dimension.grid() for dimension in space))
    return [dict(zip(paths, values, strict=True)) for values in combined]


def changed(experiment: Experiment, values: dict[str, Any]) -> Experiment:
    """The experiment with ``values`` by path; what is chosen by name comes first, since it brings
    fields of its own."""
    ordered = sorted(values.items(), key=lambda item: not isinstance(item[1], str))
    return experiment.changed([(path, json.dumps(value)) if not isinstance(value, str)
                               else (path, value) for path, value in ordered])  # fmt: skip


def dimensions(experiment: Experiment) -> dict[str, tuple[str, Dimension]]:
    """Every field that can be varied, by path: its title and a range around its value."""
    found = {}
    for path, title, info, value in _fields(experiment, ""):
        dimension = None if path in _FIXED else _dimension(path, info, value)
        if dimension is not None:
            found[path] = (title, dimension)
    return found


def _fields(model: BaseModel, prefix: str) -> Iterator[tuple[str, str, FieldInfo, Any]]:
    """Path, title, description and value of every field, those of parts included."""
    for name, info in type(model).model_fields.items():
        value, path = getattr(model, name), f"{prefix}{name}"
        if name == "name":
            continue
        yield path, info.title or name.capitalize(), info, value
        if isinstance(value, BaseModel):
            yield from _fields(value, f"{path}.")


def _dimension(path: str, info: FieldInfo, value: Any) -> Dimension | None:
    kind = _inner(info.annotation)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    if extra.get("upload") or extra.get("options"):
        return None
    if members := _members(info.annotation):
        return _choice(path, members)
    if kind is bool:
        return _choice(path, [False, True])
    if get_origin(kind) is Literal:
        return _choice(path, get_args(kind))
    if get_origin(kind) is tuple:
        return Dimension(path=path, options=(json.dumps(list(value)),))
    if kind in (int, float) and value is not None:
        return _range(path, info, float(value), kind is int, extra.get("scale") == "log")
    return None


def _choice(path: str, values: Sequence[Any]) -> Dimension:
    return Dimension(path=path, options=tuple(json.dumps(value) for value in values))


def _range(path: str, info: FieldInfo, value: float, whole: bool, log: bool) -> Dimension:
    """A tenth to ten times the value where its scale is logarithmic, half to double elsewhere."""
    low, high = (bound(info, *names) for names in (("ge", "gt"), ("le", "lt")))
    log = log or (whole and value >= 8)
    factor = 10 if log and not whole else 2
    first, last = (value / factor, value * factor) if value else (0.0, 5.0 if whole else 0.5)
    if log and not value:
        first, last = 1e-5, 1e-2
    first, last = max(first, low), min(last, high)
    if whole:
        first, last = float(round(first)), float(round(last))
    if first >= last:
        first, last = low, max(high, low + 1)
    return Dimension(path=path, low=first, high=last, log=log and first > 0, whole=whole)


def bound(info: FieldInfo, *names: str) -> float:
    """A bound of a field; infinite where it has none."""
    for constraint in info.metadata:
        for name in names:
            value = getattr(constraint, name, None)
            if value is not None:
                return float(value)
    return float("-inf") if "ge" in names else float("inf")


def _inner(kind: Any) -> Any:
    """``X`` of ``X | None``."""
    if get_origin(kind) in (Union, types.UnionType):
        members = [m for m in get_args(kind) if m is not type(None)]
        return members[0] if len(members) == 1 else kind
    return kind


def _members(kind: Any) -> list[str]:
    """The names of a union of entries; empty for anything else."""
    if get_origin(kind) not in (Union, types.UnionType):
        return []
    members = get_args(kind)
    if not all(isinstance(m, type) and issubclass(m, Entry) for m in members):
        return []
    return [entry_name(member) for member in members]
