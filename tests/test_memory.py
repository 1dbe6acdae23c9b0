"""How much memory there is, and the refusal of what needs more."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from dlplay.errors import UserError
from dlplay.memory import available_bytes, check_memory, readable_bytes


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (4_200_000, "4.2 MB"),
        (123_456_789, "123 MB"), (16e9, "16.0 GB"), (4e12, "4.0 TB"), (5e15, "5000 TB"),
    ],
)  # fmt: skip
def test_bytes_are_written_as_people_read_them(count: float, text: str) -> None:
    assert readable_bytes(count) == text


def test_what_fits_passes_and_what_does_not_is_refused_with_both_numbers() -> None:
    check_memory(needed=100, available=100)
    said = r"needs about 8\.0 GB to train, and 2\.0 GB are free .* Choose fewer units"
    with pytest.raises(UserError, match=said):
        check_memory(needed=8_000_000_000, available=2_000_000_000)


def test_the_owners_limit_counts_before_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLPLAY_MEMORY_GIGABYTES", "1.5")
    assert available_bytes() == 1_500_000_000


def test_without_a_gpu_it_is_what_the_machine_has_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert 0 < available_bytes() <= psutil.virtual_memory().total


def gpu_tool(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program in the place of the one that asks GPUs."""
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def test_with_gpus_it_is_what_the_freest_one_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu_tool(tmp_path, monkeypatch, "echo 1000; echo 22000")
    assert available_bytes() == 22_000_000_000


@pytest.mark.parametrize("script", ["exit 9", "echo '[Not Supported]'", "true"])
def test_a_gpu_that_does_not_answer_counts_for_none(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu_tool(tmp_path, monkeypatch, script)
    assert 0 < available_bytes() <= psutil.virtual_memory().total
