"""Expected durations, from what a worker measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlplay.architectures.layers import Layer, Network
from dlplay.runs.pace import Pace

PACE = Pace(step_seconds=0.001, flops_per_second=1e9, start_seconds=0.5)


def network(flops: int) -> Network:
    """A network of one layer."""
    return Network((Layer("output", "Dense", (1,), 10, flops),), 10, 1_000)


def test_a_tiny_network_takes_the_time_of_its_steps() -> None:
    assert PACE.seconds(network(0), samples=100, batch_size=10, epochs=20) == pytest.approx(
        0.5 + 20 * 10 * 0.001
    )


def test_a_last_short_batch_is_a_step_too() -> None:
    assert PACE.seconds(network(0), samples=101, batch_size=10, epochs=20) == pytest.approx(
        0.5 + 20 * 11 * 0.001
    )


def test_arithmetic_counts_three_times_forward_and_twice_back() -> None:
    expected = 0.5 + 2 * (10 * 0.001 + 3 * 1e6 * 100 / 1e9)
    assert PACE.seconds(network(10**6), 100, 10, 2) == pytest.approx(expected)


def test_what_is_done_once_counts_once_and_what_is_frozen_not_at_all() -> None:
    layers = network(10**6).layers
    frozen = Network(layers, 10, 1_000, spared_flops=2 * 10**6, once_flops=5 * 10**6)
    expected = 0.5 + 2 * 10 * 0.001 + (2 * 1e6 + 5e6) * 100 / 1e9
    assert PACE.seconds(frozen, 100, 10, 2) == pytest.approx(expected)


def test_it_is_kept_for_the_pages_of_the_server(home: Path) -> None:
    assert Pace.load() is None
    PACE.save("CPU · TensorFlow 2.21")
    assert Pace.load() == PACE
    assert Pace.load("CPU · TensorFlow 2.21") == PACE


def test_on_another_device_it_has_to_be_measured_again(home: Path) -> None:
    PACE.save("CPU · TensorFlow 2.21")
    assert Pace.load("GPU · TensorFlow 2.21") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"device": "CPU"}', '{"device": 3, "x": 1}']
)
def test_a_broken_file_counts_for_none(text: str, home: Path) -> None:
    PACE.save("CPU")
    (home / "pace.json").write_text(text)
    assert Pace.load() is None
