"""Images, and what a network gives back of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.files import Arrays
from dlplay.views.base import Moment, Panel, Subject, View
from dlplay.views.pictures import Pixels, as_pixels, plot_pictures, sheet

_COLUMNS, _PAIRS = 10, 3


class Reconstructions(View):
    """Samples that the network never trains on, each above its reconstruction."""

    card: ClassVar[Card] = Card(
        "Reconstructions",
        "Held-back images, and under each what the network gives back: what is blurred or "
        "changed did not pass the bottleneck.",
        "G. Hinton, R. Salakhutdinov (2006), Science 313, figure 2",
    )
    moment: ClassVar[Moment] = "epochs"
    name: Literal["reconstructions"] = "reconstructions"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return facts.kind == "image" and experiment.architecture.task(facts) == "reconstruction"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        import tensorflow as tf

        originals = _some_of_each(subject)
        inputs = tf.constant(originals, tf.float32)
        rebuild = tf.function(lambda: subject.model(inputs, training=False))

        def look() -> Arrays:
            rebuilt = as_pixels(255 * rebuild().numpy().reshape(originals.shape))
            return {"sheet": sheet(_in_turns(originals, rebuilt), _COLUMNS)}

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        figure = plot_pictures(
            arrays["sheet"], f"Originals and reconstructions, epoch {epoch}",
            ["original", "rebuilt"] * _PAIRS,
        )  # fmt: skip
        alt = "Original images, each above its reconstruction"
        return [Panel(figure, alt, height=300)]


def _some_of_each(subject: Subject) -> Pixels:
    """Validation images, the classes in turn."""
    rows = subject.split.rows["validation"]
    targets = subject.samples.targets[rows]
    _, classes = np.unique(targets, return_inverse=True)
    place = np.zeros(len(rows), np.intp)  # of a sample among those of its class
    for number in range(classes.max() + 1):
        same = classes == number
        place[same] = np.arange(same.sum())
    order = np.lexsort((classes, place))[: _COLUMNS * _PAIRS]
    return subject.samples.inputs[rows[order]].astype(np.uint8)


def _in_turns(originals: Pixels, rebuilt: Pixels) -> Pixels:
    """A row of originals, a row of reconstructions, and so on."""
    starts = range(0, len(originals), _COLUMNS)
    pairs = [part[s : s + _COLUMNS] for s in starts for part in (originals, rebuilt)]
    return np.concatenate(pairs)
