"""Views of image networks: pictures, feature maps, reconstructions, decoded points, samples."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from dlplay.datasets import split_samples
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.training.compiling import build_model
from dlplay.views import VIEWS, Subject
from dlplay.views.decode import Decode
from dlplay.views.feature_maps import FeatureMaps
from dlplay.views.latent_plane import LatentPlane
from dlplay.views.pictures import as_pixels, sheet, stretched
from dlplay.views.reconstructions import Reconstructions
from dlplay.views.sample import Sample, walk

pytestmark = pytest.mark.xdist_group("views-images")

FLAT = {"name": "autoencoder", "units": [8]}


def subject(architecture: dict[str, Any], dataset: str = "digits") -> Subject:
    """A fresh network on small digits."""
    experiment = Experiment.parse({"dataset": {"name": dataset}, "architecture": architecture})
    samples = experiment.dataset.load()
    split = split_samples(experiment.dataset, samples, experiment.seed)
    return Subject(experiment, build_model(experiment, split.facts, 100), split, samples)


def fits(view: str, architecture: dict[str, Any], dataset: str = "digits") -> bool:
    """Whether a view looks at such a run."""
    experiment = Experiment.parse({"dataset": {"name": dataset}, "architecture": architecture})
    return VIEWS[view].fits(experiment, experiment.dataset.facts())


def test_a_sheet_has_a_line_between_pictures_and_rows_as_asked() -> None:
    images = np.arange(5, dtype=np.uint8).repeat(4).reshape(5, 2, 2, 1)
    found = sheet(images, columns=3)[..., 0]
    assert found.shape == (7, 10)
    assert found[1, 1::3].tolist() == [0, 1, 2]
    assert found[4, 1::3].tolist() == [3, 4, 128]
    assert set(found[0]) == set(found[3]) == {128}


def test_pixels_are_cut_off_and_stretched_over_the_whole_range() -> None:
    assert as_pixels(np.array([-3.0, 0.4, 254.6, 300.0])).tolist() == [0, 0, 255, 255]
    assert stretched(np.array([-1.0, 0.0, 1.0])).tolist() == [0, 128, 255]
    assert stretched(np.zeros(3)).tolist() == [128] * 3


def test_maps_are_the_convolution_of_the_image_worked_out_by_hand() -> None:
    """The brightest place of each map is where a loop over the image finds the largest sum."""
    seen = subject({"name": "lenet-5", "padding": "same"})
    arrays = FeatureMaps(sample=3, layer=1).watch(seen)()
    kernel = np.asarray(seen.model.layers[2].kernel)
    image = np.pad(seen.split.test.inputs[2].astype(float) / 255, ((2, 2), (2, 2), (0, 0)))
    by_hand = np.zeros((8, 8, 6))
    for row, column in np.ndindex(8, 8):
        window = image[row : row + 5, column : column + 5]
        by_hand[row, column] = np.maximum((window[..., np.newaxis] * kernel).sum((0, 1, 2)), 0)
    zoom, tile = 4, 8 * 4 + 3
    for index in range(6):
        if by_hand[..., index].max() > 0:
            drawn = arrays["maps"][3:-3, 3 + index * tile :, 0][
                : 8 * zoom : zoom, : 8 * zoom : zoom
            ]
            expected = 255 * by_hand[..., index] / by_hand[..., index].max()
            low = by_hand[..., index].min() / by_hand[..., index].max()
            np.testing.assert_allclose(drawn, (expected - 255 * low) / (1 - low), atol=1)
    np.testing.assert_array_equal(arrays["image"], seen.split.test.inputs[2])
    assert arrays["counts"].tolist() == [2, 6, 8, 8]


@pytest.mark.parametrize(
    "architecture",
    [
        {"name": "cnn-small", "padding": "same"},
        {"name": "resnet-50", "width_multiplier": 0.0625},
        {"name": "gan", "units": [4, 4]},
        {"name": "autoencoder", "layers": "convolutional", "units": [4, 4]},
    ],
    ids=lambda values: str(values["name"]),
)
def test_every_convolution_of_any_image_network_can_be_looked_into(
    architecture: dict[str, Any],
) -> None:
    assert fits("feature-maps", architecture)
    seen = subject(architecture)
    count = int(FeatureMaps().watch(seen)()["counts"][0])
    assert count >= 2
    arrays = FeatureMaps(layer=count).watch(seen)()
    text, *figures = FeatureMaps().panels(arrays, 1)
    assert f"Convolution {count} of {count}" in text.text
    assert len(figures) == 3
    with pytest.raises(UserError, match=f"from 1 to {count}"):
        FeatureMaps(layer=count + 1).watch(seen)
    with pytest.raises(UserError, match="test sample from 1 to"):
        FeatureMaps(sample=99_999).watch(seen)


def test_a_network_without_convolutions_has_no_feature_maps() -> None:
    assert not fits("feature-maps", {"name": "mlp"})
    assert not fits("feature-maps", FLAT)
    assert not fits("feature-maps", {"name": "gan"}, "ring")


def test_reconstructions_are_the_networks_own_under_images_it_never_trains_on() -> None:
    seen = subject(FLAT)
    drawn = Reconstructions().watch(seen)()["sheet"][..., 0]
    step = 8 + 1
    originals, rebuilt = (drawn[1 + row * step :][:8, 1:9] for row in (0, 1))
    held_back = seen.samples.inputs[seen.split.rows["validation"]]
    match = np.flatnonzero((held_back[..., 0] == originals).all(axis=(1, 2)))
    answer = np.asarray(seen.model(held_back[match[:1]].astype(np.float32)))
    np.testing.assert_array_equal(rebuilt, as_pixels(255 * answer).reshape(8, 8))


def test_the_latent_plane_is_for_a_bottleneck_of_two() -> None:
    assert fits("latent-plane", FLAT)
    assert fits("latent-plane", FLAT, "iris")
    assert not fits("latent-plane", FLAT | {"bottleneck": 3})
    assert not fits("decode", FLAT, "iris")  # a row of numbers is no picture
    seen = subject(FLAT)
    codes = LatentPlane().watch(seen)()["codes"]
    encoder = seen.model.get_layer("encoder")
    inputs = seen.split.validation.inputs.astype(np.float32)
    np.testing.assert_allclose(codes, encoder(inputs), atol=1e-6)


def test_a_chosen_point_is_decoded_and_a_click_can_choose_it() -> None:
    seen = subject(FLAT)
    arrays = Decode(x=0.5, y=-2.0).watch(seen)()
    point = keras.ops.convert_to_tensor([[0.5, -2.0]])
    expected = as_pixels(255 * np.asarray(seen.model.get_layer("decoder")(point)))
    np.testing.assert_array_equal(arrays["image"], expected.reshape(8, 8, 1))
    plane, image, _ = Decode().panels(arrays, 1)
    assert plane.clicks == ("x", "y")
    assert image.figure is not None
    assert "0.50, -2.00" in image.figure.layout.title.text


def test_equal_seeds_give_equal_samples_and_a_walk_ends_at_both() -> None:
    seen = subject({"name": "gan", "units": [4, 4]})
    first, again, other = (Sample(seed=s, towards=9).watch(seen)()["sheet"] for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    random = np.random.default_rng(0)
    start, goal = random.normal(size=(2, 500)).astype(np.float32)
    steps = walk(start, goal, 7)
    np.testing.assert_allclose(steps[[0, -1]], [start, goal], atol=1e-5)
    lengths = np.linalg.norm(steps, axis=1)
    assert lengths.min() > 0.9 * min(lengths[0], lengths[-1])  # never shorter than noise is
    np.testing.assert_allclose(walk(start, start, 3), [start] * 3, atol=1e-5)
