"""Recurrent networks: a state that goes from word to word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.blocks import Blocks
from dlplay.architectures.reading import Reader
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras


class Recurrent(Reader):
    """Recurrent layers one above the other; the last state of the top one decides."""

    units: tuple[Annotated[int, Field(ge=1, le=4_096)], ...] = Field(
        default=(64,),
        min_length=1,
        max_length=8,
        title="Units",
        description="Numbers in the state of each recurrent layer, from the words up: 64, 32 "
        "makes two layers.",
    )
    bidirectional: bool = Field(
        default=False,
        title="Both directions",
        description="Read the text backwards as well, with weights of its own, and put both "
        "states side by side.",
    )

    def layer(self, units: int, **options: Any) -> keras.layers.RNN:
        """One recurrent layer."""
        raise NotImplementedError

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        from keras import layers

        weights = blocks.weights()
        weights["recurrent_regularizer"] = weights["kernel_regularizer"]
        for index, units in enumerate(self.units):
            layer = self.layer(units, return_sequences=index + 1 < len(self.units), **weights)
            x = layers.Bidirectional(layer)(x) if self.bidirectional else layer(x)
            if blocks.regularisation.batch_norm:
                x = layers.BatchNormalization()(x)
            x = blocks.dropout(x, blocks.regularisation.dropout)
        return x


class SimpleRnn(Recurrent):
    """The plain recurrent network."""

    card: ClassVar[Card] = Card(
        "Simple RNN",
        "At every word the state becomes tanh of the word and the state before. What was read "
        "long ago fades quickly, and so does its gradient.",
        "J. Elman (1990), Finding Structure in Time, Cognitive Science 14, 179–211",
    )
    name: Literal["simple-rnn"] = "simple-rnn"

    def layer(self, units: int, **options: Any) -> keras.layers.RNN:
        from keras import layers

        return layers.SimpleRNN(units, **options)


class Lstm(Recurrent):
    """Long short-term memory."""

    card: ClassVar[Card] = Card(
        "LSTM",
        "Beside its state it carries a memory that gates write to, erase and read. Gradients pass "
        "along that memory without fading.",
        "S. Hochreiter, J. Schmidhuber (1997), Neural Computation 9, 1735–1780; forget gate: "
        "F. Gers et al. (2000)",
    )
    name: Literal["lstm"] = "lstm"

    def layer(self, units: int, **options: Any) -> keras.layers.RNN:
        from dlplay.layers.recurrent import FusedLSTM

        return FusedLSTM(units, **options)


class Gru(Recurrent):
    """The gated recurrent unit."""

    card: ClassVar[Card] = Card(
        "GRU",
        "Two gates in place of the LSTM's three and no separate memory: about as good, with a "
        "quarter fewer weights.",
        "K. Cho et al. (2014), arXiv:1406.1078",
    )
    name: Literal["gru"] = "gru"
    reset_after: bool = Field(
        default=True,
        title="Reset after",
        description="Where the reset gate acts: on the product of state and weights, as graphics "
        "cards compute it, or (off) on the state itself, as first published.",
    )

    def layer(self, units: int, **options: Any) -> keras.layers.RNN:
        from dlplay.layers.recurrent import FusedGRU

        return FusedGRU(units, reset_after=self.reset_after, **options)
