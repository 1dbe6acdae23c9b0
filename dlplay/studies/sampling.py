"""Optuna's part in a sweep: which values to try next, which trials to end, which fields matter.

T. Akiba et al. (2019), Optuna: A Next-generation Hyperparameter Optimization Framework. Only the
process that drives sweeps imports this.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import FrozenTrial, TrialState

from dlplay.studies.space import Dimension, grid
from dlplay.studies.sweep import Fate, Plan, Trial

optuna.logging.set_verbosity(optuna.logging.WARNING)

_STATES: dict[Fate, TrialState] = {
    "running": TrialState.RUNNING, "complete": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED, "failed": TrialState.FAIL,
}  # fmt: skip
_WARM_UP = 3
"""Trials that end, and moments of a trial that pass, before anything is pruned."""


def propose(plan: Plan, tried: Sequence[Trial]) -> dict[str, Any]:
    """The values of the next trial, by path."""
    if plan.sampler == "grid":
        return grid(plan.space)[len(tried)]
    trial = _study(plan, tried).ask(_distributions(plan.space))
    return {d.path: _value(d, trial.params[d.path]) for d in plan.space}


def hopeless(plan: Plan, tried: Sequence[Trial]) -> list[Trial]:
    """Running trials whose best so far is worse than the median of the others at that epoch."""
    if not plan.prune:
        return []
    study = _study(plan, tried)
    frozen = {trial.number: trial for trial in study.get_trials(deepcopy=False)}
    running = [(place, t) for place, t in enumerate(tried) if t.curve and _trains(t)]
    return [t for place, t in running if study.pruner.prune(study, frozen[place])]


def _trains(trial: Trial) -> bool:
    """Whether there is still something to save by ending a trial."""
    is_training = trial.run is None or trial.run.progress.get("phase") == "training"
    return trial.fate == "running" and is_training


def importance(plan: Plan, tried: Sequence[Trial]) -> dict[str, float]:
    """How much of the metric's variation each field explains, 0…1 in all (PED-ANOVA); empty as
    long as there are too few trials to tell.

    S. Watanabe, A. Bansal, F. Hutter (2023), arXiv:2304.10255
    """
    complete = [trial for trial in tried if trial.fate == "complete"]
    if len(plan.space) < 2 or len(complete) < 4:
        return {}
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    try:
        found = optuna.importance.get_param_importances(
            _study(plan, complete), evaluator=evaluator
        )
    except (ValueError, RuntimeError, ZeroDivisionError):  # all trials alike
        return {}
    return {path: float(share) for path, share in found.items()}


def _study(plan: Plan, tried: Sequence[Trial]) -> optuna.Study:
    """A study that has seen what was tried; its draws depend on the seed and how much that is."""
    seed = (plan.experiment.seed + 7919 * len(tried)) % 2**32
    sampler: optuna.samplers.BaseSampler = (
        optuna.samplers.TPESampler(seed=seed, constant_liar=True, n_startup_trials=5)
        if plan.sampler == "tpe"
        else optuna.samplers.RandomSampler(seed=seed)
    )
    pruner = optuna.pruners.MedianPruner(n_startup_trials=_WARM_UP, n_warmup_steps=_WARM_UP)
    directions = optuna.study.StudyDirection
    direction = directions.MINIMIZE if plan.metric == "loss" else directions.MAXIMIZE
    study = optuna.create_study(direction=direction, sampler=sampler, pruner=pruner)
    distributions = _distributions(plan.space)
    for trial in tried:
        study.add_trial(_frozen(trial, plan.space, distributions))
    return study


def _frozen(
    trial: Trial, space: Sequence[Dimension], distributions: dict[str, BaseDistribution]
) -> FrozenTrial:
    return optuna.trial.create_trial(
        state=_STATES[trial.fate],
        value=trial.value if trial.fate in ("complete", "pruned") else None,
        params={d.path: _parameter(d, trial.values[d.path]) for d in space},
        distributions=distributions,
        intermediate_values=trial.curve,
    )


def _distributions(space: Sequence[Dimension]) -> dict[str, BaseDistribution]:
    return {dimension.path: _distribution(dimension) for dimension in space}


def _distribution(dimension: Dimension) -> BaseDistribution:
    if dimension.options:
        return CategoricalDistribution(dimension.options)
    low, high = float(dimension.low or 0), float(dimension.high or 0)
    if dimension.whole:
        return IntDistribution(round(low), round(high), log=dimension.log)
    return FloatDistribution(low, high, log=dimension.log)


def _value(dimension: Dimension, parameter: Any) -> Any:
    """A value of the experiment from Optuna's parameter; numbers of six digits."""
    if dimension.options:
        return json.loads(parameter)
    low, high = float(dimension.low or 0), float(dimension.high or 0)
    return parameter if dimension.whole else min(max(float(f"{parameter:.6g}"), low), high)


def _parameter(dimension: Dimension, value: Any) -> Any:
    return json.dumps(value) if dimension.options else value
