"""What a network is made of and what it costs, known before anything is trained.

Plain data, so that the server can show it; a worker or the helper process fills it in.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Layer:
    """A row of the layer table.

    Args:
        kind: Keras' class name.
        output_shape: without the batch axis.
        flops: multiplications and additions of one sample's forward pass.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    flops: int


@dataclass(frozen=True)
class Network:
    """A network's cost.

    Args:
        training_bytes: parameters, gradients, optimiser state and the activations of a batch.
        frozen_parameters: those of ``parameters`` that training leaves as they are.
        spared_flops: of a sample, that an epoch is spared since a part is frozen.
        once_flops: of a sample, for what is done once, whatever the number of epochs.
    """

    layers: tuple[Layer, ...]
    parameters: int
    training_bytes: int
    frozen_parameters: int = 0
    spared_flops: int = 0
    once_flops: int = 0

    @property
    def flops(self) -> int:
        """Multiplications and additions of one sample's forward pass."""
        return sum(layer.flops for layer in self.layers)

    @property
    def epoch_flops(self) -> int:
        """The same of training on one sample: a backward pass costs twice the forward one."""
        return 3 * self.flops - self.spared_flops

    def to_values(self) -> dict[str, Any]:
        """Plain values that `from_values` reads back."""
        return asdict(self)

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> Network:
        """A network's cost from plain values."""
        layers = tuple(
            Layer(**{**layer, "output_shape": tuple(layer["output_shape"])})
            for layer in values["layers"]
        )
        return cls(**{**values, "layers": layers})
