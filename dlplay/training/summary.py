"""What a network costs, found by building it in a graph: nothing is allocated, however large."""

from __future__ import annotations

import math

import keras
import tensorflow as tf

from dlplay.architectures.layers import Layer, Network
from dlplay.datasets import Facts
from dlplay.experiment import Experiment

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
        layers = tuple(_layer(layer) for layer in model.layers)
        parameters = model.count_params()
        trained = sum(math.prod(weights.shape) for weights in model.trainable_variables)
        activations = sum(_kept(layer) for layer in model.layers)
    optimizer = experiment.training.optimizer
    slots = _SLOTS.get(optimizer.name, int(getattr(optimizer, "momentum", 0) > 0))
    batch = min(experiment.training.batch_size, facts.samples)
    # Forward values are kept for the backward pass, which makes gradients of the same size.
    numbers = parameters + trained * (1 + slots) + 2 * activations * batch
    return Network(layers, parameters, numbers * _FLOAT_BYTES)


def _layer(layer: keras.Layer) -> Layer:
    return Layer(
        layer.name, type(layer).__name__, _shape(layer), layer.count_params(), _flops(layer)
    )


def _shape(layer: keras.Layer) -> tuple[int, ...]:
    """Of the output of one sample."""
    return tuple(int(size) for size in layer.output.shape[1:])


def _flops(layer: keras.Layer) -> int:
    """Multiplications and additions of one sample's forward pass."""
    if isinstance(layer, keras.layers.Bidirectional):
        steps = int(layer.input.shape[1])
        return sum(_step_flops(one) * steps for one in (layer.forward_layer, layer.backward_layer))
    if isinstance(layer, keras.layers.RNN):
        return _step_flops(layer) * int(layer.input.shape[1])
    if isinstance(layer, keras.layers.MultiHeadAttention):
        kernels = [w for w in layer.trainable_variables if w.name == "kernel"]
        steps, _ = _shape(layer)
        scores = steps * steps * layer.num_heads * (layer.key_dim + layer.value_dim)
        return int(2 * (sum(math.prod(w.shape) for w in kernels) * steps + scores))
    kernel = getattr(layer, "kernel", None)
    # A kernel is used once at every position of the output.
    flops = (
        2 * math.prod(kernel.shape) * math.prod(_shape(layer)[:-1]) if kernel is not None else 0
    )
    flops = getattr(layer, "flops", flops)  # a layer of our own may know better
    return int(flops)


def _step_flops(layer: keras.layers.RNN) -> int:
    """Of one step of a recurrent layer."""
    kernels = layer.cell.kernel, layer.cell.recurrent_kernel
    return int(2 * sum(math.prod(kernel.shape) for kernel in kernels))


def _kept(layer: keras.Layer) -> int:
    """Numbers of one sample that wait for the backward pass."""
    if isinstance(layer, keras.layers.Bidirectional):
        return sum(
            _gates(one) * int(layer.input.shape[1])
            for one in (layer.forward_layer, layer.backward_layer)
        )
    if isinstance(layer, keras.layers.RNN):
        return _gates(layer) * int(layer.input.shape[1])
    if isinstance(layer, keras.layers.MultiHeadAttention):
        steps, width = _shape(layer)
        inner = layer.num_heads * (2 * layer.key_dim + 2 * layer.value_dim)
        return int(steps * (width + inner + 2 * layer.num_heads * steps))
    return math.prod(_shape(layer))


def _gates(layer: keras.layers.RNN) -> int:
    """Gates, state and output of one step of a recurrent layer."""
    return int(layer.cell.recurrent_kernel.shape[1]) + 2 * int(layer.units)
