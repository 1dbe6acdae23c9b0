"""Ablation: the same experiment without one of its parts, over one or more seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dlplay.architectures import Regularisation
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.runs import Store, groups

WHOLE = "everything"
"""The variant nothing is taken from."""


@dataclass(frozen=True)
class Part:
    """Something an experiment has and can do without.

    Args:
        path: of the field in the experiment.
        title: as people write it.
        without: the field's value when it is taken away.
    """

    path: str
    title: str
    without: Any


def removable(experiment: Experiment) -> list[Part]:
    """What can be taken away: every regularisation that is on, and extras of the training."""
    parts = []
    for name, info in Regularisation.model_fields.items():
        off = info.get_default(call_default_factory=True)
        if getattr(experiment.regularisation, name) != off:
            title = (info.title or name).removesuffix(" σ")
            without = list(off) if isinstance(off, tuple) else off
            parts.append(Part(f"regularisation.{name}", title, without))
    training = experiment.training
    if not training.rate_is_constant:
        parts.append(Part("training.schedule", "Schedule", "constant"))
    if getattr(training.optimizer, "momentum", 0):
        parts.append(Part("training.optimizer.momentum", "Momentum", 0.0))
    if training.early_stopping is not None:
        parts.append(Part("training.early_stopping", "Early stopping", None))
    return parts


def create(
    store: Store, experiment: Experiment, parts: Sequence[Part], seeds: int, owner: str = "server"
) -> groups.Group:
    """The whole and every variant without one part, queued, for each of ``seeds`` seeds.

    Raises:
        UserError: there is nothing to take away.
    """
    if not parts:
        raise UserError(
            "Expected something to take away",
            fix="Switch on dropout, batch normalisation or another regularisation first",
        )
    plan = {
        "experiment": experiment.model_dump(mode="json"), "seeds": seeds,
        "without": [part.path for part in parts],
    }  # fmt: skip
    variants = [(WHOLE, experiment)]
    for part in parts:
        variants.append((f"without {lower(part.title)}", without(experiment, part)))
    titles = ", ".join(lower(part.title) for part in parts)
    group = groups.create(store, "ablation", f"Without {titles}", plan)
    for seed in range(experiment.seed, experiment.seed + seeds):
        for name, variant in variants:
            title = f"{name[0].upper()}{name[1:]} · seed {seed}"
            store.create(
                variant.changed([("seed", seed)]), title, owner,
                group_id=group.id, part={"variant": name, "seed": seed},
            )  # fmt: skip
    return group


def without(experiment: Experiment, part: Part) -> Experiment:
    """The experiment with a part taken away."""
    return experiment.changed([(part.path, part.without)])


def lower(title: str) -> str:
    """A field's title within a sentence: “learning rate”, but “L2”."""
    return title if title[1:2].isdigit() else title[0].lower() + title[1:]
