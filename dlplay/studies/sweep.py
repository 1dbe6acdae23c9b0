"""A sweep: trials of an experiment with some of its fields varied, in search of the best.

The store holds all there is to know of a sweep: its plan, and its runs. Whoever drives it begins
anew at every turn from there, so that nothing is lost with a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from dlplay.catalogue import Choice
from dlplay.errors import from_validation
from dlplay.experiment import Experiment
from dlplay.runs import Run, Store, groups
from dlplay.studies.ablation import lower
from dlplay.studies.space import Dimension, changed, dimensions, grid

Sampler = Literal["tpe", "random", "grid"]
Fate = Literal["running", "complete", "pruned", "failed"]

SAMPLERS: dict[Sampler, str] = {
    "tpe": "TPE: look where good trials were",
    "random": "Random: anywhere in the ranges",
    "grid": "Grid: every combination",
}
GRID: Sampler = "grid"
_STEPS = 20
"""Moments of a trial at which it is compared with the others."""


class Plan(Choice):
    """What a sweep is to do.

    Args:
        metric: on validation data; ``loss`` is made small, anything else large.
        owner: who drives it and trains its runs: the ``server`` or a ``cli``.
    """

    experiment: Experiment
    space: tuple[Dimension, ...] = Field(min_length=1)
    sampler: Sampler = "tpe"
    trials: int = Field(default=20, ge=1, le=1_000)
    prune: bool = True
    metric: str = "loss"
    owner: str = "server"

    @model_validator(mode="after")
    def _grid_has_so_many(self) -> Plan:
        for dimension in self.space:  # a path nobody knows, a value out of bounds
            for value in (dimension.grid()[0], dimension.grid()[-1]):
                changed(self.experiment, {dimension.path: value})
        return self

    @property
    def wanted(self) -> int:
        """Trials in all."""
        return min(self.trials, len(grid(self.space))) if self.sampler == "grid" else self.trials


@dataclass(frozen=True)
class Trial:
    """One set of values, and what came of it.

    Args:
        value: of the metric in the epoch of the lowest validation loss.
        curve: the metric by epoch, at a few epochs.
    """

    number: int
    values: dict[str, Any]
    fate: Fate
    value: float | None = None
    curve: dict[int, float] = field(default_factory=dict)
    run: Run | None = None


def parse(values: dict[str, Any]) -> Plan:
    """A plan from plain values.

    Raises:
        UserError: it cannot be carried out.
    """
    try:
        return Plan.model_validate(values)
    except ValidationError as error:
        raise from_validation(error) from error


def create(store: Store, plan: Plan, title: str = "") -> groups.Group:
    """A new sweep; its driver makes the trials."""
    plan.experiment.check(plan.experiment.dataset.facts())
    titles = {path: title for path, (title, _) in dimensions(plan.experiment).items()}
    names = ", ".join(lower(titles.get(d.path, d.path)) for d in plan.space)
    values = {**plan.model_dump(mode="json"), "trials": plan.wanted}
    return groups.create(store, "sweep", title or f"Sweep of {names}", values)


def trials(store: Store, group: groups.Group, plan: Plan, curves: bool = False) -> list[Trial]:
    """What was tried so far, skipped combinations included."""
    found = [_trial(store, run, plan, curves) for run in groups.members(store, group.id)]
    for skipped in group.results.get("skipped", ()):
        found.append(Trial(skipped["trial"], skipped["values"], "failed"))
    return sorted(found, key=lambda trial: trial.number)


def _trial(store: Store, run: Run, plan: Plan, curves: bool) -> Trial:
    fate: Fate = "failed"
    if run.state == "finished":
        fate = "complete"
    elif run.part.get("pruned"):
        fate = "pruned"
    elif run.is_active or run.state == "paused":
        fate = "running"
    value = run.summary.get("best", {}).get(f"val_{plan.metric}")
    if fate == "complete" and value is None:
        fate = "failed"
    if fate == "pruned" and value is None:  # ended before it could say so itself
        value = _best_point(store, run, plan.metric)
    curve = _curve(store, run, plan) if curves and plan.prune else {}
    return Trial(run.part["trial"], run.part["values"], fate, value, curve, run)


def _best_point(store: Store, run: Run, metric: str) -> float | None:
    judged = [p.metrics for p in store.points(run.id) if f"val_{metric}" in p.metrics]
    if not judged:
        return None
    return min(judged, key=lambda metrics: metrics["val_loss"])[f"val_{metric}"]


def _curve(store: Store, run: Run, plan: Plan) -> dict[int, float]:
    stride = max(1, plan.experiment.epochs // _STEPS)
    name = f"val_{plan.metric}"
    return {
        int(point.epoch): point.metrics[name]
        for point in store.points(run.id)
        if name in point.metrics and int(point.epoch) % stride == 0
    }


def best(tried: Sequence[Trial], metric: str) -> Trial | None:
    """The best trial that ran to its end; None before there is one."""
    ended = [t for t in tried if t.fate == "complete" and t.value is not None]
    sign = 1 if metric == "loss" else -1
    return min(ended, key=lambda t: sign * (t.value or 0.0), default=None)
