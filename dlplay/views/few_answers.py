"""The same few samples, asked again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.figures import LEGEND_BELOW, MARGIN, axis, colour, heading
from dlplay.files import Arrays
from dlplay.views.base import Group, Moment, Panel, Subject, View
from dlplay.views.judging import as_input, in_units, probabilities

_COUNT = 8
_MOST = 400


class FewAnswers(View):
    """What the network says of eight validation samples, from epoch to epoch."""

    card: ClassVar[Card] = Card(
        "A few samples",
        "What the network says of eight validation samples it never trains on.",
        "",
    )
    moment: ClassVar[Moment] = "epochs"
    beside: ClassVar[bool] = False
    name: Literal["few-answers"] = "few-answers"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return experiment.architecture.task(facts) == facts.task

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        import tensorflow as tf

        part, rows = subject.split.validation, subject.split.rows["validation"]
        names = subject.samples.class_names
        batch = as_input(tf.constant(part.inputs[:_COUNT]))
        said: list[np.ndarray] = []
        steps: list[float] = []
        per_epoch = -(-len(subject.split.train) // subject.experiment.training.batch_size)

        def look() -> Arrays:
            answer = np.asarray(subject.model(batch, training=False), np.float32)
            said.append(probabilities(answer) if names else in_units(subject, answer))
            steps.append(float(np.asarray(subject.model.optimizer.iterations)) / per_epoch)
            if len(said) > _MOST:
                said[:], steps[:] = said[::2], steps[::2]
            truth = part.targets[:_COUNT]
            return {
                "rows": rows[:_COUNT], "said": np.stack(said),
                "epochs": np.array(steps, np.float32), "class_names": np.array(names, np.str_),
                "truth": truth if names else in_units(subject, truth),
            }  # fmt: skip

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        figure = plot_answers(arrays)
        what = "probability of the right class" if len(arrays["class_names"]) else "answer"
        return [
            Panel(figure, f"The {what} for eight samples over the epochs", height=340),
            Panel(groups=[group(arrays)]),
        ]


def followed(arrays: Arrays) -> np.ndarray:
    """What is drawn of every sample, ``(looks, samples)``: the probability of its class, or the
    answer."""
    said = arrays["said"]
    if not len(arrays["class_names"]):
        return said[..., 0]
    return np.take_along_axis(said, arrays["truth"][np.newaxis, :, np.newaxis], axis=-1)[..., 0]


def group(arrays: Arrays) -> Group:
    """The samples with the last answer."""
    names, last = arrays["class_names"], arrays["said"][-1]
    if len(names):
        truth, said = names[arrays["truth"]], names[last.argmax(axis=-1)]
        sure = [f"{100 * share:.0f} %" for share in last.max(axis=-1).tolist()]
        captions = [f"{s} {c}" for s, c in zip(said.tolist(), sure, strict=True)]
        columns = {"Truth": truth, "Said": said, "Confidence": np.array(sure, np.str_)}
    else:
        truth, said = (
            np.array([f"{v:.4g}" for v in values.tolist()], np.str_)
            for values in (arrays["truth"], last[:, 0])
        )
        captions, columns = said.tolist(), {"Truth": truth, "Said": said}
    return Group("A few samples", arrays["rows"], columns, np.array(captions, np.str_))


def plot_answers(arrays: Arrays) -> go.Figure:
    """A line a sample."""
    figure, values, names = go.Figure(), followed(arrays), arrays["class_names"].tolist()
    for index in range(values.shape[1]):
        truth = arrays["truth"][index]
        name = names[truth] if names else f"{truth:.4g}"
        figure.add_scatter(
            x=arrays["epochs"], y=values[:, index], name=f"{index + 1}: {name}",
            mode="lines+markers" if len(values) < 12 else "lines",
            line={"color": colour(index), "width": 1.5}, marker={"size": 5},
            hovertemplate="%{y:.3g}",
        )  # fmt: skip
    figure.update_xaxes(**axis("Epoch"))
    figure.update_yaxes(**axis())
    if names:
        figure.update_yaxes(range=[-0.03, 1.03], tickformat=".0%")
    title = "Probability of the right class" if names else "Answer; the legend has the truth"
    return figure.update_layout(
        title=heading(title), margin={**MARGIN, "b": 40}, legend=LEGEND_BELOW,
        hovermode="x unified", showlegend=True,
    )  # fmt: skip
