"""The lessons, in the order of the menu. Maths and figures in files of their own, a line here."""

from dlplay.lessons import activations
from dlplay.lessons import descent
from dlplay.lessons.base import Lesson

_MODULES = (
    activations,
    descent,
)  # fmt: skip

LESSONS: dict[str, Lesson] = {module.LESSON.name: module.LESSON for module in _MODULES}
"""Every lesson by name."""

__all__ = ["LESSONS", "Lesson"]
