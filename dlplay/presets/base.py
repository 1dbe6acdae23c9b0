"""What a preset is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dlplay.experiment import Experiment


@dataclass(frozen=True)
class Preset:
    """An experiment with a name.

    Args:
        name: kebab-case, used by links and the command line.
        title: as people say it.
        summary: what to expect, and what to look at.
    """

    name: str
    title: str
    summary: str
    experiment: Experiment


def preset(name: str, title: str, summary: str, **values: Any) -> Preset:
    """A preset whose experiment is given as plain values."""
    return Preset(name, title, summary, Experiment.parse(values))
