"""The lessons, in the order of the menu: a file each, and a line here."""

from dlplay.lessons import activations
from dlplay.lessons.base import Lesson

LESSONS: dict[str, Lesson] = {module.LESSON.name: module.LESSON for module in (activations,)}
"""Every lesson by name."""

__all__ = ["LESSONS", "Lesson"]
