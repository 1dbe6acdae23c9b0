"""LeNet-5, which read cheques."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.base import Convolutional
from dlplay.architectures.blocks import Blocks
from dlplay.catalogue import Card

if TYPE_CHECKING:
    import keras


class LeNet5(Convolutional):
    """LeNet-5 with today's activation: 6 and 16 kernels of 5×5, then 120, 84 units."""

    card: ClassVar[Card] = Card(
        "LeNet-5",
        "The network that read cheques in the nineties: two convolutions, two poolings, three "
        "dense layers.",
        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), Proc. IEEE 86(11), section II.B",
    )
    name: Literal["lenet-5"] = "lenet-5"
    pooling: Literal["max", "average"] = Field(
        default="max",
        title="Pooling",
        description="What stands for a window of 2×2: its largest value, or its mean as in 1998.",
    )

    def smallest_image(self) -> int:
        return 16 if self.padding == "valid" else 4

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        for filters in (6, 16):
            x = blocks.convolution(x, filters, 5, padding=self.padding)
            x = blocks.pool(x, self.pooling)
        x = blocks.dense(blocks.flatten(x), 120)
        return blocks.dense(x, 84)
