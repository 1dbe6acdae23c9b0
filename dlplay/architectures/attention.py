"""Self-attention: every word looks at every other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.blocks import Blocks
from dlplay.architectures.reading import Reader
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras


class Attention(Reader):
    """The encoder of a transformer; the mean over the words decides.

    Each block is ``x = norm(x + attention(x))``, ``x = norm(x + feed_forward(x))``: Vaswani et al.
    (2017), section 3.1, with learnt positions (3.5 finds them as good as sines). Padding is
    masked.
    """

    card: ClassVar[Card] = Card(
        "Self-attention",
        "Every word gathers from all others what it needs, all at once: a transformer's encoder. "
        "How much each word counts for another can be seen.",
        "A. Vaswani et al. (2017), Attention Is All You Need, arXiv:1706.03762",
    )
    name: Literal["attention"] = "attention"
    masks_padding: ClassVar[bool] = True
    layers: int = Field(
        default=1,
        ge=1,
        le=12,
        title="Blocks",
        description="Rounds of looking at each other and thinking it over.",
    )
    heads: int = Field(
        default=2,
        ge=1,
        le=32,
        title="Heads",
        description="Ways of looking in each block, each with weights of its own.",
    )
    head_size: int = Field(
        default=16,
        ge=1,
        le=1_024,
        title="Head size",
        description="Numbers by which a head compares two words.",
    )
    feed_forward: int = Field(
        default=64,
        ge=1,
        le=16_384,
        title="Feed-forward units",
        description="Hidden units of the small network that follows attention, word by word.",
    )

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        from keras import layers

        from dlplay.layers.positions import AddPositions

        x = AddPositions(name="positions")(x)
        for number in range(self.layers):
            x = self._block(blocks, x, number)
        x = layers.GlobalAveragePooling1D()(x)
        return blocks.dropout(x, blocks.regularisation.dropout)

    def _block(self, blocks: Blocks, x: keras.KerasTensor, number: int) -> keras.KerasTensor:
        """Attention and a feed-forward network, each added to what it is given."""
        from keras import layers

        weights, rate = blocks.weights(), blocks.regularisation.dropout
        attention = layers.MultiHeadAttention(self.heads, self.head_size, **weights)
        x = layers.LayerNormalization()(x + blocks.dropout(attention(x, x), rate))
        inner = blocks.dense(x, self.feed_forward)
        outer = layers.Dense(x.shape[-1], name=f"narrow_{number + 1}", **weights)(inner)
        return layers.LayerNormalization()(x + outer)
