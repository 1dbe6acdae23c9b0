"""Where an autoencoder with a bottleneck of two puts its samples."""

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
from dlplay.views.base import Moment, Panel, Subject, View

_MOST = 1_500


class LatentPlane(View):
    """The codes of held-back samples, coloured by a class the network was never told."""

    card: ClassVar[Card] = Card(
        "Latent plane",
        "The two numbers each held-back sample is squeezed into. The network never sees the "
        "classes that colour them; those that look alike still come to lie together.",
        "G. Hinton, R. Salakhutdinov (2006), Science 313, figure 3",
    )
    moment: ClassVar[Moment] = "epochs"
    name: Literal["latent-plane"] = "latent-plane"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        network = experiment.architecture
        return network.task(facts) == "reconstruction" and getattr(network, "bottleneck", 0) == 2

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        import tensorflow as tf

        held_back = subject.split.validation.inputs[:_MOST]
        inputs = tf.constant(held_back, tf.float32)
        encoder = subject.model.get_layer("encoder")
        encode = tf.function(lambda: encoder(inputs, training=False))
        fixed = coloured(subject, len(held_back))
        return lambda: {"codes": encode().numpy(), **fixed}

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        figure = plot_codes(arrays)
        figure.update_layout(title=heading(f"Codes of held-back samples, epoch {epoch}"))
        return [Panel(figure, "The codes of held-back samples as points, coloured by class")]


def coloured(subject: Subject, count: int) -> Arrays:
    """What colours the first ``count`` validation samples: targets, and names of classes."""
    rows = subject.split.rows["validation"][:count]
    names = np.array(subject.samples.class_names, np.str_)
    return {"targets": subject.samples.targets[rows], "class_names": names}


def plot_codes(arrays: Arrays) -> go.Figure:
    """Codes as points, a colour a class; a scale of colours for numbers."""
    figure, codes, targets = go.Figure(), arrays["codes"], arrays["targets"]
    names = arrays["class_names"].tolist()
    for index, name in enumerate(names):
        of_class = codes[targets == index]
        figure.add_scattergl(
            x=of_class[:, 0], y=of_class[:, 1], mode="markers", name=name,
            marker={"color": colour(index), "size": 5, "opacity": 0.8},
            hovertemplate="%{x:.2f}, %{y:.2f}",
        )  # fmt: skip
    if not names:
        marker = {"color": targets, "colorscale": "RdBu", "reversescale": True, "size": 5}
        figure.add_scattergl(
            x=codes[:, 0], y=codes[:, 1], mode="markers", marker=marker, name="samples"
        )
    figure.update_xaxes(**axis("z₁"))
    figure.update_yaxes(**axis("z₂"))
    return figure.update_layout(
        margin={**MARGIN, "b": 40}, dragmode="pan", legend=LEGEND_BELOW, showlegend=bool(names)
    )
