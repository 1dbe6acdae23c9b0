"""Ours against Keras itself: the same weights, the same photos."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from dlplay.classify import Classifier, network
from dlplay.classify.activation_map import heat
from dlplay.classify.convert import find_head
from dlplay.classify.runtime import Runtime
from dlplay.classify.weights import md5
from dlplay.execution import helper
from dlplay.photo import read

pytestmark = pytest.mark.xdist_group("keras")

Values = NDArray[np.float32]


@pytest.fixture(scope="module")
def random_resnet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, keras.Model]:
    """ResNet-50 with random weights, and the file that holds them."""
    keras.utils.set_random_seed(5)
    model = keras.applications.ResNet50(weights=None)
    path = tmp_path_factory.mktemp("weights") / "resnet50.h5"
    model.save(path, include_optimizer=False)
    return path, model


@pytest.fixture
def resnet_50(
    random_resnet: tuple[Path, keras.Model], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Classifier:
    """ResNet-50 as an owner of a server sets it up, converted in a home of its own."""
    monkeypatch.setenv("DLPLAY_RESNET50_WEIGHTS", str(random_resnet[0]))
    monkeypatch.setenv("DLPLAY_RESNET50_MD5", md5(random_resnet[0]))
    return network("resnet-50")


@pytest.fixture(scope="module")
def resnet_home(
    random_resnet: tuple[Path, keras.Model], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The network converted by the helper process, as the server has it done."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLPLAY_HOME", str(folder))
        patch.setenv("DLPLAY_RESNET50_WEIGHTS", str(random_resnet[0]))
        patch.setenv("DLPLAY_RESNET50_MD5", md5(random_resnet[0]))
        helper.ask_once("convert", {"network": "resnet-50", "download": False})
    return folder


def documented_prediction(model: keras.Model, path: Path) -> Values:
    """The recipe of the third article and of Keras' documentation, to the letter."""
    image = keras.utils.load_img(path, target_size=(224, 224))
    pixels = np.expand_dims(keras.utils.img_to_array(image), axis=0)
    pixels = keras.applications.resnet50.preprocess_input(pixels)
    return np.asarray(model.predict(pixels, verbose=0)[0])


def test_resnet_50_answers_as_keras_does_by_its_own_recipe(
    resnet_50: Classifier,
    resnet_home: Path,
    random_resnet: tuple[Path, keras.Model],
    photos: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DLPLAY_HOME", str(resnet_home))
    runtime, labels = Runtime(resnet_50), resnet_50.labels()
    for path in photos.values():
        expected = documented_prediction(random_resnet[1], path)
        answer = runtime.classify(read(path))
        order = np.argsort(-expected)[:3]
        assert [guess.label for guess in answer.guesses] == [labels[i] for i in order]
        received = [guess.probability for guess in answer.guesses]
        assert received == pytest.approx(expected[order], abs=1e-4)


def test_efficientnet_answers_as_its_keras_model_does(
    runtime: Runtime, photos: dict[str, Path]
) -> None:
    chosen = runtime.network
    model = chosen.build(chosen.weights().path)
    assert model.count_params() == 4_694_024
    for path in photos.values():
        pixels = chosen.prepare(read(path))[np.newaxis]
        expected = np.asarray(model.predict(pixels, verbose=0)[0])
        probabilities, _ = runtime.infer(pixels)
        assert np.abs(probabilities - expected).max() < 1e-4
        assert (np.argsort(-probabilities)[:3] == np.argsort(-expected)[:3]).all()


def grad_cam(model: keras.Model, pixels: Values, index: int) -> Values:
    """Grad-CAM as its paper defines it: channels weighted by the mean gradient of the score before
    softmax, negative places dropped."""
    head, last = find_head(model), model.layers[-1]
    assert head is not None
    softmax, last.activation = last.activation, keras.activations.linear
    both = keras.Model(model.inputs[0], [head[0], model.output])
    with tf.GradientTape() as tape:
        features, scores = both(pixels, training=False)
        score = scores[0, index]
    gradient = tape.gradient(score, features)
    last.activation = softmax
    weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
    return np.asarray(tf.nn.relu(tf.reduce_sum(weights * features, axis=-1))[0])


@pytest.mark.parametrize("photo", ["china", "coffee", "chelsea"])
def test_the_activation_map_is_grad_cam(
    photo: str, runtime: Runtime, photos: dict[str, Path]
) -> None:
    chosen = runtime.network
    model = chosen.build(chosen.weights().path)
    image = read(photos[photo])
    pixels = chosen.prepare(image)[np.newaxis]
    names = [label.wnid for label in chosen.labels()]
    for guess in runtime.classify(image).guesses:
        assert guess.map is not None
        expected = grad_cam(model, pixels, names.index(guess.label.wnid))
        assert np.abs(heat(guess.map) - heat(expected)).max() < 1e-4


def test_the_activation_map_of_resnet_50_is_grad_cam(
    resnet_50: Classifier,
    resnet_home: Path,
    random_resnet: tuple[Path, keras.Model],
    photos: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DLPLAY_HOME", str(resnet_home))
    image = read(photos["china"])
    guess = Runtime(resnet_50).classify(image).guesses[0]
    index = resnet_50.labels().index(guess.label)
    pixels = resnet_50.prepare(image)[np.newaxis]
    assert guess.map is not None
    expected = grad_cam(random_resnet[1], pixels, index)
    assert np.abs(heat(guess.map) - heat(expected)).max() < 1e-4


def test_resnet_50_has_as_many_parameters_as_its_card_says(
    random_resnet: tuple[Path, keras.Model],
) -> None:
    assert random_resnet[1].count_params() == 25_636_712


@pytest.mark.parametrize("ending", ["flat", "two dense", "no pooling"])
def test_networks_without_such_an_end_have_no_map(ending: str) -> None:
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3)(inputs)
    if ending != "no pooling":
        x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Flatten()(x) if ending != "two dense" else keras.layers.Dense(5)(x)
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    assert find_head(model) is None


def test_dropout_before_the_last_layer_does_not_matter() -> None:
    inputs = keras.Input((8, 8, 3))
    features = keras.layers.Conv2D(4, 3)(inputs)
    x = keras.layers.GlobalAveragePooling2D()(features)
    outputs = keras.layers.Dense(2, activation="softmax")(keras.layers.Dropout(0.5)(x))
    head = find_head(keras.Model(inputs, outputs))
    assert head is not None
    assert head[0] is features and head[1].shape == (4, 2)
