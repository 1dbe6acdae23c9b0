"""What a network costs, known before it is trained: against Keras' own count and closed forms."""

from __future__ import annotations

import resource
from typing import Any

import keras
import numpy as np
import pytest

from dlplay.architectures import ARCHITECTURES
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.training.compiling import build_model
from dlplay.training.summary import summarise

pytestmark = pytest.mark.xdist_group("keras")

DIGITS = tuple("0123456789")
DATA = {
    "table": Facts("table", (4,), "classification", 150, ("a", "b", "c"), tuple("wxyz")),
    "image": Facts("image", (28, 28, 1), "classification", 5_000, DIGITS),
}
CASES = [
    (name, kind) for name, entry in ARCHITECTURES.items() for kind in DATA if kind in entry.kinds
]


def experiment(architecture: dict[str, Any], **values: Any) -> Experiment:
    """An experiment about its network."""
    return Experiment.parse({"dataset": {"name": "iris"}, "architecture": architecture, **values})


def leaves(model: keras.Model) -> list[keras.Layer]:
    """All layers, those of networks inside the network in their place."""
    return [
        leaf
        for layer in model.layers
        for leaf in (leaves(layer) if isinstance(layer, keras.Model) else [layer])
    ]


@pytest.mark.parametrize(("name", "kind"), CASES)
class TestEveryNetwork:
    """Against the network that is then built."""

    def test_parameters_and_shapes_are_those_of_the_model(self, name: str, kind: str) -> None:
        chosen = experiment({"name": name}, regularisation={"batch_norm": True, "dropout": 0.2})
        network = summarise(chosen, DATA[kind])
        model = build_model(chosen, DATA[kind], 100)
        assert network.parameters == model.count_params()
        assert sum(layer.parameters for layer in network.layers) == network.parameters
        assert [layer.kind for layer in network.layers] == [
            type(layer).__name__ for layer in model.layers
        ]
        assert [layer.output_shape for layer in network.layers] == [
            tuple(layer.output.shape[1:]) for layer in model.layers
        ]

    def test_arithmetic_is_two_operations_a_weight_and_position(
        self, name: str, kind: str
    ) -> None:
        chosen = experiment({"name": name})
        model = build_model(chosen, DATA[kind], 100)
        expected = 0
        for layer in leaves(model):
            if isinstance(layer, keras.layers.Dense):
                expected += 2 * int(np.prod(layer.kernel.shape))
            elif isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
                height, width = layer.output.shape[1:3]
                expected += 2 * int(np.prod(layer.kernel.shape)) * height * width
        assert summarise(chosen, DATA[kind]).flops == expected

    def test_memory_grows_with_the_batch_and_with_what_the_optimiser_keeps(
        self, name: str, kind: str
    ) -> None:
        def training_bytes(**training: Any) -> int:
            chosen = experiment({"name": name}, training=training)
            return summarise(chosen, DATA[kind]).training_bytes

        plain = training_bytes(optimizer={"name": "sgd"}, batch_size=8)
        network = summarise(experiment({"name": name}), DATA[kind])
        parameters = network.parameters - network.frozen_parameters
        with_momentum = training_bytes(optimizer={"name": "sgd", "momentum": 0.9}, batch_size=8)
        assert with_momentum - plain == 4 * parameters
        assert training_bytes(optimizer={"name": "adam"}, batch_size=8) - plain == 8 * parameters
        assert training_bytes(optimizer={"name": "sgd"}, batch_size=16) > plain


def test_the_memory_of_a_small_network_is_its_closed_form() -> None:
    """4 → 10 → 3: 83 numbers each for weights, gradients and Adam's two means; 17 values a sample,
    forward and back; four bytes each."""
    chosen = experiment({"name": "mlp", "units": [10]}, training={"batch_size": 16})
    assert summarise(chosen, DATA["table"]).training_bytes == 4 * (83 * 4 + 17 * 2 * 16)


def test_a_batch_is_no_larger_than_the_data() -> None:
    sizes = [
        summarise(experiment({"name": "mlp"}, training={"batch_size": size}), DATA["table"])
        for size in (149, 150, 151, 65_536)
    ]
    first, *others = (network.training_bytes for network in sizes)
    assert len(set(others)) == 1
    assert first < others[0]


def test_a_network_of_a_million_million_weights_is_summed_up_without_making_it() -> None:
    """Four terabytes; no machine these tests run on would live."""
    vast = Facts("table", (10_000_000,), "classification", 100, ("a", "b", "c"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    network = summarise(experiment({"name": "mlp", "units": [100_000]}), vast)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert network.parameters == (10_000_000 + 1) * 100_000 + (100_000 + 1) * 3
    assert network.training_bytes > 16e12
    assert after - before < 200_000  # kilobytes


def test_what_a_frozen_part_spares() -> None:
    """Of EfficientNet-Lite0 without its last layer nothing is learnt, unless it is fine-tuned."""
    head = (1280 + 1) * 10
    plain = summarise(experiment({"name": "transfer"}), DATA["image"])
    assert plain.parameters - plain.frozen_parameters == head
    forward = plain.flops - 2 * 1280 * 10
    assert plain.epoch_flops == 3 * 2 * 1280 * 10
    assert plain.once_flops == forward
    anew = summarise(
        experiment({"name": "transfer"}, regularisation={"augment": ["flip"]}), DATA["image"]
    )
    assert (anew.epoch_flops, anew.once_flops) == (plain.epoch_flops + forward, 0)
    tuning = {"name": "transfer", "fine_tuning": {"blocks": 1, "epochs": 3}}
    tuned = summarise(experiment(tuning), DATA["image"])
    assert tuned.once_flops == forward + 3 * 2 * forward
    assert tuned.frozen_parameters < plain.frozen_parameters
    assert tuned.training_bytes > plain.training_bytes
