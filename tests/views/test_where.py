"""Where a network looked, against finite differences."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from dlplay.errors import UserError
from dlplay.runs import Store
from dlplay.training.answering import look_at
from dlplay.training.compiling import build_model
from dlplay.views import Snapshots
from dlplay.views.looking import Scores
from tests.views.trained import experiment, trained

pytestmark = pytest.mark.xdist_group("views-where")

RANDOM = np.random.default_rng(0)


def built(dataset: str, architecture: dict[str, Any]) -> tuple[keras.Model, keras.Model]:
    """A network, and the same with its last activation taken off."""
    wanted = experiment(dataset, architecture)
    model, bare = (build_model(wanted, wanted.dataset.facts(), 100) for _ in range(2))
    for variable in model.trainable_variables:  # biases start at 0, where nothing can be seen
        variable.assign_add(RANDOM.normal(0, 0.1, variable.shape))
    bare.set_weights(model.get_weights())
    bare.layers[-1].activation = keras.activations.linear
    return model, bare


@pytest.mark.parametrize("index", [0, 1])
def test_the_input_gradient_of_one_output_equals_finite_differences(index: int) -> None:
    model, bare = built("moons", {"name": "mlp", "activation": "tanh"})
    sample = np.array([0.3, -0.7], np.float32)
    found = Scores(model).input_gradient(sample, index)
    steps = np.eye(2, dtype=np.float32) * 1e-2
    above, below = (np.asarray(bare(sample + sign * steps))[:, 0] for sign in (1, -1))
    slope = (above - below) / 2e-2
    np.testing.assert_allclose(found, slope if index else -slope, rtol=1e-3)


def test_the_input_gradient_of_an_image_equals_finite_differences() -> None:
    model, bare = built("digits", {"name": "cnn-small", "padding": "same", "activation": "elu"})
    sample = RANDOM.integers(0, 256, (8, 8, 1)).astype(np.uint8)
    found = Scores(model).input_gradient(sample, 3)
    assert found.shape == sample.shape
    for place in [(0, 0, 0), (3, 4, 0), (7, 2, 0)]:
        step = np.zeros((8, 8, 1), np.float32)
        step[place] = 0.5
        pair = np.stack([sample + step, sample - step])
        above, below = np.asarray(bare(pair))[:, 3]
        assert found[place] == pytest.approx(above - below, rel=2e-2, abs=1e-5)


def test_grad_cam_weighs_each_map_by_how_much_the_score_grows_with_it() -> None:
    model, bare = built("digits", {"name": "cnn-small", "padding": "same", "activation": "tanh"})
    place = next(la for la in reversed(bare.layers) if isinstance(la, keras.layers.Conv2D))
    head = keras.Sequential(bare.layers[bare.layers.index(place) + 1 :])
    sample = RANDOM.integers(0, 256, (8, 8, 1)).astype(np.uint8)
    features = np.asarray(keras.Model(bare.input, place.output)(sample[np.newaxis] * 1.0))
    assert (features.shape[1], features.shape[2]) == (4, 4)
    _, height, width, channels = features.shape
    weights = np.empty(channels)
    for channel in range(channels):
        step = np.zeros_like(features)
        step[..., channel] = 1e-3  # all places of a map at once: the sum of its gradients
        above, below = (np.asarray(head(features + sign * step))[0, 2] for sign in (1, -1))
        weights[channel] = (above - below) / 2e-3 / (height * width)
    found = Scores(model).activation_map(sample, 2)
    expected = features[0] @ weights
    np.testing.assert_allclose(found, expected, rtol=0.02, atol=0.02 * np.abs(expected).max())


def test_an_ended_run_is_asked_about_a_sample_of_its_own_test_set(store: Store) -> None:
    run = trained(store, experiment("digits", {"name": "cnn-small", "padding": "same"}))
    name = look_at(run, {"name": "where-it-looked", "sample": 3, "about": "the truth"})
    found = Snapshots(run.folder, name).latest()
    assert found is not None
    arrays = found[1]
    assert arrays["truth"] == arrays["about"]
    assert arrays["map"].shape == (4, 4)
    assert arrays["said"].sum() == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(UserError, match="from 1 to 360"):
        look_at(run, {"name": "where-it-looked", "sample": 361})


def test_of_a_table_the_columns_are_shown(store: Store) -> None:
    run = trained(store, experiment("wine", {"name": "mlp"}))
    name = look_at(run, {"name": "where-it-looked"})
    found = Snapshots(run.folder, name).latest()
    assert found is not None
    from dlplay.views import VIEWS

    view = VIEWS["where-it-looked"].model_validate({"name": "where-it-looked"})
    (panel,) = view.panels(found[1], 3)
    assert panel.figure is not None
    assert len(panel.figure.data[0].x) == 13
    assert "The network says" in panel.text
