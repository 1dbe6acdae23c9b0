"""The drawing of a network, by what is in it."""

from __future__ import annotations

import pytest

from dlplay.architectures.figures import diagram_info, layer_title, plot_diagram
from dlplay.architectures.layers import Layer, Network


def layer(kind: str, *shape: int, parameters: int = 0, flops: int = 0) -> Layer:
    """A layer."""
    return Layer(kind.lower(), kind, shape, parameters, flops)


NETWORK = [
    layer("InputLayer", 28, 28, 1),
    layer("Rescaling", 28, 28, 1),
    layer("Conv2D", 26, 26, 32, parameters=320, flops=389_376),
    layer("MaxPooling2D", 13, 13, 32),
    layer("Flatten", 5_408),
    layer("Dense", 10, parameters=54_090, flops=108_160),
]


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("Conv2D", "Convolution"), ("Dense", "Dense"), ("LeakyReLU", "Leaky ReLU"),
        ("RandomFlip", "Random flip"), ("RandomTranslation", "Random translation"),
        ("GlobalAveragePooling2D", "Global average pooling 2D"),
        ("SimpleRNN", "Simple RNN"), ("LSTM", "LSTM"), ("DepthwiseConv2D", "Depthwise conv 2D"),
        ("EinsumDense", "Einsum dense"),
    ],
)  # fmt: skip
def test_a_layer_has_a_title_as_people_say_it(kind: str, title: str) -> None:
    assert layer_title(layer(kind, 1)) == title


def test_every_layer_is_a_box_with_its_shape_and_parameters() -> None:
    boxes = diagram_info(NETWORK)
    assert [box.shape for box in boxes] == [
        "28×28×1", "28×28×1", "26×26×32", "13×13×32", "5408", "10",
    ]  # fmt: skip
    assert [box.parameters for box in boxes] == [0, 0, 320, 0, 0, 54_090]


def test_more_pixels_or_units_are_taller_and_more_channels_wider() -> None:
    image, _, convolution, pooled, flat, output = diagram_info(NETWORK)
    assert image.height > convolution.height > pooled.height
    assert convolution.width == pooled.width > image.width
    assert flat.height > output.height


def test_a_drawing_says_how_many_boxes_it_left_out() -> None:
    figure = plot_diagram([layer("Dense", 8)] * 30)
    assert len(figure.data) == 24
    assert any(note.text == "… 6 more" for note in figure.layout.annotations)


def test_the_cost_of_a_network_survives_the_way_through_the_store() -> None:
    network = Network(tuple(NETWORK), 54_410, 123_456)
    assert Network.from_values(network.to_values()) == network
    assert network.flops == 389_376 + 108_160
