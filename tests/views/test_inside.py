"""What is measured inside a network, against finite differences and by hand."""

from __future__ import annotations

import logging
import math
from typing import Any

import keras
import numpy as np
import pytest

from dlplay.datasets import split_samples
from dlplay.runs import Store
from dlplay.training import watching
from dlplay.training.compiling import build_model
from dlplay.training.watching import Watchers
from dlplay.views import VIEWS, Snapshots, Subject
from dlplay.views.first_weights import as_pictures, sheet
from dlplay.views.probing import BATCH, Probe, idle_share
from tests.views.trained import experiment, seen, trained

pytestmark = pytest.mark.xdist_group("views-inside")


def subject(dataset: str, architecture: dict[str, Any]) -> Subject:
    """A network before its first step."""
    wanted = experiment(dataset, architecture)
    samples = wanted.dataset.load()
    parts = split_samples(wanted.dataset, samples, wanted.seed)
    return Subject(wanted, build_model(wanted, parts.facts, len(parts.train)), parts, samples)


@pytest.mark.parametrize(
    "architecture",
    [{"name": "mlp", "units": [4, 3], "activation": "tanh"}, {"name": "perceptron"}],
    ids=["with a bend", "without one"],
)
def test_gradient_norms_equal_finite_differences(architecture: dict[str, Any]) -> None:
    looked = subject("wine", architecture)
    model, train = looked.model, looked.split.train
    truth = np.asarray(train.targets[:BATCH])

    def loss() -> float:
        said = np.asarray(model(train.inputs[:BATCH]), np.float64)
        return float(-np.log(said[np.arange(BATCH), truth]).mean())

    found = Probe(looked).measure().gradients
    for norm, layer in zip(found, [layer for layer in model.layers if layer.weights], strict=True):
        squares = 0.0
        for variable in layer.trainable_variables:
            start = np.asarray(variable)
            for place in np.ndindex(start.shape):
                step = np.zeros_like(start)
                step[place] = 1e-2
                variable.assign(start + step)
                above = loss()
                variable.assign(start - step)
                squares += ((above - loss()) / 2e-2) ** 2
                variable.assign(start)
        assert norm == pytest.approx(math.sqrt(squares), rel=2e-3)


def test_idle_units_by_hand() -> None:
    values = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.5]], np.float32)
    assert idle_share(values, "relu") == pytest.approx(1 / 3)
    values = np.array([[0.999, 0.001, 0.5], [0.001, 0.001, 0.999]], np.float32)
    assert idle_share(values, "sigmoid") == pytest.approx(2 / 3)
    assert idle_share(2 * values - 1, "tanh") == pytest.approx(2 / 3)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_relus_that_never_fire_are_found_behind_a_normalisation_as_well(batch_norm: bool) -> None:
    looked = subject("wine", {"name": "mlp", "units": [4], "activation": "relu"})
    wanted = looked.experiment.changed([("regularisation.batch_norm", batch_norm)])
    model = build_model(wanted, looked.split.facts, 100)
    layer = next(la for la in model.layers if hasattr(la, "gamma" if batch_norm else "kernel"))
    bias = layer.beta if batch_norm else layer.bias
    bias.assign([-1e6, -1e6, 1.0, -1e6])
    found = Probe(Subject(wanted, model, looked.split, looked.samples)).measure()
    assert found.idle[0] == pytest.approx(0.75)
    assert np.isnan(found.idle[-1])


def test_the_layers_of_a_run_keep_their_history(store: Store) -> None:
    looked = subject("iris", {"name": "mlp"})
    look = VIEWS["layers"].model_validate({"name": "layers"}).watch(looked)
    first = look()
    assert np.isnan(first["update"]).all()
    kernel = looked.model.layers[1].kernel
    before = np.asarray(kernel)
    kernel.assign(before * 1.5)
    looked.model.optimizer.iterations.assign(4)
    second = look()
    assert second["layers"].tolist() == ["dense", "output"]
    assert second["update"][1] == pytest.approx([0.5 / 1.5 / 4, 0.0])
    lengths = [np.linalg.norm(before), 1.5 * np.linalg.norm(before)]
    assert second["weight"][:, 0] == pytest.approx(lengths)
    assert second["epochs"].tolist() == [0.0, pytest.approx(4 / 3)]


def test_a_run_on_images_is_followed_by_all_views_and_ends_with_the_same_numbers(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = experiment("digits", {"name": "cnn-small", "padding": "same"}, epochs=2)
    monkeypatch.setenv("DLPLAY_VIEW_SHARE", "0.5")  # as often as possible, however fast it trains
    monkeypatch.setattr(watching, "_PAUSE_SECONDS", 0.0)
    run = trained(store, wanted)
    for name, panels in (("layers", 4), ("first-weights", 1), ("few-answers", 2)):
        view, epoch, arrays = seen(run, name)
        assert epoch == 2
        assert len(view.panels(arrays, epoch)) == panels
    monkeypatch.setenv("DLPLAY_VIEW_SHARE", "0")
    without = trained(store, wanted)
    assert without.summary["final"] == run.summary["final"]
    assert Snapshots(without.folder, "layers").epochs() == []


def test_first_weights_are_kernels_or_templates_of_the_whole_image() -> None:
    kernel = np.arange(2 * 3 * 1 * 5, dtype=np.float32).reshape(2, 3, 1, 5)
    pictures = as_pictures(kernel, (8, 8, 1))
    np.testing.assert_array_equal(pictures[4, ..., 0], kernel[..., 0, 4])
    template = as_pictures(kernel.reshape(6, 5), (2, 3, 1))
    np.testing.assert_array_equal(template, pictures)
    assert len(as_pictures(kernel.reshape(6, 5), (4, 4, 1))) == 0
    assert np.isnan(sheet(pictures)).any()


def test_a_view_that_fails_ends_no_run(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no such layer")

    monkeypatch.setattr(VIEWS["layers"], "watch", fail)
    with caplog.at_level(logging.ERROR):
        run = trained(store, experiment("iris", {"name": "mlp"}))
    assert run.state == "finished"
    assert "layers gives up" in caplog.text
    assert Snapshots(run.folder, "few-answers").epochs()


def test_all_views_together_stay_below_their_share(
    home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = subject("iris", {"name": "mlp"})
    clock = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: clock[0])
    watchers = Watchers(looked, home)
    looks = []

    def slow(watcher: Any, epoch: int) -> bool:
        clock[0] += 0.2
        looks.append(clock[0])
        return True

    monkeypatch.setattr("dlplay.training.watching.Watcher.look", slow)
    while clock[0] < 60:
        clock[0] += 0.05
        watchers.look(1)
    assert 0.05 < 0.2 * len(looks) / clock[0] <= 0.081


def test_models_are_not_changed_by_a_probe() -> None:
    looked = subject("iris", {"name": "mlp"})
    before = keras.saving.serialize_keras_object(looked.model)
    Probe(looked).measure()
    assert keras.saving.serialize_keras_object(looked.model) == before
