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
    architecture = experiment.architecture
    with tf.Graph().as_default():
        model = architecture.build(facts, experiment.objective(facts), experiment.regularisation)
        spared, once = _frozen_flops(model, experiment)
        architecture.thaw(model)
        layers = tuple(_layer(layer) for layer in model.layers)
        parameters = model.count_params()
        frozen = parameters - _learnt(model) if architecture.frozen else 0
        activations = _activations(model, bool(frozen))
    optimizer = experiment.training.optimizer
    slots = _SLOTS.get(optimizer.name, int(getattr(optimizer, "momentum", 0) > 0))
    batch = min(experiment.training.batch_size, facts.samples)
    # Forward values are kept for the backward pass, which makes gradients of the same size.
    numbers = parameters + (parameters - frozen) * (1 + slots) + 2 * activations * batch
    return Network(layers, parameters, numbers * _FLOAT_BYTES, frozen, spared, once)


def _layer(layer: keras.Layer) -> Layer:
    return Layer(
        layer.name, type(layer).__name__, _shape(layer), layer.count_params(), _flops(layer)
    )


def _shape(layer: keras.Layer) -> tuple[int, ...]:
    return tuple(int(size) for size in layer.output.shape[1:])


def _leaves(layer: keras.Layer) -> list[keras.Layer]:
    """The layers of a network, those of networks inside it in their place."""
    if isinstance(layer, keras.Model):
        return [leaf for inner in layer.layers for leaf in _leaves(inner)]
    return [layer]


def _flops(layer: keras.Layer) -> int:
    """A kernel is used once at every position of the output."""
    return sum(
        2 * math.prod(leaf.kernel.shape) * math.prod(_shape(leaf)[:-1])
        for leaf in _leaves(layer)
        if hasattr(leaf, "kernel")
    )


def _learnt(model: keras.Model) -> int:
    """Numbers that training changes; those that normalisation measures are among them."""
    leaves = [leaf for leaf in _leaves(model) if leaf.trainable]
    return sum(leaf.count_params() for leaf in leaves)


def _activations(model: keras.Model, has_frozen: bool) -> int:
    """Values of a sample that are in memory at once: those behind the first layer that learns,
    and the largest two of the frozen ones before it."""
    leaves = _leaves(model)
    first = 0
    if has_frozen:
        learning = (i for i, leaf in enumerate(leaves) if leaf.weights and leaf.trainable)
        first = next(learning, len(leaves))
    sizes = [math.prod(_shape(leaf)) for leaf in leaves]
    return sum(sizes[first:]) + sum(sorted(sizes[:first])[-2:])


def _frozen_flops(model: keras.Model, experiment: Experiment) -> tuple[int, int]:
    """Arithmetic of a sample that an epoch is spared, and that is done once for all epochs."""
    architecture = experiment.architecture
    if not architecture.frozen:
        return 0, 0
    end = [layer.name for layer in model.layers].index(architecture.frozen)
    forward = sum(_flops(layer) for layer in model.layers[:end])
    is_kept = not experiment.regularisation.augment
    tuning = architecture.tuning()
    # Fine-tuning goes forward through everything, and back through a part: twice the forward cost
    # at the least.
    tuned = 2 * forward * tuning.epochs if tuning else 0
    return (3 if is_kept else 2) * forward, (forward if is_kept else 0) + tuned
