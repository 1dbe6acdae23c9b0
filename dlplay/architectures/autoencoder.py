"""Autoencoders: give the input back after it has passed a bottleneck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from dlplay.architectures.base import HiddenLayers
from dlplay.architectures.blocks import Blocks
from dlplay.architectures.objective import Loss, Objective
from dlplay.architectures.regularisation import Regularisation
from dlplay.catalogue import Card, Task
from dlplay.datasets import Facts
from dlplay.datasets.base import Inputs, Targets
from dlplay.errors import UserError

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Reconstruction(Objective):
    """The end of a network that gives its input back, in one row.

    Args:
        full_scale: what an input is divided by; 255 for pixels.
    """

    full_scale: float = 1.0

    def encode(self, inputs: Inputs, targets: Targets) -> Targets:
        """The inputs themselves, ``(n, units)`` float32; the targets are not looked at."""
        return inputs.reshape(len(inputs), -1).astype(np.float32) / np.float32(self.full_scale)


class Autoencoder(HiddenLayers):
    """An encoder down to a few numbers and a decoder back up, dense or convolutional.

    The variational one makes the code of a mean and a deviation, and pays for codes that stray
    from a standard normal; its loss is the negative evidence bound, divided by the number of
    outputs like the reconstruction's own mean.
    """

    card: ClassVar[Card] = Card(
        "Autoencoder",
        "Squeezes each sample through a bottleneck and rebuilds it: what the few numbers there "
        "hold is what the network has found worth knowing.",
        "G. Hinton, R. Salakhutdinov (2006), Science 313, 504–507; variational: D. Kingma, "
        "M. Welling (2013), arXiv:1312.6114",
    )
    name: Literal["autoencoder"] = "autoencoder"
    layers: Literal["dense", "convolutional"] = Field(
        default="dense",
        title="Layers",
        description="Dense layers take any data; convolutions are for images and halve the side "
        "at every layer. Tables are given dense ones in any case.",
    )
    units: tuple[Annotated[int, Field(ge=1, le=4_096)], ...] = Field(
        default=(128, 64),
        min_length=1,
        max_length=8,
        title="Units or kernels",
        description="Of the encoder's layers; the decoder has the same in reverse.",
    )
    bottleneck: int = Field(
        default=2,
        ge=1,
        le=1_000,
        title="Bottleneck",
        description="Numbers that a sample is squeezed into. Two can be drawn as a plane.",
    )
    variational: bool = Field(
        default=False,
        title="Variational",
        description="Codes are drawn from a normal distribution each, kept near the standard one: "
        "the plane is then filled without holes, and every point of it decodes to something.",
    )
    kl_weight: float = Field(
        default=1.0,
        ge=0.0,
        le=100.0,
        title="KL weight",
        description="What straying from the standard normal costs; for the variational one only.",
        json_schema_extra={"scale": "log"},
    )

    def task(self, facts: Facts) -> Task:
        return "reconstruction"

    def convolves(self) -> bool:
        return self.layers == "convolutional"

    def objective(self, loss: Loss, facts: Facts) -> Objective:
        units = int(np.prod(facts.input_shape))
        if facts.kind == "image" and loss in ("auto", "binary cross-entropy"):
            return Reconstruction("binary_crossentropy", units, "sigmoid", full_scale=255.0)
        if loss not in ("auto", "mse"):
            wanted = (
                "auto, mse or binary cross-entropy" if facts.kind == "image" else "auto or mse"
            )
            raise UserError(
                f"{self.card.title} expects the loss {wanted}, pixel by pixel or number by number",
                received=loss,
                fix="Choose one of them",
            )
        if facts.kind == "image":
            return Reconstruction("mean_squared_error", units, "sigmoid", full_scale=255.0)
        return Reconstruction("mean_squared_error", units, "linear")

    def build(
        self, facts: Facts, objective: Objective, regularisation: Regularisation
    ) -> keras.Model:
        import keras

        blocks = self.blocks(regularisation)
        inputs = keras.Input(facts.input_shape, name=facts.kind)
        code = keras.Input((self.bottleneck,), name="point")
        encoder = keras.Model(inputs, self._encode(blocks, inputs, facts), name="encoder")
        decoder = keras.Model(code, self._decode(blocks, code, facts, objective), name="decoder")
        return keras.Model(inputs, decoder(encoder(inputs)), name="autoencoder")

    def _encode(
        self, blocks: Blocks, inputs: keras.KerasTensor, facts: Facts
    ) -> keras.KerasTensor:
        from dlplay.layers.gaussian_code import GaussianCode

        x = blocks.prepare(inputs, facts)
        if self._is_convolutional(facts):
            for filters in self.units:
                x = blocks.convolution(x, filters, 3, strides=2, padding="same")
            x = blocks.flatten(x)
        else:
            x = blocks.flatten(x)
            for units in self.units:
                x = blocks.dense(x, units)
        if not self.variational:
            return blocks.linear(x, self.bottleneck, "code")
        weight = self.kl_weight / int(np.prod(facts.input_shape))
        numbers = blocks.linear(x, 2 * self.bottleneck, "mean_and_spread")
        return GaussianCode(weight, name="code")(numbers)

    def _decode(
        self, blocks: Blocks, x: keras.KerasTensor, facts: Facts, objective: Objective
    ) -> keras.KerasTensor:
        if self._is_convolutional(facts):
            x = blocks.unfold(x, facts.input_shape, self.units[::-1])
            return blocks.flatten(blocks.image(x, facts.input_shape, objective.activation))
        for units in reversed(self.units):
            x = blocks.dense(x, units)
        return blocks.output(x, objective)

    def _is_convolutional(self, facts: Facts) -> bool:
        return self.layers == "convolutional" and facts.kind == "image"
