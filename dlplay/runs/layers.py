"""What a network costs: its layers, parameters, memory and time, known before anything is trained.

Plain data, so that the server can show it; a worker or the helper process fills it in.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dlplay.errors import UserError
from dlplay.settings import Settings


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


@dataclass(frozen=True)
class Pace:
    """How fast this machine trains, measured once by a worker.

    Args:
        step_seconds: of a training step that has next to nothing to compute.
        flops_per_second: that training gets out of the machine.
        start_seconds: until the first step is done: building and tracing.
    """

    step_seconds: float
    flops_per_second: float
    start_seconds: float

    def seconds(self, network: Network, samples: int, batch_size: int, epochs: int) -> float:
        """Expected duration; a backward pass costs twice the forward one."""
        steps = -(-samples // batch_size)
        computing = 3 * network.flops * samples / self.flops_per_second
        return self.start_seconds + epochs * (steps * self.step_seconds + computing)

    def save(self, device: str) -> None:
        """Keep it for the pages of this server."""
        _pace_file().write_text(json.dumps({"device": device, **asdict(self)}))

    @classmethod
    def load(cls, device: str = "") -> Pace | None:
        """The pace on record, if it was measured (on ``device``, where that is given)."""
        try:
            values = json.loads(_pace_file().read_text())
            measured_on = values.pop("device")
            return cls(**values) if device in ("", measured_on) else None
        except (OSError, ValueError, TypeError, KeyError):
            return None


def _pace_file() -> Path:
    return Settings().folder(".") / "pace.json"


def check_memory(needed: int, available: int) -> None:
    """Refuse what would not fit.

    Raises:
        UserError: ``needed`` bytes are more than ``available``.
    """
    if needed > available:
        raise UserError(
            f"This network needs about {readable_bytes(needed)} to train, and "
            f"{readable_bytes(available)} are free on this server",
            fix="Choose fewer units, a smaller batch or a smaller network",
        )


def readable_bytes(count: float) -> str:
    """“4.2 MB”."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if count >= 100 or unit == "B" else f"{count:.1f} {unit}"
