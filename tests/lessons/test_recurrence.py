"""Recurrent cells: back-propagation through time against finite differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlplay.lessons.recurrence import (
    CELLS,
    GATES,
    UNITS,
    clip,
    embed,
    make_cell,
    reach_back,
    unroll,
)
from dlplay.lessons.recurrence_figures import plot_gates, plot_reach, plot_states
from tests.lessons.numerical import numerical_gradient

TEXT = "abcab"
INPUTS = embed(TEXT)
PULL = np.random.default_rng(0).standard_normal(UNITS)


@pytest.mark.parametrize("kind", CELLS)
class TestEveryCell:
    def test_gradient_of_the_recurrent_weights_equals_finite_differences(self, kind: str) -> None:
        cell = make_cell(kind, 1.3, 0.5)

        def answer(recurrent: np.ndarray) -> float:
            return float(unroll(replace(cell, recurrent=recurrent), INPUTS).states[-1] @ PULL)

        found = reach_back(unroll(cell, INPUTS), PULL).recurrent
        np.testing.assert_allclose(found, numerical_gradient(answer, cell.recurrent), atol=1e-7)

    def test_size_at_the_end_is_that_of_the_pull(self, kind: str) -> None:
        reach = reach_back(unroll(make_cell(kind, 1.0, 1.0), INPUTS), PULL)
        assert reach.norms[-1] == pytest.approx(np.linalg.norm(PULL))
        assert len(reach.norms) == len(TEXT) + 1

    def test_pictures_have_a_column_a_letter(self, kind: str) -> None:
        way = unroll(make_cell(kind, 1.0, 1.0), INPUTS)
        assert plot_states(way, TEXT).data[0].z.shape == (UNITS, len(TEXT))
        assert len(plot_gates(way, TEXT).data) == max(1, len(GATES[kind]))
        lines = plot_reach({kind: reach_back(way, PULL)}, kind, TEXT).data
        assert len(lines[0].y) == len(TEXT)


def test_plain_cell_with_small_states_multiplies_by_the_scale() -> None:
    # An orthogonal matrix keeps lengths, and tanh is the identity near zero.
    cell = make_cell("rnn", 0.7, 0.0)
    reach = reach_back(unroll(cell, 1e-6 * embed("abcdefgh")), PULL)
    np.testing.assert_allclose(reach.norms[:-1] / reach.norms[1:], 0.7, rtol=1e-6)


def test_open_forget_gate_carries_the_gradient() -> None:
    inputs = embed("what came first matters")
    kept, lost = (reach_back(unroll(make_cell("lstm", 0.5, b), inputs), PULL) for b in (6.0, -2.0))
    assert kept.norms[1] > 0.01
    assert lost.norms[1] < 1e-8


def test_clipping_shortens_and_keeps_the_direction() -> None:
    gradient = np.array([3.0, 4.0])
    np.testing.assert_allclose(clip(gradient, 1.0), [0.6, 0.8])
    np.testing.assert_array_equal(clip(gradient, 10.0), gradient)
