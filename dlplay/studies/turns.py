"""The turns of a sweep's driver: end what promises little, try what promises more."""

from __future__ import annotations

from collections.abc import Sequence

from dlplay.errors import UserError
from dlplay.runs import Store, groups
from dlplay.studies import sampling
from dlplay.studies.space import changed
from dlplay.studies.sweep import Plan, Trial, parse, trials

_HOPELESS = 5
"""A sweep whose first so many trials all fail is ended."""


def advance(store: Store, group: groups.Group, most: int) -> None:
    """Take one turn: end what promises little, fill the slots, note what was found out.

    Args:
        most: trials that may wait or train at once.
    """
    plan = parse(group.plan)
    tried = trials(store, group, plan, curves=True)
    pruned = [t.run for t in sampling.hopeless(plan, tried) if t.run]
    groups.mark_pruned(store, pruned)
    ended = [t for t in tried if t.fate != "running"]
    if len(ended) >= _HOPELESS and all(t.fate == "failed" for t in ended):
        groups.stop(store, group.id, _why(ended))
        return
    results = dict(group.results)
    active = len(tried) - len(ended)
    while active < most and len(tried) < plan.wanted:
        trial = Trial(_next_number(tried), sampling.propose(plan, tried), "running")
        tried.append(trial)
        try:
            _launch(store, group, plan, trial)
            active += 1
        except UserError as error:
            skipped = {"trial": trial.number, "values": trial.values, "why": str(error)}
            results["skipped"] = [*results.get("skipped", ()), skipped]
    complete = sum(t.fate == "complete" for t in tried)
    is_done = len(tried) >= plan.wanted and not active
    if complete != results.get("seen") or is_done:
        results |= {"seen": complete, "importance": sampling.importance(plan, tried)}
    results["done"] = is_done
    if results != group.results:
        groups.note(store, group.id, results)


def _next_number(tried: Sequence[Trial]) -> int:
    return max((trial.number for trial in tried), default=-1) + 1


def _launch(store: Store, group: groups.Group, plan: Plan, trial: Trial) -> None:
    experiment = changed(plan.experiment, trial.values)
    experiment.check(experiment.dataset.facts())
    part = {"trial": trial.number, "values": trial.values}
    title = f"Trial {trial.number + 1} · {group.title}"
    store.create(experiment, title, plan.owner, group_id=group.id, part=part)


def _why(failed: Sequence[Trial]) -> str:
    reasons = [trial.run.message for trial in failed if trial.run and trial.run.message]
    said = f" The last one: {reasons[-1]}" if reasons else ""
    return f"All of the first {len(failed)} trials failed, so the sweep was ended.{said}"
