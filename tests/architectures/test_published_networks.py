"""AlexNet, VGG-16 and ResNet-50: their sizes as published and as Keras has them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlplay.architectures import Architecture, Regularisation, objective_for
from dlplay.architectures.alexnet import AlexNet
from dlplay.architectures.resnet_50 import ResNet50
from dlplay.architectures.vgg_16 import Vgg16
from dlplay.datasets import Facts
from dlplay.errors import UserError
from dlplay.layers.response_normalisation import ResponseNormalisation

pytestmark = pytest.mark.xdist_group("architectures-published-networks")

IMAGENET = Facts("image", (224, 224, 3), "classification", 1_281_167, tuple(map(str, range(1000))))
DIGITS = Facts("image", (28, 28, 1), "classification", 5_000, tuple("0123456789"))


def build(network: Architecture, facts: Facts) -> keras.Model:
    """A network without regularisation."""
    return network.build(facts, objective_for("auto", facts), Regularisation())


def parameters(network: Architecture) -> int:
    """Numbers of weights for ImageNet's images, counted without making them."""
    with tf.Graph().as_default():
        return int(build(network, IMAGENET).count_params())


def test_resnet_50_has_the_parameters_of_keras_statistics_included() -> None:
    assert parameters(ResNet50()) == 25_636_712


def test_vgg_16_has_the_138_million_parameters_of_its_paper() -> None:
    assert parameters(Vgg16()) == 138_357_544
    with tf.Graph().as_default():
        assert keras.applications.VGG16(weights=None).count_params() == 138_357_544


def test_alexnet_has_the_61_million_parameters_of_its_layers() -> None:
    """The paper's “60 million”, added up by hand from its section 3.5 and figure 2."""
    convolutions = [(11, 3, 96), (5, 48, 256), (3, 256, 384), (3, 192, 384), (3, 192, 256)]
    dense = [(6 * 6 * 256, 4096), (4096, 4096), (4096, 1000)]
    expected = sum((k * k * inputs + 1) * outputs for k, inputs, outputs in convolutions)
    expected += sum((inputs + 1) * outputs for inputs, outputs in dense)
    assert parameters(AlexNet()) == expected == 60_965_224


def test_alexnets_first_maps_are_as_large_as_the_paper_draws_them() -> None:
    with tf.Graph().as_default():
        shapes = [tuple(layer.output.shape[1:]) for layer in build(AlexNet(), IMAGENET).layers]
    for drawn in ((55, 55, 96), (27, 27, 256), (13, 13, 384), (13, 13, 256), (6, 6, 256)):
        assert drawn in shapes


def test_resnet_50_answers_as_keras_own_with_the_same_weights() -> None:
    """Same layers, same shortcuts, same borders; Keras' order of layers decides who gets what."""
    ours = build(ResNet50(width_multiplier=1.0), replace_size(64))
    theirs = keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3), classes=1000)
    weighted = [[layer for layer in m.layers if layer.weights] for m in (ours, theirs)]
    for mine, other in zip(*map(by_shape, weighted), strict=True):
        other.set_weights([w + 0.01 for w in mine.get_weights()])
        mine.set_weights(other.get_weights())
        if isinstance(other, keras.layers.BatchNormalization):
            mine.epsilon = other.epsilon
    images = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.float32)
    expected = theirs.predict(images / 255, verbose=0)
    np.testing.assert_allclose(ours.predict(images, verbose=0), expected, rtol=1e-3, atol=1e-6)


def replace_size(side: int) -> Facts:
    """ImageNet's classes on smaller images."""
    return Facts("image", (side, side, 3), "classification", 1_000, IMAGENET.class_names)


def by_shape(layers: list[keras.Layer]) -> list[keras.Layer]:
    """Layers by the shapes of their weights, those alike in the order they are passed in."""
    return sorted(layers, key=lambda layer: str([tuple(w.shape) for w in layer.weights]))


@pytest.mark.parametrize("network", [AlexNet, Vgg16, ResNet50])
def test_a_quarter_of_the_width_has_about_a_sixteenth_of_the_weights(
    network: type[Architecture],
) -> None:
    quarter = network.model_validate({"name": network.model_fields["name"].default,
                                      "width_multiplier": 0.25})  # fmt: skip
    whole = quarter.model_copy(update={"width_multiplier": 1.0})
    assert 12 < parameters(whole) / parameters(quarter) < 17


def test_the_small_alexnet_says_the_smallest_size_and_means_it() -> None:
    network = AlexNet(variant="small images", width_multiplier=0.0625)
    for side, fits in ((14, False), (15, True)):
        facts = Facts("image", (side, side, 1), "classification", 100, tuple("ab"))
        if fits:
            network.check(facts)
            assert build(network, facts).count_params() > 0
        else:
            with pytest.raises(UserError, match="at least 15×15 pixels"):
                network.check(facts)


@pytest.mark.parametrize(
    "network", [Vgg16(width_multiplier=0.0625), ResNet50(width_multiplier=0.0625)]
)
@pytest.mark.parametrize("side", [1, 9, 28])
def test_vgg_and_resnet_pass_images_of_any_size(network: Architecture, side: int) -> None:
    facts = Facts("image", (side, side, 1), "classification", 100, tuple("abc"))
    network.check(facts)
    answers = np.asarray(build(network, facts)(np.ones((2, side, side, 1), np.float32)))
    assert answers.shape == (2, 3)
    assert np.isfinite(answers).all()


def test_response_normalisation_is_tensorflows() -> None:
    maps: Any = np.random.default_rng(0).normal(0, 100, (2, 3, 4, 12)).astype(np.float32)
    expected = tf.nn.local_response_normalization(
        maps, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75
    )
    np.testing.assert_allclose(ResponseNormalisation()(maps), expected, rtol=1e-5)
