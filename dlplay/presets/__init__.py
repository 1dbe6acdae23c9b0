"""Named experiments to start from: the articles' own programs, and a few instructive failures."""

from dlplay.experiment import Experiment
from dlplay.presets import failures, first, generating, images, texts, trees_and_series
from dlplay.presets.base import Preset

_GROUPS = (first, images, texts, trees_and_series, generating, failures)

PRESETS: dict[str, Preset] = {p.name: p for group in _GROUPS for p in group.PRESETS}
"""Every preset by name; the first is what a newcomer sees."""


def nearest_preset(experiment: Experiment) -> str:
    """The name of the preset from which the fewest values differ."""
    return min(PRESETS, key=lambda n: len(experiment.overrides_from(PRESETS[n].experiment)))


__all__ = ["PRESETS", "Preset", "nearest_preset"]
