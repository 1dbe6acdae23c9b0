"""How fast this machine trains, as a worker measured it: the basis of every expected duration."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from dlplay.architectures.layers import Network
from dlplay.settings import Settings


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
        """Expected duration."""
        steps = -(-samples // batch_size)
        computing = samples * (epochs * network.epoch_flops + network.once_flops)
        stepping = epochs * steps * self.step_seconds
        return self.start_seconds + stepping + computing / self.flops_per_second

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
