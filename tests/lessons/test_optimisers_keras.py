"""Update rules against Keras' optimisers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlplay.lessons import optimisers
from dlplay.lessons.descent import walk
from dlplay.lessons.optimisers import OPTIMISERS
from dlplay.lessons.surfaces import SURFACES

pytestmark = pytest.mark.xdist_group("lessons-optimisers-keras")

THEIRS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.75}),
    "nesterov": ("SGD", {"momentum": 0.75, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {}),
    "adam": ("Adam", {}),
}


@pytest.mark.parametrize("surface", ["ravine", "himmelblau"])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_walk_equals_keras(name: str, surface: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    # Keras keeps these numbers in float32: take such as float32 and float64 agree on.
    rate, first, second = 2.0**-7, 1 - 2.0**-3, 1 - 2.0**-10
    monkeypatch.setattr(optimisers, "_FIRST_DECAY", first)
    monkeypatch.setattr(optimisers, "_SECOND_DECAY", second)
    landscape, (kind, options) = SURFACES[surface], THEIRS[name]
    if kind == "Adam":
        options = {"beta_1": first, "beta_2": second}
    optimizer = getattr(keras.optimizers, kind)(learning_rate=rate, **options)
    weights = keras.Variable(np.array(landscape.start), dtype="float64")
    way = walk(name, landscape, landscape.start, rate, 50, 0.75)
    for point in way.points[1:]:
        gradient = landscape.gradient(weights.value.numpy())
        optimizer.apply([keras.ops.array(gradient, "float64")], [weights])
        np.testing.assert_allclose(point, weights.value.numpy(), atol=1e-6, rtol=1e-6)
