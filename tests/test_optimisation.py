"""Learning rates against closed forms, and the optimisers' names and numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dlplay.optimisation import OPTIMIZERS, SCHEDULES, Training

RATE, EPOCHS = 0.08, 40
MOMENTS = np.arange(0, EPOCHS, 0.25)


def rates(schedule: dict[str, Any]) -> np.ndarray:
    """The learning rate at every quarter of an epoch."""
    training = Training.model_validate(
        {
            "optimizer": {"name": "sgd", "learning_rate": RATE}, "epochs": EPOCHS,
            "schedule": schedule,
        }
    )  # fmt: skip
    return np.array([training.learning_rate_at(epoch) for epoch in MOMENTS])


def test_a_constant_rate_stays() -> None:
    assert set(rates({"name": "constant"})) == {RATE}


def test_steps_multiply_by_the_factor_every_so_many_epochs() -> None:
    found = rates({"name": "step", "drop": 0.5, "every": 10})
    expected = np.repeat([RATE, RATE / 2, RATE / 4, RATE / 8], 40)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_step_comes_at_the_beginning_of_its_epoch() -> None:
    training = Training.model_validate({"schedule": {"name": "step", "drop": 0.1, "every": 3}})
    assert training.learning_rate_at(2.999) == pytest.approx(0.001)
    assert training.learning_rate_at(3.0) == pytest.approx(0.0001)


def test_an_exponential_leaves_the_same_share_after_every_epoch() -> None:
    found = rates({"name": "exponential", "per_epoch": 0.9})
    np.testing.assert_allclose(found, RATE * 0.9**MOMENTS, rtol=1e-12)


def test_a_cosine_is_half_way_down_in_the_middle_and_done_at_the_end() -> None:
    found = rates({"name": "cosine"})
    np.testing.assert_allclose(found, RATE * np.cos(np.pi * MOMENTS / EPOCHS / 2) ** 2, rtol=1e-9)
    training = Training.model_validate({"epochs": EPOCHS, "schedule": {"name": "cosine"}})
    assert training.learning_rate_at(EPOCHS) == pytest.approx(0.0, abs=1e-18)


def test_a_cosine_can_end_at_a_share_of_the_rate() -> None:
    found = rates({"name": "cosine", "final": 0.25})
    assert found[0] == pytest.approx(RATE)
    assert found.min() > RATE / 4
    training = Training.model_validate(
        {"epochs": EPOCHS, "schedule": {"name": "cosine", "final": 0.25}}
    )
    assert training.learning_rate_at(EPOCHS) == pytest.approx(0.001 / 4)
    assert training.learning_rate_at(EPOCHS / 2) == pytest.approx(0.001 * (1 + 0.25) / 2)


@pytest.mark.parametrize("name", SCHEDULES)
class TestWarmUp:
    """Before any schedule begins."""

    def test_the_rate_climbs_evenly_from_zero(self, name: str) -> None:
        found = rates({"name": name, "warmup_epochs": 8})
        during = MOMENTS < 8
        np.testing.assert_allclose(found[during], RATE * MOMENTS[during] / 8, rtol=1e-12)
        assert found[0] == 0
        assert found[~during][0] == pytest.approx(RATE)

    def test_the_schedule_then_runs_over_the_epochs_that_are_left(self, name: str) -> None:
        found = rates({"name": name, "warmup_epochs": 8})[MOMENTS >= 8]
        shorter = Training.model_validate(
            {
                "optimizer": {"name": "sgd", "learning_rate": RATE}, "epochs": EPOCHS - 8,
                "schedule": {"name": name},
            }
        )  # fmt: skip
        expected = [shorter.learning_rate_at(epoch) for epoch in MOMENTS[MOMENTS < EPOCHS - 8]]
        np.testing.assert_allclose(found, expected, rtol=1e-12)

    def test_it_may_last_longer_than_the_run(self, name: str) -> None:
        training = Training.model_validate(
            {"epochs": 5, "schedule": {"name": name, "warmup_epochs": 10}}
        )
        assert training.learning_rate_at(4) == pytest.approx(0.001 * 4 / 10)
        assert training.learning_rate_at(5) == pytest.approx(0.001 * 5 / 10)

    def test_no_rate_is_ever_negative_or_above_the_one_chosen(self, name: str) -> None:
        for warmup in (0, 3):
            found = rates({"name": name, "warmup_epochs": warmup})
            assert found.min() >= 0
            assert found.max() <= RATE * (1 + 1e-12)


def test_only_a_constant_rate_without_warm_up_never_changes() -> None:
    for name in SCHEDULES:
        for warmup in (0, 1):
            schedule = {"name": name, "warmup_epochs": warmup}
            training = Training.model_validate({"schedule": schedule})
            never = len({training.learning_rate_at(e) for e in np.arange(0, 20, 0.5)}) == 1
            assert training.rate_is_constant == (never and math.isclose(warmup, 0))


def test_the_optimisers_of_the_issue_are_all_there() -> None:
    assert set(OPTIMIZERS) == {"sgd", "rmsprop", "adagrad", "adam", "adamw"}
    assert set(SCHEDULES) == {"constant", "step", "exponential", "cosine"}
