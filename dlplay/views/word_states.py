"""What goes on inside a recurrent layer while it reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from pydantic import Field

from dlplay.architectures.recurrent import Recurrent
from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.datasets.words import encode, is_prose
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.figures import MARGIN, axis, heading
from dlplay.files import Arrays
from dlplay.views.base import Panel, Subject
from dlplay.views.cells import gru_steps, lstm_steps, simple_steps
from dlplay.views.sentence import TypedSentence, word_axis

if TYPE_CHECKING:
    import keras

_MOST_UNITS = 64
_GATES = ("input gate", "forget gate", "output gate", "update gate", "reset gate")


class WordStates(TypedSentence):
    """State and gates of a recurrent layer along a sentence."""

    card: ClassVar[Card] = Card(
        "States and gates",
        "Type a sentence and see what each unit holds after every word, and how far the gates "
        "open. A gate near 1 lets through, near 0 it holds back.",
        "A. Karpathy, J. Johnson, F. Li (2015), arXiv:1506.02078",
    )
    name: Literal["word-states"] = "word-states"
    layer: int = Field(
        default=1,
        ge=1,
        le=8,
        title="Layer",
        description="Which recurrent layer, counted from the words up. Of one that reads in both "
        "directions, the forward half.",
    )

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return isinstance(experiment.architecture, Recurrent) and is_prose(facts)

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        import keras

        facts, model = subject.split.facts, subject.model
        row, words = encode(self.text, facts)
        found = [layer for layer in model.layers if _recurrent(layer) is not None]
        if self.layer > len(found):
            raise UserError(
                f"Expected a layer from 1 to {len(found)}", received=self.layer, fix="Choose less"
            )
        layer = found[self.layer - 1]
        below = keras.Model(model.input, layer.input)

        def look() -> Arrays:
            x = np.asarray(below(row, training=False))[0]
            seen = _steps(_recurrent(layer), x)
            read = words[-len(x) :]
            kept = {name: values[-len(read) :] for name, values in seen.items()}
            return {"words": np.array(read, np.str_), "total": np.array(len(words)), **kept}

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        words = arrays["words"].tolist()
        names = [name for name in arrays if name not in ("words", "total")]
        units = arrays["state"].shape[1]
        text = ""
        if int(arrays["total"]) > len(words):
            text = f"Only the last {len(words):,} of {int(arrays['total']):,} words are read. "
        if units > _MOST_UNITS:
            text += f"Shown are {_MOST_UNITS} of {units:,} units."
        panels = [Panel(text=text)] if text else []
        for name in names:
            figure = plot_units(words, arrays[name][:, :_MOST_UNITS], name)
            panels.append(Panel(figure, f"{name} of every unit after every word", height=300))
        return panels


def _recurrent(layer: keras.Layer) -> Any:
    """The recurrent layer in a layer; None if it is another kind."""
    import keras

    if isinstance(layer, keras.layers.Bidirectional):
        return layer.forward_layer
    return layer if isinstance(layer, keras.layers.RNN) else None


def _steps(layer: Any, x: NDArray[np.float32]) -> Arrays:
    """All that happens in a recurrent layer over ``x`` ``(steps, size)``."""
    import keras

    weights = [np.asarray(weight) for weight in layer.get_weights()]
    if isinstance(layer, keras.layers.LSTM):
        return lstm_steps(x, *weights)
    if isinstance(layer, keras.layers.GRU):
        return gru_steps(x, *weights)
    return simple_steps(x, *weights)


def plot_units(words: list[str], values: NDArray[Any], name: str) -> go.Figure:
    """Units from bottom to top, words from left to right."""
    is_gate = name in _GATES
    limit = max(1e-3, float(np.abs(values).max()))
    figure = go.Figure()
    figure.add_heatmap(
        z=values.T, zmin=0 if is_gate else -limit, zmax=1 if is_gate else limit,
        colorscale="Viridis" if is_gate else "RdBu", reversescale=not is_gate,
        colorbar={"thickness": 8}, text=np.tile(words, (values.shape[1], 1)),
        hovertemplate="%{text}, unit %{y}: %{z:.2f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**word_axis(words))
    figure.update_yaxes(**axis("Unit", showgrid=False))
    return figure.update_layout(title=heading(name.capitalize()), margin={**MARGIN, "b": 70})
