"""What every view does, over every preset that it fits."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from dlplay.catalogue import entry_name
from dlplay.datasets import split_samples
from dlplay.experiment import Experiment
from dlplay.presets import PRESETS
from dlplay.runs.figures import METRICS_OF
from dlplay.training.compiling import build_model
from dlplay.views import VIEWS, Subject

pytestmark = pytest.mark.xdist_group("views-catalogue")


def fitting(name: str) -> str | None:
    """The last preset that a view fits."""
    fits = (
        preset
        for preset, found in reversed(PRESETS.items())
        if VIEWS[name].fits(found.experiment, found.experiment.dataset.facts())
    )
    return next(fits, None)


CASES = [(name, preset) for name in VIEWS if (preset := fitting(name))]


@cache
def subject(preset: str) -> Subject:
    """A preset's network as it is before training."""
    experiment: Experiment = PRESETS[preset].experiment
    samples = experiment.dataset.load()
    split = split_samples(experiment.dataset, samples, experiment.seed)
    model = build_model(experiment, split.facts, len(split.train))
    return Subject(experiment, model, split, samples)


@pytest.mark.parametrize(("name", "preset"), CASES)
class TestEveryView:
    """Looking at a network that has learnt nothing."""

    def test_it_computes_plain_arrays_and_draws_them(self, name: str, preset: str) -> None:
        view = VIEWS[name](name=name)
        arrays = view.watch(subject(preset))()
        assert arrays
        assert {array.dtype.kind for array in map(np.asarray, arrays.values())} <= set("biufU")
        panels = view.panels(arrays, epoch=3)
        assert panels
        for panel in panels:
            assert panel.figure is not None or panel.text or panel.rows or panel.groups
            assert panel.alt or panel.figure is None
            assert set(panel.clicks or ()) <= set(type(view).model_fields)

    def test_it_sees_the_same_twice_in_a_network_that_stands_still(
        self, name: str, preset: str
    ) -> None:
        first, second = (VIEWS[name](name=name).watch(subject(preset))() for _ in range(2))
        for key in first:
            np.testing.assert_array_equal(first[key], second[key])

    def test_its_card_and_its_fields_explain_themselves(self, name: str, preset: str) -> None:
        view = VIEWS[name]
        assert entry_name(view) == name
        assert view.card.title
        assert view.card.summary.endswith(".")
        for field, info in view.model_fields.items():
            assert field == "name" or (info.title and str(info.description).endswith("."))


def test_every_task_of_a_preset_has_metrics_to_judge_it_by() -> None:
    for preset in PRESETS.values():
        experiment = preset.experiment
        assert METRICS_OF[experiment.architecture.task(experiment.dataset.facts())]
