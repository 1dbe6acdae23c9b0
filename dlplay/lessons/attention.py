"""Attention: every word asks, every word answers, and the answers are mixed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import scipy
from numpy.typing import NDArray

from dlplay.figures import PALETTE, colour
from dlplay.lessons.base import Lesson
from dlplay.lessons.drawing import DIVERGING, frame

LESSON = Lesson(
    name="attention",
    title="Attention",
    icon="visibility",
    idea="Each word asks a question, compares it with what all words offer, and takes a mixture "
    "of them.",
    notice="Choose “it”: its query fits the keys of animals and things, so its mixture is mostly "
    "made of them. Sharpen the queries and the mixture becomes a choice; mask the future and no "
    "word sees what comes after it, as in a network that writes.",
    source="A. Vaswani et al. (2017), arXiv:1706.03762, section 3.2.1.",
    preset="imdb-attention",
    trial="Train self-attention on film reviews, then see which words look at which.",
)

Array = NDArray[np.float64]
FEATURES = ("animal", "thing", "action", "quality", "pronoun", "grammar")
_WORDS = {
    "animal": "cat dog bird driver",
    "thing": "milk ball car tree",
    "action": "drank was saw chased stopped sat",
    "quality": "thirsty red tired old",
    "pronoun": "it its",
    "grammar": "the because and a in",
}
SENTENCES = {
    "cat": "the cat drank milk because it was thirsty",
    "dog": "the dog saw a ball and chased it",
    "bird": "the old bird sat in a tree because it was tired",
}
FORMULA = r"""\begin{gathered}A=\mathrm{softmax}\!\left(\frac{QK^{\top}}{\sqrt d}\right)\\
\text{output}=A\,V\end{gathered}"""
# What a word of each kind (row) looks for in others (column); a trained network learns such a
# table, this one is written by hand so that it can be followed.
_ASKS = np.array([
    [0.5, 0.0, 1.5, 2.0, 0.5, 0.0],
    [0.0, 0.5, 1.5, 2.0, 0.5, 0.0],
    [2.5, 1.0, 0.5, 0.0, 1.5, 0.0],
    [2.0, 2.0, 0.0, 0.5, 1.5, 0.0],
    [3.0, 2.0, 0.0, 1.0, 0.0, 0.0],
    [1.0, 1.0, 0.5, 0.0, 0.0, 0.5],
])  # fmt: skip


def embed(words: list[str]) -> Array:
    """A one for what kind of word it is: ``(words, features)``."""
    kinds = {word: kind for kind, known in _WORDS.items() for word in known.split()}
    return np.array([[float(kinds[word] == feature) for feature in FEATURES] for word in words])


@dataclass(frozen=True, eq=False)
class Attention:
    """What one layer of attention does with a sentence.

    Args:
        queries, keys, values: of each word, ``(words, features)``.
        scores: how well each query fits each key; minus infinity where masked.
        weights: share of each word (column) in each word's mixture (row).
        output: the mixtures.
    """

    queries: Array
    keys: Array
    values: Array
    scores: Array
    weights: Array
    output: Array


def attend(
    queries: Array, keys: Array, values: Array, *, scaled: bool = True, causal: bool = False
) -> Attention:
    """Dot-product attention, scaled by ``1/√d``, each word seeing only earlier ones if causal."""
    scores = queries @ keys.T
    if scaled:
        scores = scores / np.sqrt(queries.shape[1])
    if causal:
        scores = np.where(np.tri(len(queries), len(keys), dtype=bool), scores, -np.inf)
    weights = scipy.special.softmax(scores, axis=1)
    return Attention(queries, keys, values, scores, weights, weights @ values)


def read(sentence: str, sharpness: float, *, scaled: bool, causal: bool) -> Attention:
    """Attention over a sentence: queries by the table of questions, keys and values the words."""
    words = embed(sentence.split())
    return attend(sharpness * words @ _ASKS, words, words, scaled=scaled, causal=causal)


def entropy(weights: Array) -> float:
    """How widely a word's attention is spread, in bits: 0 for one word, log₂ n for all alike."""
    kept = weights[weights > 0]
    return float(abs((kept * np.log2(kept)).sum()))


def plot_weights(info: Attention, words: list[str], chosen: int) -> go.Figure:
    """Who attends to whom: a row asks, the columns answer."""
    figure = frame("A row asks, columns answer: click a row", legend=False)
    places = list(range(len(words)))
    figure.add_heatmap(
        z=info.weights.astype(np.float32), zmin=0, zmax=1, showscale=False, xgap=2, ygap=2,
        colorscale=[[0, f"{PALETTE[0]}0A"], [1, f"{PALETTE[0]}99"]], hoverinfo="skip",
    )  # fmt: skip
    # Not the heatmap's own text: its colour is chosen for an opaque background.
    figure.update_layout(
        annotations=[
            {"x": column, "y": row, "text": f"{weight:.2f}", "showarrow": False,
             "font": {"size": 11}}
            for (row, column), weight in np.ndenumerate(info.weights)
        ]
    )  # fmt: skip
    columns, rows = np.meshgrid(places, places)
    unseen = {"marker": {"opacity": 0}}
    figure.add_scatter(
        x=columns.ravel(), y=rows.ravel(), mode="markers", marker={"size": 30, "opacity": 0},
        selected=unseen, unselected=unseen, hoverinfo="skip",
    )  # fmt: skip
    figure.add_shape(
        type="rect", x0=-0.5, x1=len(words) - 0.5, y0=chosen - 0.5, y1=chosen + 0.5,
        line={"color": colour(1), "width": 3},
    )  # fmt: skip
    figure.update_xaxes(tickvals=places, ticktext=words, side="top", showgrid=False, tickangle=-35)
    figure.update_yaxes(tickvals=places, ticktext=words, autorange="reversed", showgrid=False)
    figure.update_layout(margin={"t": 84, "b": 8}, title={"y": 0.99})
    return figure


def plot_mixture(info: Attention, words: list[str], chosen: int) -> go.Figure:
    """How well each key fits the chosen word's query, and its share in the mixture."""
    figure = frame(f"The mixture of “{words[chosen]}”", "Share", legend=False, bargap=0.25)
    labels = [f"{index + 1} {word}" for index, word in enumerate(words)]
    scores = info.scores[chosen]
    figure.add_bar(
        x=info.weights[chosen], y=labels, orientation="h", marker_color=colour(0),
        text=["masked" if np.isinf(s) else f"score {s:.2f}" for s in scores],
        textposition="outside", cliponaxis=False, hovertemplate="%{x:.3f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(range=[0, min(1.3, info.weights[chosen].max() * 1.45)])
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def plot_vectors(info: Attention, chosen: int) -> go.Figure:
    """The chosen word's query, its own value, and what comes out for it."""
    figure = frame("Its query, its own value, and what it takes away", legend=False)
    rows = np.array([info.queries[chosen], info.values[chosen], info.output[chosen]])
    reach = float(np.abs(rows).max()) or 1.0
    figure.add_heatmap(
        z=rows.astype(np.float32), x=list(FEATURES), y=["query", "value", "output"],
        colorscale=DIVERGING, zmin=-reach, zmax=reach, showscale=False, xgap=2, ygap=2,
        texttemplate="%{z:.2f}", hoverinfo="skip",
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False)
    return figure
