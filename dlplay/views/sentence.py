"""A typed sentence, judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.datasets.reading import marked
from dlplay.datasets.words import PAD, encode, is_prose
from dlplay.experiment import Experiment
from dlplay.figures import LEGEND_BELOW, MARGIN, axis, colour, heading
from dlplay.files import Arrays
from dlplay.views.base import Moment, Panel, Subject, View

_EXAMPLE = "The plot is thin, but I loved every minute of this film."
_MOST_PREFIXES = 100


class TypedSentence(View):
    """A view that is asked about a sentence."""

    moment: ClassVar[Moment] = "asked"
    text: str = Field(
        default=_EXAMPLE,
        title="Sentence",
        description="In the language of the training texts. A long text is read from its end.",
        max_length=2_000_000,
    )


class Sentence(TypedSentence):
    """What the network makes of a sentence, word after word."""

    card: ClassVar[Card] = Card(
        "Sentence",
        "Type a sentence: the classes' probabilities, and how they change as the words come in.",
        "Our own",
    )
    name: Literal["sentence"] = "sentence"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return is_prose(facts) and facts.task == "classification"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        facts = subject.split.facts
        row, words = encode(self.text, facts)
        read = words[-facts.input_shape[0] :]
        rows = _beginnings(row[0], len(read))[-_MOST_PREFIXES:]

        def look() -> Arrays:
            answers = np.asarray(subject.model(rows, training=False))
            if answers.shape[1] == 1:
                answers = np.concatenate([1 - answers, answers], axis=1)
            return {
                "probabilities": answers, "words": np.array(read, np.str_),
                "known": np.isin(read, facts.vocabulary), "total": np.array(len(words)),
                "class_names": np.array(facts.class_names, np.str_),
            }  # fmt: skip

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        words, known = arrays["words"].tolist(), arrays["known"]
        probabilities, names = arrays["probabilities"], arrays["class_names"].tolist()
        said = probabilities[-1]
        best = int(said.argmax())
        note = f"**{names[best]}**, {said[best]:.1%}. "
        if int(arrays["total"]) > len(words):
            note += f"Only the last {len(words):,} of {int(arrays['total']):,} words are read. "
        read = {word for word, is_known in zip(words, known, strict=True) if is_known}
        note += "  \n" + marked(words, read)
        if not known.all():
            note += "  \nWords on an orange ground are not in the vocabulary."
        alt = f"Probabilities of the classes: {names[best]} {said[best]:.1%}"
        panels = [
            Panel(plot_classes(names, said), alt, note, height=60 + 32 * min(len(names), 10))
        ]
        if len(probabilities) > 1:
            figure = plot_along(words[-len(probabilities) :], probabilities, names)
            panels.append(Panel(figure, "The same after every word", height=320))
        return panels


def _beginnings(row: NDArray[np.int32], words: int) -> NDArray[np.int32]:
    """The first word of a row alone, the first two, and so on, each padded in front."""
    marks = row[row > PAD][:-words] if words < len(row) else row[:0]
    rows = np.zeros((words, len(row)), np.int32)
    for count in range(1, words + 1):
        begun = np.concatenate([marks, row[len(row) - words :][:count]])
        rows[count - 1, -len(begun) :] = begun
    return rows


def plot_classes(names: list[str], said: NDArray[Any]) -> go.Figure:
    """A bar for each class, at most the ten most probable."""
    order = np.argsort(said)[-10:]
    figure = go.Figure()
    figure.add_bar(
        x=said[order], y=[names[i] for i in order], orientation="h",
        marker_color=[colour(int(i)) for i in order], hovertemplate="%{y} %{x:.1%}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**axis(range=[0, 1], tickformat=".0%"))
    figure.update_yaxes(**axis(showgrid=False))
    return figure.update_layout(margin={**MARGIN, "t": 8})


def plot_along(words: list[str], probabilities: NDArray[Any], names: list[str]) -> go.Figure:
    """The probability of each class after every word; of two classes the second."""
    figure = go.Figure()
    places = list(range(len(words)))
    shown = [1] if len(names) == 2 else np.argsort(-probabilities[-1])[:5].tolist()
    for index in shown:
        figure.add_scatter(
            x=places, y=probabilities[:, index], name=names[index], mode="lines+markers",
            line={"color": colour(index)}, showlegend=len(shown) > 1,
            text=words, hovertemplate="%{text}: %{y:.1%}",
        )  # fmt: skip
    title = f"How likely “{names[1]}” is after each word" if len(names) == 2 else "After each word"
    figure.update_xaxes(**word_axis(words))
    figure.update_yaxes(**axis(range=[0, 1], tickformat=".0%"))
    return figure.update_layout(
        title=heading(title), margin={**MARGIN, "b": 70}, legend=LEGEND_BELOW
    )


def word_axis(words: list[str]) -> dict[str, Any]:
    """An axis with a word at each place; of many words, every so many."""
    stride = max(1, len(words) // 30)
    return axis(
        tickvals=list(range(0, len(words), stride)), ticktext=words[::stride], tickangle=-45,
        showgrid=False,
    )  # fmt: skip
