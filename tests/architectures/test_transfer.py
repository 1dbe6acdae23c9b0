"""Transfer learning: what is frozen is what ImageNet taught, and only the head is new."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_sample_images

from dlplay.architectures import FineTuning, Regularisation, objective_for
from dlplay.architectures.transfer import Transfer
from dlplay.datasets import Facts
from dlplay.errors import UserError
from dlplay.pretrained import BACKBONES
from dlplay.pretrained.efficientnet_lite0 import efficientnet_lite0
from dlplay.pretrained.resnet_50 import md5

pytestmark = pytest.mark.xdist_group("architectures-transfer")

PHOTOS = Facts("image", (224, 224, 3), "classification", 100, ("a", "b", "c"))
SMALL = Facts("image", (8, 8, 1), "classification", 100, tuple("0123456789"))


def build(network: Transfer, facts: Facts, initialise: bool = True) -> keras.Model:
    """The network without regularisation."""
    model = network.build(facts, objective_for("auto", facts), Regularisation())
    if initialise:
        network.initialise(model)
    return model


def photos() -> NDArray[np.float32]:
    """Two real ones, the middle of each: ``(2, 224, 224, 3)``."""
    return np.stack([p[100:324, 200:424] for p in load_sample_images().images]).astype(np.float32)


def features(model: keras.Model, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the head is given."""
    part = keras.Model(model.input, model.get_layer("features").output)
    return np.asarray(part(images, training=False))


def test_efficientnets_features_are_those_the_network_on_classify_sees() -> None:
    whole = efficientnet_lite0(BACKBONES["efficientnet-lite0"].weights().path)
    pooled = keras.Model(whole.input, whole.layers[-1].input)
    expected = np.asarray(pooled(photos(), training=False))
    received = features(build(Transfer(), PHOTOS), photos())
    np.testing.assert_allclose(received, expected, atol=1e-4)


def test_resnets_features_are_those_of_keras_and_its_own_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras.utils.set_random_seed(3)
    whole = keras.applications.ResNet50(weights=None)
    path = tmp_path / "resnet50.h5"
    whole.save(path, include_optimizer=False)
    monkeypatch.setenv("DLPLAY_RESNET50_WEIGHTS", str(path))
    monkeypatch.setenv("DLPLAY_RESNET50_MD5", md5(path))
    pooled = keras.Model(whole.input, whole.get_layer("avg_pool").output)
    prepared = keras.applications.resnet50.preprocess_input(photos())
    expected = np.asarray(pooled(prepared, training=False))
    model = build(Transfer(base="resnet-50"), PHOTOS)
    np.testing.assert_allclose(features(model, photos()), expected, rtol=1e-3, atol=1e-4)


def test_without_resnets_weights_the_check_says_what_to_do() -> None:
    with pytest.raises(UserError, match="DLPLAY_RESNET50_WEIGHTS"):
        Transfer(base="resnet-50").check(PHOTOS)
    Transfer().check(PHOTOS)  # these come with a package


def test_only_the_head_learns() -> None:
    model = build(Transfer(units=(16,)), PHOTOS, initialise=False)
    learning = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    assert learning == (1280 + 1) * 16 + (16 + 1) * 3
    assert model.count_params() == learning + 4_694_024 - (1280 + 1) * 1000


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (32, 30, 3), (96, 96, 3)])
def test_small_images_are_enlarged_and_grey_ones_get_three_equal_channels(
    shape: tuple[int, int, int],
) -> None:
    facts = Facts("image", shape, "classification", 100, ("a", "b"))
    model = build(Transfer(), facts, initialise=False)
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    assert base.input_shape == (None, 96, 96, 3)
    given = keras.Model(model.input, model.layers[model.layers.index(base) - 1].output)
    image = np.random.default_rng(0).integers(0, 256, (1, *shape)).astype(np.float32)
    received = np.asarray(given(image))
    assert 0 <= received.min() <= received.max() <= 1
    assert received.mean() == pytest.approx(image.mean() / 255, abs=0.02)
    if shape[-1] == 1:
        assert np.ptp(received, axis=-1).max() == 0


@pytest.mark.parametrize("name", BACKBONES)
def test_fine_tuning_reaches_back_as_many_blocks_as_it_says(name: str) -> None:
    backbone = BACKBONES[name]
    most = next(c.le for c in FineTuning.model_fields["blocks"].metadata if hasattr(c, "le"))
    assert len(backbone.blocks) == most
    layers = backbone.features(96)
    kernels = [layer for layer in layers.layers if hasattr(layer, "kernel")]
    counts = [len(backbone.last(layers, count)) for count in range(1, most + 1)]
    assert counts == sorted(set(counts))
    assert backbone.last(layers, most) == kernels[1:]  # all but the first convolution
    assert kernels[-1] in backbone.last(layers, 1)


def test_what_is_thawed_learns_and_normalisation_stays_as_imagenet_left_it() -> None:
    network = Transfer(fine_tuning=FineTuning(blocks=1))
    model = build(network, SMALL)
    network.thaw(model)
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    learning = {layer.name for layer in base.layers if layer.trainable_variables}
    assert learning == {
        "blocks.15._expand_conv", "blocks.15._depthwise_conv", "blocks.15._project_conv",
        "conv_head",
    }  # fmt: skip
    before = {layer.name: layer.get_weights() for layer in base.layers}
    model.compile(keras.optimizers.SGD(1e-3), "sparse_categorical_crossentropy")
    images = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1)).astype(np.float32)
    model.train_on_batch(images, np.arange(8))
    changed = {
        layer.name
        for layer in base.layers
        for old, new in zip(before[layer.name], layer.get_weights(), strict=True)
        if not np.array_equal(old, new)
    }
    assert changed == learning
