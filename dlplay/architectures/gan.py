"""Generative adversarial networks: one network forges, the other tells forgeries from the real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.base import Activation, HiddenLayers
from dlplay.architectures.blocks import Blocks
from dlplay.architectures.objective import Loss, Objective
from dlplay.architectures.regularisation import Regularisation
from dlplay.catalogue import Card, Task
from dlplay.datasets import Facts
from dlplay.errors import UserError

if TYPE_CHECKING:
    import keras


class Gan(HiddenLayers):
    """Dense layers for points, convolutions for images, mirrored in generator and discriminator.

    The generator's samples are in the data's own units: pixels from 0 to 255 for images.
    """

    card: ClassVar[Card] = Card(
        "GAN",
        "A generator turns noise into samples, a discriminator learns to tell them from real "
        "ones, and each is the other's teacher.",
        "I. Goodfellow et al. (2014), arXiv:1406.2661; for images A. Radford, L. Metz, "
        "S. Chintala (2015), arXiv:1511.06434",
    )
    name: Literal["gan"] = "gan"
    latent: int = Field(
        default=8,
        ge=1,
        le=1_000,
        title="Latent size",
        description="Numbers of noise that a sample is made of. Too few cannot tell all samples "
        "apart; points need two, digits some dozens.",
    )
    units: tuple[Annotated[int, Field(ge=1, le=4_096)], ...] = Field(
        default=(64, 64),
        min_length=1,
        max_length=8,
        title="Units or kernels",
        description="Of the discriminator's layers; the generator has the same in reverse. With "
        "images every layer halves the side.",
    )
    activation: Activation = Field(
        default="leaky relu",
        title="Activation",
        description="The bend after every hidden layer of both networks.",
    )
    momentum: float = Field(
        default=0.5,
        ge=0.0,
        le=0.99,
        title="Adam's momentum",
        description="How much of the last steps Adam carries over. Two networks that chase each "
        "other swing less with 0.5 than with the usual 0.9.",
    )
    gradient_penalty: float = Field(
        default=0.0,
        ge=0.0,
        le=100.0,
        title="Gradient penalty",
        description="Keeps the discriminator's surface flat where the data are, which lets both "
        "come to rest. Half of it times the squared slope is added to its loss.",
        json_schema_extra={"scale": "log"},
    )

    def task(self, facts: Facts) -> Task:
        return "generation"

    def convolves(self) -> bool:
        return True  # of images it does

    def objective(self, loss: Loss, facts: Facts) -> Objective:
        if loss not in ("auto", "binary cross-entropy"):
            raise UserError(
                f"{self.card.title} expects the loss auto or binary cross-entropy, real or forged",
                received=loss,
                fix="Choose one of them",
            )
        return Objective("binary_crossentropy", 1, "linear")

    def build(
        self, facts: Facts, objective: Objective, regularisation: Regularisation
    ) -> keras.Model:
        import keras

        from dlplay.layers.gan import Gan as GanModel

        blocks = self.blocks(regularisation)
        noise = keras.Input((self.latent,), name="noise")
        forge, judge = (
            (self._draw, self._look) if facts.kind == "image" else (self._place, self._weigh)
        )
        generator = keras.Model(noise, forge(blocks, noise, facts), name="generator")
        inputs = keras.Input(facts.input_shape, name=facts.kind)
        judged = blocks.output(judge(blocks, blocks.prepare(inputs, facts)), objective)
        discriminator = keras.Model(inputs, judged, name="discriminator")
        return GanModel(
            generator, discriminator, momentum=self.momentum, penalty=self.gradient_penalty,
            name="gan",
        )  # fmt: skip

    def _place(self, blocks: Blocks, x: keras.KerasTensor, facts: Facts) -> keras.KerasTensor:
        """From noise to a row of numbers."""
        for units in reversed(self.units):
            x = blocks.dense(x, units)
        return blocks.linear(x, facts.input_shape[0], "sample")

    def _weigh(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        for units in self.units:
            x = blocks.dense(x, units)
        return x

    def _draw(self, blocks: Blocks, x: keras.KerasTensor, facts: Facts) -> keras.KerasTensor:
        """From noise to an image."""
        from keras import layers

        x = blocks.unfold(x, facts.input_shape, self.units[::-1])
        x = blocks.image(x, facts.input_shape, "sigmoid")
        return layers.Rescaling(255.0, name="pixels")(x)

    def _look(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        for filters in self.units:
            x = blocks.convolution(x, filters, 4, strides=2, padding="same")
            x = blocks.dropout(x, blocks.regularisation.dropout)
        return blocks.flatten(x)
