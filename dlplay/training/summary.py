"""What a network costs, found by building it in a graph: nothing is allocated, however large."""

from __future__ import annotations

import math

import keras
import tensorflow as tf

from dlplay.architectures.layers import Layer, Network
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.layers import all_layers

_FLOAT_BYTES = 4
_SLOTS = {"adam": 2, "adamw": 2, "rmsprop": 1, "adagrad": 1}
"""Numbers an optimiser keeps per parameter; SGD keeps one with momentum."""


def summarise(experiment: Experiment, facts: Facts) -> Network:
    """The network's layers and the memory its training takes."""
    keras.utils.clear_session()  # layers are named by a counter: begin it anew
    with tf.Graph().as_default():
        model = experiment.architecture.build(
            facts, experiment.objective(facts), experiment.regularisation
        )
        layers = tuple(_layer(layer) for layer in all_layers(model))
        parameters = model.count_params()
    optimizer = experiment.training.optimizer
    slots = _SLOTS.get(optimizer.name, int(getattr(optimizer, "momentum", 0) > 0))
    activations = sum(math.prod(layer.output_shape) for layer in layers)
    batch = min(experiment.training.batch_size, facts.samples)
    # Forward values are kept for the backward pass, which makes gradients of the same size.
    numbers = parameters * (2 + slots) + 2 * activations * batch
    return Network(layers, parameters, numbers * _FLOAT_BYTES)


def _layer(layer: keras.Layer) -> Layer:
    shape = tuple(int(size) for size in layer.output.shape[1:])
    kernel = getattr(layer, "kernel", None)
    # A kernel is used once at every position of the output.
    flops = 2 * math.prod(kernel.shape) * math.prod(shape[:-1]) if kernel is not None else 0
    return Layer(layer.name, type(layer).__name__, shape, layer.count_params(), flops)
