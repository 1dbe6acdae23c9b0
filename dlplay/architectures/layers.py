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
    """

    layers: tuple[Layer, ...]
    parameters: int
    training_bytes: int

    @property
    def flops(self) -> int:
        """Multiplications and additions of one sample's forward pass."""
        return sum(layer.flops for layer in self.layers)

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
        return cls(layers, values["parameters"], values["training_bytes"])
