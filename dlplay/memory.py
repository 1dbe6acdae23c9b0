"""How much memory a run may take, and the refusal of one that would take more."""

from __future__ import annotations

import os
import subprocess

import psutil

from dlplay.errors import UserError
from dlplay.settings import Settings


def available_bytes() -> int:
    """Memory a run may take: what the owner set, else what is free on the GPU, else in RAM."""
    limit = Settings().memory_gigabytes
    if limit is not None:
        return int(limit * 1e9)
    return _free_gpu_bytes() or psutil.virtual_memory().available


def _free_gpu_bytes() -> int:
    """Free memory of the GPU this process would use; 0 without one."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") == "":
        return 0
    query = ["nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    try:
        output = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)
        return max(int(line) for line in output.stdout.split()) * 1_000_000
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


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
