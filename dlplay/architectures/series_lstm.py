"""An LSTM that reads a window of the past, value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.base import Architecture
from dlplay.architectures.blocks import Blocks
from dlplay.catalogue import Card, Task
from dlplay.datasets.base import Kind

if TYPE_CHECKING:
    import keras


class SeriesLstm(Architecture):
    """Stacked LSTMs; the last state makes the forecast."""

    card: ClassVar[Card] = Card(
        "Forecasting LSTM",
        "Reads the window from the oldest value to the latest, with gates that decide what to "
        "keep, and makes its forecast from what it remembers.",
        "S. Hochreiter, J. Schmidhuber (1997), Neural Computation 9(8); forget gates by F. Gers, "
        "J. Schmidhuber, F. Cummins (2000), Neural Computation 12(10)",
    )
    kinds: ClassVar[tuple[Kind, ...]] = ("series",)
    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    name: Literal["series-lstm"] = "series-lstm"
    units: tuple[Annotated[int, Field(ge=1, le=2_000)], ...] = Field(
        default=(32,),
        min_length=1,
        max_length=5,
        title="Units",
        description="Numbers each LSTM remembers, from input to output: 32, 16 makes two of them.",
    )

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        from keras import layers

        weights = blocks.weights()
        for index, units in enumerate(self.units):
            goes_on = index < len(self.units) - 1
            layer = layers.LSTM(
                units, return_sequences=goes_on,
                recurrent_regularizer=weights["kernel_regularizer"], **weights,
            )  # fmt: skip
            x = layer(x)
            if blocks.regularisation.batch_norm:
                x = layers.BatchNormalization()(x)
            x = blocks.dropout(x, blocks.regularisation.dropout)
        return x
