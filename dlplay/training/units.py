"""What was measured, in the units people know it in."""

from __future__ import annotations

from dlplay.catalogue import Task
from dlplay.datasets import Split
from dlplay.training.engine import Values


def in_units(values: Values, split: Split, task: Task | None, part: str = "train") -> Values:
    """Errors in the target's unit, where the target was standardised, and in parts of the naive
    forecast's where there is one.

    Args:
        part: of the split that ``values`` without a prefix were measured on.
    """
    scaling, naive = split.target_scaling, split.naive
    if scaling is None or task == "reconstruction":
        return values
    found = {
        name: value * float(scaling.deviation) if name.endswith("mae") else value
        for name, value in values.items()
    }
    for prefix, measured in (("", part), ("val_", "validation")):
        if naive and f"{prefix}mae" in found:
            error = max(naive.errors[measured], 1e-12)
            found[f"{prefix}naive_ratio"] = found[f"{prefix}mae"] / error
    return found
