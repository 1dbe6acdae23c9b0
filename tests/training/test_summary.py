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
from dlplay.layers import all_layers
from dlplay.training.compiling import build_model
from dlplay.training.summary import summarise
from tests.architectures.narrow import narrow

pytestmark = pytest.mark.xdist_group("training-summary")

DIGITS = tuple("0123456789")
DATA = {
    "table": Facts("table", (4,), "classification", 150, ("a", "b", "c"), tuple("wxyz")),
    "image": Facts("image", (28, 28, 1), "classification", 5_000, DIGITS),
    "text": Facts("text", (30,), "classification", 500, DIGITS, vocabulary=tuple("abcdefghij")),
    "characters": Facts(
        "characters", (30,), "next character", 500, vocabulary=tuple("abcdefghij")
    ),
}
CASES = [
    (name, kind) for name, entry in ARCHITECTURES.items() for kind in DATA if kind in entry.kinds
]


def experiment(architecture: dict[str, Any], **values: Any) -> Experiment:
    """An experiment about its network."""
    return Experiment.parse({"dataset": {"name": "iris"}, "architecture": architecture, **values})


def listed(model: keras.Model, chosen: Experiment) -> list[keras.Layer]:
    """The layers of the table: a frozen network within the network is one of them."""
    return model.layers if chosen.architecture.frozen_part else all_layers(model)


@pytest.mark.parametrize(("name", "kind"), CASES)
class TestEveryNetwork:
    """Against the network that is then built."""

    def test_parameters_and_shapes_are_those_of_the_model(self, name: str, kind: str) -> None:
        chosen = experiment(narrow(name), regularisation={"batch_norm": True, "dropout": 0.2})
        network = summarise(chosen, DATA[kind])
        model = build_model(chosen, DATA[kind], 100)
        assert network.parameters == model.count_params()
        assert sum(layer.parameters for layer in network.layers) == network.parameters
        assert [layer.kind for layer in network.layers] == [
            type(layer).__name__ for layer in listed(model, chosen)
        ]
        assert [layer.output_shape for layer in network.layers] == [
            tuple(layer.output.shape[1:]) for layer in listed(model, chosen)
        ]

    def test_arithmetic_is_two_operations_a_weight_and_position(
        self, name: str, kind: str
    ) -> None:
        chosen = experiment(narrow(name))
        model = build_model(chosen, DATA[kind], 100)
        expected = 0
        for layer in all_layers(model):
            if isinstance(layer, keras.layers.Dense):
                places = int(np.prod(layer.output.shape[1:-1]))
                expected += 2 * int(np.prod(layer.kernel.shape)) * places
            elif isinstance(layer, keras.layers.RNN):
                steps, size = layer.input.shape[1:]
                gates = layer.cell.recurrent_kernel.shape[1]
                expected += 2 * steps * (size + layer.units) * gates
            elif isinstance(layer, keras.layers.MultiHeadAttention):
                steps, size = layer.output.shape[1:]
                inner = layer.num_heads * layer.key_dim
                expected += 2 * steps * 4 * size * inner + 2 * 2 * steps * steps * inner
            elif isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
                height, width = layer.output.shape[1:3]
                expected += 2 * int(np.prod(layer.kernel.shape)) * height * width
        assert summarise(chosen, DATA[kind]).flops == expected

    def test_memory_grows_with_the_batch_and_with_what_the_optimiser_keeps(
        self, name: str, kind: str
    ) -> None:
        def training_bytes(**training: Any) -> int:
            chosen = experiment(narrow(name), training=training)
            return summarise(chosen, DATA[kind]).training_bytes

        plain = training_bytes(optimizer={"name": "sgd"}, batch_size=8)
        network = summarise(experiment(narrow(name)), DATA[kind])
        parameters = network.parameters - network.frozen_parameters
        normalising = [la for la in network.layers if la.kind == "BatchNormalization"]
        parameters -= sum(la.parameters for la in normalising) // 2  # measured, not learnt
        with_momentum = training_bytes(optimizer={"name": "sgd", "momentum": 0.9}, batch_size=8)
        assert with_momentum - plain == 4 * parameters
        assert training_bytes(optimizer={"name": "adam"}, batch_size=8) - plain == 8 * parameters
        assert training_bytes(optimizer={"name": "sgd"}, batch_size=16) > plain


def test_frozen_weights_take_no_gradients_and_no_optimiser() -> None:
    """100 words of 32 numbers each, for Adam: one copy in place of four."""
    facts = Facts("text", (30,), "classification", 500, DIGITS, vocabulary=("word",) * 100)
    sizes = [
        summarise(experiment({"name": "gru", "frozen": frozen}), facts).training_bytes
        for frozen in (False, True)
    ]
    assert sizes[0] - sizes[1] == 4 * 3 * 100 * 32


def test_a_recurrent_layer_keeps_gates_and_state_of_every_step() -> None:
    """7 words of 4 numbers, GRU of 5: 3·5 gates, state and output; then 10 answers; there and
    back."""
    facts = Facts("text", (7,), "classification", 500, DIGITS, vocabulary=("word",) * 3)
    chosen = experiment(
        {"name": "gru", "units": [5], "embedding_size": 4},
        training={"batch_size": 1, "optimizer": {"name": "sgd"}},
    )
    network = summarise(chosen, facts)
    kept = 7 + 7 * 4 + 7 * (3 * 5 + 2 * 5) + 10
    assert network.training_bytes == 4 * (2 * network.parameters + 2 * kept)


def test_both_directions_cost_twice() -> None:
    facts = Facts("text", (7,), "classification", 500, DIGITS, vocabulary=("word",) * 3)
    one, both = (
        summarise(experiment({"name": "lstm", "bidirectional": flag}), facts).layers[2]
        for flag in (False, True)
    )
    assert both.flops == 2 * one.flops


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
