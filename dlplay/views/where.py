"""Where a network looked, for one sample of the test set."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.figures import MARGIN, PALETTE, axis, heading
from dlplay.files import Arrays
from dlplay.views.base import Moment, Panel, Subject, View
from dlplay.views.judging import ask_network, probabilities
from dlplay.views.looking import Scores


class WhereItLooked(View):
    """Which pixels, or which columns, an answer rests on."""

    card: ClassVar[Card] = Card(
        "Where it looked",
        "Which pixels or columns of a test sample speak for an answer: the gradient of the "
        "class's score, and for networks of convolutions Grad-CAM.",
        "K. Simonyan, A. Vedaldi, A. Zisserman (2014), ICLR; R. Selvaraju et al. (2017), ICCV",
    )
    moment: ClassVar[Moment] = "asked"
    name: Literal["where-it-looked"] = "where-it-looked"
    sample: int = Field(
        default=1, ge=1, le=1_000_000, title="Test sample",
        description="Which sample of the test set to look at, counted from 1.",
    )  # fmt: skip
    about: Literal["what it said", "the truth", "its second guess"] = Field(
        default="what it said", title="What speaks for",
        description="The class whose score is explained. Where two guesses differ in what they "
        "rest on, you see why they were mixed up.",
    )  # fmt: skip

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return facts.kind in ("image", "table") and (
            experiment.architecture.task(facts) == "classification"
        )

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        test = subject.split.test
        if self.sample > len(test):
            raise UserError(
                f"Expected a test sample from 1 to {len(test):,}", received=self.sample
            )
        number = self.sample - 1
        sample = test.inputs[number]
        said = probabilities(ask_network(subject)(test.inputs[number : number + 1]))[0]
        truth = int(test.targets[number])
        order = np.argsort(-said, kind="stable")
        about = {"what it said": order[0], "the truth": truth, "its second guess": order[1]}
        index = int(about[self.about])

        def look() -> Arrays:
            scores = Scores(subject.model)
            found: Arrays = {
                "sample": subject.samples.inputs[subject.split.rows["test"][number]],
                "input": sample, "gradient": scores.input_gradient(sample, index), "said": said,
                "truth": np.array(truth), "about": np.array(index),
                "class_names": np.array(subject.samples.class_names, np.str_),
                "feature_names": np.array(subject.samples.feature_names, np.str_),
            }  # fmt: skip
            if scores.has_map:
                found["map"] = scores.activation_map(sample, index)
            return found

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        text = verdict(arrays)
        if arrays["gradient"].ndim == 1:
            alt = "How much each column speaks for the class"
            return [Panel(plot_columns(arrays), alt, text=text)]
        panels = [
            Panel(
                plot_picture(arrays["sample"], saliency(arrays["gradient"]), "Gradient"),
                "The pixels whose change would move the score most", text=text,
            )
        ]  # fmt: skip
        if "map" in arrays:
            figure = plot_picture(arrays["sample"], np.maximum(arrays["map"], 0), "Grad-CAM")
            panels.append(Panel(figure, "The places that speak for the class"))
        return panels


def verdict(arrays: Arrays) -> str:
    """Truth, answer and what is explained, in a sentence."""
    names, said = arrays["class_names"].tolist(), arrays["said"]
    best, about = int(said.argmax()), int(arrays["about"])
    right = "which is right" if best == arrays["truth"] else f"but it is {names[arrays['truth']]}"
    return (
        f"The network says **{names[best]}** ({said[best]:.1%}), {right}. Shown is what speaks "
        f"for **{names[about]}** ({said[about]:.1%})."
    )


def saliency(gradient: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much each pixel can move the score: its largest gradient over the channels."""
    return np.asarray(np.abs(gradient).max(axis=-1), np.float32)


def plot_picture(picture: NDArray[np.uint8], values: NDArray[np.float32], title: str) -> go.Figure:
    """The picture in grey with ``values``, stretched over it, on top."""
    height, width = picture.shape[:2]
    figure = go.Figure()
    figure.add_heatmap(
        z=picture.mean(axis=-1), colorscale="Greys", reversescale=True, zmin=0, zmax=255,
        showscale=False, hoverinfo="skip",
    )  # fmt: skip
    rows, columns = values.shape
    peak = max(float(values.max()), 1e-12)
    figure.add_heatmap(
        z=values / peak, zmin=0, zmax=1, zsmooth="best" if rows < height else False,
        x=(np.arange(columns) + 0.5) * width / columns - 0.5,
        y=(np.arange(rows) + 0.5) * height / rows - 0.5,
        colorscale=[[0, "#ffd64000"], [0.4, "#ff9a3c99"], [1, "#d61e46ee"]], showscale=False,
        hovertemplate="%{z:.0%} of the strongest place<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(visible=False, range=[-0.5, width - 0.5], constrain="domain")
    figure.update_yaxes(
        visible=False, range=[height - 0.5, -0.5], scaleanchor="x", constrain="domain"
    )
    return figure.update_layout(
        title=heading(title), margin={"l": 0, "r": 0, "t": 36, "b": 0}, dragmode=False
    )


def plot_columns(arrays: Arrays) -> go.Figure:
    """Gradient times input, a bar a column, the strongest on top: the score's first-order change
    from an average sample to this one."""
    speaks = arrays["gradient"] * arrays["input"]
    order = np.argsort(np.abs(speaks))[-20:]
    names = arrays["feature_names"]
    figure = go.Figure()
    figure.add_bar(
        x=speaks[order], y=names[order], orientation="h",
        marker_color=[PALETTE[0] if value > 0 else PALETTE[1] for value in speaks[order]],
        customdata=arrays["sample"][order],
        hovertemplate="%{y} = %{customdata:.4g}: %{x:+.3g}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**axis("Gradient × input: speaks for (right) or against (left)"))
    figure.update_yaxes(**axis(showgrid=False))
    return figure.update_layout(title=heading("Columns"), margin={**MARGIN, "b": 40})
