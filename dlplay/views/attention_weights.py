"""Which word looks at which."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from pydantic import Field

from dlplay.architectures.attention import Attention
from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.datasets.words import encode, is_prose
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.figures import MARGIN, PALETTE, axis, heading
from dlplay.files import Arrays
from dlplay.views.base import Panel, Subject
from dlplay.views.sentence import TypedSentence, word_axis


class AttentionWeights(TypedSentence):
    """Attention over the words of a sentence."""

    card: ClassVar[Card] = Card(
        "Attention",
        "Type a sentence: how much every word looks at every other, and which are looked at most. "
        "Weights of a row add up to 1.",
        "A. Vaswani et al. (2017), arXiv:1706.03762",
    )
    name: Literal["attention-weights"] = "attention-weights"
    block: int = Field(
        default=1, ge=1, le=12, title="Block", description="Which block, from the words up."
    )
    head: int = Field(
        default=0,
        ge=0,
        le=32,
        title="Head",
        description="Which head's weights; 0 shows the mean over all heads.",
    )

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return isinstance(experiment.architecture, Attention) and is_prose(facts)

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        import keras

        model = subject.model
        row, words = encode(self.text, subject.split.facts)
        layers = [x for x in model.layers if isinstance(x, keras.layers.MultiHeadAttention)]
        if self.block > len(layers) or self.head > layers[0].num_heads:
            raise UserError(
                f"Expected a block up to {len(layers)} and a head up to {layers[0].num_heads}",
                received=f"block {self.block}, head {self.head}",
                fix="Choose less",
            )
        layer = layers[self.block - 1]
        below = keras.Model(model.input, layer.input[0])
        is_word = row > 0
        first = int(is_word[0].argmax())

        def look() -> Arrays:
            x = keras.ops.convert_to_tensor(np.asarray(below(row, training=False)))
            mask = is_word[:, :, None] & is_word[:, None, :]
            _, scores = layer(x, x, attention_mask=mask, return_attention_scores=True)
            weights = np.asarray(scores)[0, :, first:, first:]
            chosen = weights.mean(axis=0) if self.head == 0 else weights[self.head - 1]
            read = words[-row.shape[1] :]
            shown = ["(start)"] * (len(chosen) - len(read)) + read
            return {
                "weights": chosen, "words": np.array(shown, np.str_),
                "total": np.array(len(words)), "read": np.array(len(read)),
            }  # fmt: skip

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        words, weights = arrays["words"].tolist(), arrays["weights"]
        total, read = int(arrays["total"]), int(arrays["read"])
        text = f"Only the last {read:,} of {total:,} words are read." if total > read else ""
        figure = go.Figure()
        figure.add_heatmap(
            z=weights, colorscale="Blues", zmin=0, colorbar={"thickness": 8},
            customdata=np.stack(np.meshgrid(words, words), axis=-1),
            hovertemplate="%{customdata[1]} looks at %{customdata[0]}: %{z:.2f}<extra></extra>",
        )  # fmt: skip
        figure.update_xaxes(**word_axis(words))
        figure.update_yaxes(**word_axis(words) | {"tickangle": 0, "autorange": "reversed"})
        figure.update_layout(
            title=heading("Who (row) looks at whom (column)"), margin={**MARGIN, "l": 80, "b": 70}
        )
        received = weights.mean(axis=0)
        bars = go.Figure()
        bars.add_bar(
            x=list(range(len(words))), y=received, marker_color=PALETTE[0], text=words,
            textposition="none", hovertemplate="%{text}: %{y:.3f}<extra></extra>",
        )  # fmt: skip
        bars.update_xaxes(**word_axis(words))
        bars.update_yaxes(**axis())
        bars.update_layout(
            title=heading("Looked at, on average"), margin={**MARGIN, "b": 70}, showlegend=False
        )
        return [
            Panel(bars, "How much each word is looked at", text, height=280),
            Panel(figure, "How much each word looks at each other", height=480),
        ]
