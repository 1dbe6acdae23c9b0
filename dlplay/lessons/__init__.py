"""The lessons, in the order of the menu. Maths and figures in files of their own, a line here."""

from types import ModuleType

from dlplay.lessons import activations
from dlplay.lessons import descent
from dlplay.lessons import backpropagation
from dlplay.lessons import perceptron
from dlplay.lessons import losses
from dlplay.lessons import convolution
from dlplay.lessons import evaluation
from dlplay.lessons import regularisation
from dlplay.lessons import vanishing
from dlplay.lessons import normalisation
from dlplay.lessons import recurrence
from dlplay.lessons import attention
from dlplay.lessons import augmentation
from dlplay.lessons.base import Lesson

LESSONS: dict[str, Lesson] = {
    module.LESSON.name: module.LESSON
    for module in list(globals().values())
    if isinstance(module, ModuleType) and hasattr(module, "LESSON")
}
"""Every lesson by name."""

__all__ = ["LESSONS", "Lesson"]
