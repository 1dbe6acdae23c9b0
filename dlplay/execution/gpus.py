"""The GPUs of this machine, found without importing a framework."""

from __future__ import annotations

import os
from pathlib import Path


def visible_gpus() -> list[str]:
    """The names by which ``CUDA_VISIBLE_DEVICES`` knows the GPUs runs may use."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return [name for name in chosen.split(",") if name.strip() not in ("", "-1")]
    devices = sorted(Path("/dev").glob("nvidia[0-9]*"))
    return [str(index) for index in range(len(devices))]
