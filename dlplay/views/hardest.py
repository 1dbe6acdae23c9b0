"""The test samples a network finds hardest."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.files import Arrays
from dlplay.views.base import Group, Moment, Panel, Subject, View
from dlplay.views.confusion import percent
from dlplay.views.judging import judged_classes, losses

_MOST = 100


class Hardest(View):
    """The highest losses, and the mistakes made with the most confidence."""

    card: ClassVar[Card] = Card(
        "Hardest samples",
        "The test samples with the highest loss, and the mistakes the network was surest of.",
        "",
    )
    moment: ClassVar[Moment] = "end"
    name: Literal["hardest"] = "hardest"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return experiment.architecture.task(facts) == "classification"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        def look() -> Arrays:
            judged = judged_classes(subject)
            loss = losses(subject)
            names = judged.pop("class_names")
            mistakes = np.flatnonzero(judged["truth"] != judged["said"])
            surest = mistakes[np.argsort(-judged["confidence"][mistakes], kind="stable")]
            kept: Arrays = {"class_names": names}
            for part, order in (
                ("loss", np.argsort(-loss, kind="stable")[:_MOST]),
                ("mistakes", surest[:_MOST]),
            ):
                kept |= {f"{part}.{name}": values[order] for name, values in judged.items()}
                kept[f"{part}.loss"] = loss[order]
            return kept

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        groups = [group(arrays, "loss", "Highest loss")]
        if len(arrays["mistakes.rows"]):
            groups.append(group(arrays, "mistakes", "Most confident mistakes"))
        text = "" if len(groups) > 1 else "No test sample was taken for another class."
        return [Panel(text=text, groups=groups)]


def group(arrays: Arrays, part: str, title: str) -> Group:
    """The samples of ``part`` with truth, answer, confidence and loss."""
    names = arrays["class_names"]
    truth, said = (names[arrays[f"{part}.{name}"]] for name in ("truth", "said"))
    confidence = percent(arrays[f"{part}.confidence"])
    captions = [f"{t} → {s} {c}" for t, s, c in zip(truth, said, confidence, strict=True)]
    columns: dict[str, NDArray[np.str_]] = {
        "Truth": truth, "Said": said, "Confidence": confidence,
        "Loss": np.array([f"{loss:.4g}" for loss in arrays[f"{part}.loss"].tolist()], np.str_),
    }  # fmt: skip
    return Group(title, arrays[f"{part}.rows"], columns, np.array(captions, np.str_))
