"""Transfer learning: a network that has seen a million photos, with a last layer of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.base import FineTuning, HiddenLayers
from dlplay.architectures.blocks import Blocks
from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.datasets.base import Kind
from dlplay.pretrained import BACKBONES, Backbone

if TYPE_CHECKING:
    import keras

_SMALLEST, _LARGEST = 96, 224
"""Sides of what the pre-trained network is given; smaller images are enlarged."""


class Transfer(HiddenLayers):
    """A frozen pre-trained network, global pooling, and a new head."""

    card: ClassVar[Card] = Card(
        "Transfer learning",
        "A network that has learnt to see from ImageNet, frozen, and a new last layer for your "
        "classes. Every image is looked at once, and what was seen is kept: the epochs after "
        "that take seconds. With augmentation each epoch has to look anew, and takes far longer.",
        "J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014), arXiv:1411.1792",
    )
    kinds: ClassVar[tuple[Kind, ...]] = ("image",)
    frozen_part: ClassVar[str] = "features"
    name: Literal["transfer"] = "transfer"
    base: Literal["efficientnet-lite0", "resnet-50"] = Field(
        default="efficientnet-lite0",
        title="Pre-trained network",
        description="EfficientNet-Lite0 comes along; ResNet-50 sees more, takes longer, and "
        "needs its weights on this server.",
    )
    units: tuple[Annotated[int, Field(ge=1, le=100_000)], ...] = Field(
        default=(),
        max_length=10,
        title="Hidden units",
        description="Units of each dense layer before the last: 64, 32 makes two. None is "
        "mostly best with few images.",
    )
    fine_tuning: FineTuning | None = Field(
        default=None,
        title="Fine-tuning",
        description="After the new head has learnt, let the last blocks of the pre-trained "
        "network learn too, in small steps.",
    )

    def check(self, facts: Facts) -> None:
        super().check(facts)
        self._backbone.weights()

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        from keras import layers

        if x.shape[-1] == 1:
            x = layers.Concatenate(name="grey_to_rgb")([x, x, x])
        size = max(_SMALLEST, min(_LARGEST, max(x.shape[1:3])))
        if x.shape[1:3] != (size, size):
            x = layers.Resizing(size, size, name="resize")(x)
        base = self._backbone.features(size)
        base.trainable = False
        x = base(x, training=False)
        x = layers.GlobalAveragePooling2D(name=self.frozen_part)(x)
        x = blocks.dropout(x, blocks.regularisation.dropout / 2)
        for units in self.units:
            x = blocks.dense(x, units)
        return x

    def initialise(self, model: keras.Model) -> None:
        self._backbone.load(_base(model), self._backbone.weights().path)

    def weights_code(self) -> str:
        base = "base = next(layer for layer in model.layers if isinstance(layer, keras.Model))"
        return f"{base}\nbase.trainable = False\n{self._backbone.code}"

    def tuning(self) -> FineTuning | None:
        return self.fine_tuning

    def thaw(self, model: keras.Model) -> None:
        base, tuning = _base(model), self.fine_tuning
        thawed = self._backbone.last(base, tuning.blocks) if tuning else []
        base.trainable = bool(thawed)
        for layer in base.layers:  # batch normalisation keeps what it has measured on ImageNet
            layer.trainable = layer in thawed

    @property
    def _backbone(self) -> Backbone:
        return BACKBONES[self.base]


def _base(model: keras.Model) -> keras.Model:
    """The pre-trained network inside the whole one."""
    import keras

    return next(layer for layer in model.layers if isinstance(layer, keras.Model))
