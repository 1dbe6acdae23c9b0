"""The coach: what a recorded run suggests to change, and why."""

from __future__ import annotations

from dlplay.coach.base import Advice, Record
from dlplay.coach.rules import ALWAYS, CAUSES


def advise(run: Record) -> list[Advice]:
    """What there is to say of an ended run; nothing of a healthy one."""
    found = [advice for rule in CAUSES if (advice := rule(run)) is not None]
    return found[:1] + [advice for rule in ALWAYS if (advice := rule(run)) is not None]


__all__ = ["Advice", "Record", "advise"]
