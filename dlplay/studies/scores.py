"""What the runs of a study come to: scores by variant, and the gaps between them in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlplay.runs import Run
from dlplay.runs.figures import METRICS_OF, SHARES, metric_title
from dlplay.studies.ablation import WHOLE


@dataclass(frozen=True)
class Score:
    """Mean and deviation of a metric over runs.

    Args:
        deviation: of the sample, n − 1 in its denominator; NaN for a single run.
    """

    mean: float
    deviation: float
    count: int


def main_metric(runs: Sequence[Run]) -> str:
    """The metric runs are judged by."""
    tasks = [run.task for run in runs if run.task]
    return METRICS_OF[tasks[0] if tasks else "classification"][0]


def value_of(run: Run, metric: str) -> float | None:
    """A run's validation score in the epoch of its lowest validation loss; None before its end."""
    value = run.summary.get("best", {}).get(f"val_{metric}")
    return float(value) if value is not None and run.state != "paused" else None


def score(values: Sequence[float]) -> Score:
    """Mean and deviation of at least one value."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
    return Score(float(np.mean(values)), deviation, len(values))


def scores(named: Sequence[tuple[str, Run]], metric: str) -> dict[str, Score]:
    """The scores of variants, in the order they first come."""
    values: dict[str, list[float]] = {}
    for name, run in named:
        value = value_of(run, metric)
        if value is not None:
            values.setdefault(name, []).append(value)
    return {name: score(found) for name, found in values.items()}


def gaps(runs: Sequence[Run], metric: str) -> dict[str, Score]:
    """How much better the whole is than each variant, seed by seed: ``whole − variant``."""
    values = {
        (str(run.part.get("variant")), run.part.get("seed")): value
        for run in runs
        if (value := value_of(run, metric)) is not None
    }
    variants = dict.fromkeys(str(run.part.get("variant")) for run in runs)
    found: dict[str, list[float]] = {}
    for variant in variants:
        pairs = [
            values[WHOLE, seed] - value
            for (name, seed), value in values.items()
            if name == variant != WHOLE and (WHOLE, seed) in values
        ]
        if pairs:
            found[variant] = pairs
    return {variant: score(pairs) for variant, pairs in found.items()}


def gap_sentence(variant: str, gap: Score, metric: str) -> str:
    """“Without dropout validation accuracy is 2.3 points lower (± 0.8 over 3 seeds).”"""
    share = metric in SHARES
    unit = " points" if share else ""
    size = f"{100 * abs(gap.mean):.1f}" if share else f"{abs(gap.mean):.3g}"
    title = metric_title(metric)
    name = title if title == "R²" else title[0].lower() + title[1:]
    start = f"{variant[0].upper()}{variant[1:]} validation {name} is"
    if gap.count > 1:
        spread = f"{100 * gap.deviation:.1f}" if share else f"{gap.deviation:.3g}"
        over = f"± {spread} over {gap.count} seeds"
    else:
        over = "one seed: chance alone may do that"
    if not float(size):
        return f"{start} the same{' on average' * (gap.count > 1)} ({over})."
    worse = "lower" if gap.mean > 0 else "higher"
    clear = gap.count == 1 or abs(gap.mean) > gap.deviation
    doubt = "" if clear else " The seeds differ by more than that: no clear gap."
    return f"{start} {size}{unit} {worse} ({over}).{doubt}"
