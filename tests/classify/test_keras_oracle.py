"""Ours against Keras itself: the same weights, the same photos."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from dlplay.architectures import ARCHITECTURES, Regularisation, objective_for
from dlplay.classify import Classifier, network
from dlplay.classify.activation_map import heat
from dlplay.classify.ending import find_head, find_tail
from dlplay.classify.runtime import Runtime
from dlplay.classify.tail import Tail
from dlplay.datasets import Facts
from dlplay.execution import helper
from dlplay.photo import read
from dlplay.pretrained.resnet_50 import md5

pytestmark = pytest.mark.xdist_group("classify-keras-oracle")

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


def lenet_like(ending: str) -> keras.Model:
    """Two convolutions, then an end of one kind."""
    layers = keras.layers
    inputs = keras.Input((15, 17, 1))
    x = layers.Conv2D(4, 3, activation="relu")(inputs)
    x = layers.Conv2D(6, 3)(layers.MaxPooling2D(2)(x))
    if ending == "normalised":
        x = layers.LeakyReLU(0.1)(layers.BatchNormalization()(x))
    elif ending != "bare":
        x = layers.Activation("tanh" if ending == "average" else "relu")(x)
    x = {"average": layers.AveragePooling2D(2), "global": layers.GlobalAveragePooling2D()}.get(
        ending, layers.MaxPooling2D(2)
    )(x)
    x = layers.Dropout(0.5)(x) if ending == "global" else layers.Flatten()(layers.Dropout(0.5)(x))
    for units, name in ((8, "gelu"), (7, "elu"), (6, "sigmoid")):
        x = layers.Dense(units)(x)
        if ending == "normalised":
            x = layers.BatchNormalization()(x)
        x = layers.Dropout(0.2)(layers.Activation(name)(x))
    last = (
        layers.Dense(1, activation="sigmoid")
        if ending == "two"
        else layers.Dense(5, activation="softmax")
    )
    return keras.Model(inputs, last(x))


@pytest.mark.parametrize("ending", ["plain", "bare", "normalised", "average", "global", "two"])
def test_the_gradient_behind_the_feature_map_is_that_of_keras(ending: str, tmp_path: Path) -> None:
    keras.utils.set_random_seed(4)
    model, random = lenet_like(ending), np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    found = find_tail(model)
    assert found is not None and find_head(model) is None
    tensor, tail = found
    tail.save(tmp_path / "tail.npz")
    restored = Tail.load(tmp_path / "tail.npz")
    assert restored is not None
    last = model.layers[-1]
    last.activation = keras.activations.linear
    both = keras.Model(model.inputs[0], [tensor, model.output])
    image = tf.constant(random.normal(size=(1, 15, 17, 1)).astype(np.float32))
    for index in range(max(2, last.units)):
        with tf.GradientTape() as tape:
            features, scores = both(image, training=False)
            score = scores[0, index] if last.units > 1 else scores[0, 0] * (2 * index - 1)
        expected = np.asarray(tape.gradient(score, features))[0]
        assert np.abs(expected).max() > 1e-6
        received = restored.gradient(np.asarray(features)[0], index)
        np.testing.assert_allclose(received, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("name", ["lenet-5", "cnn-small", "cnn-deep"])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_networks_of_the_catalogue_that_end_in_dense_layers_have_such_a_map(
    name: str, batch_norm: bool
) -> None:
    facts = Facts("image", (28, 28, 1), "classification", 100, tuple("0123456789"))
    regularisation = Regularisation(batch_norm=batch_norm, dropout=0.2)
    network = ARCHITECTURES[name].model_validate({"name": name})
    found = find_tail(network.build(facts, objective_for("auto", facts), regularisation))
    assert found is not None
    height, width = found[0].shape[1:3]
    assert min(height, width) > 4


@pytest.mark.parametrize("name", ["mlp", "perceptron"])
def test_networks_that_see_no_places_have_none(name: str) -> None:
    facts = Facts("image", (28, 28, 1), "classification", 100, tuple("0123456789"))
    network = ARCHITECTURES[name].model_validate({"name": name})
    model = network.build(facts, objective_for("auto", facts), Regularisation())
    assert find_tail(model) is None


def test_dropout_before_the_last_layer_does_not_matter() -> None:
    inputs = keras.Input((8, 8, 3))
    features = keras.layers.Conv2D(4, 3)(inputs)
    x = keras.layers.GlobalAveragePooling2D()(features)
    outputs = keras.layers.Dense(2, activation="softmax")(keras.layers.Dropout(0.5)(x))
    head = find_head(keras.Model(inputs, outputs))
    assert head is not None
    assert head[0] is features and head[1].shape == (4, 2)
