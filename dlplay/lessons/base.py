"""What every lesson says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lesson:
    """One idea, to play with.

    Args:
        name: kebab-case; the page's address is ``learn-`` and this name.
        title: as people call the idea.
        icon: name of a Material symbol.
        idea: one sentence.
        notice: what to look at, in two sentences.
        source: the paper or article.
        preset: name of the experiment that shows the same on real data.
        trial: what that experiment does, as a button says it.
        changes: what to change in that experiment, by dotted path.
    """

    name: str
    title: str
    icon: str
    idea: str
    notice: str
    source: str
    preset: str
    trial: str
    changes: Mapping[str, str] = field(default_factory=dict)
