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
    # Layers are named by a counter: begin it anew.
    keras.utils.clear_session(free_memory=False)
    architecture = experiment.architecture
    with tf.Graph().as_default():
        model = architecture.build(facts, experiment.objective(facts), experiment.regularisation)
        spared, once = _frozen_flops(model, experiment)
        architecture.thaw(model)
        # A part that comes as a whole is one row.
        rows = model.layers if architecture.frozen_part else all_layers(model)
        layers = tuple(_layer(layer) for layer in rows)
        parameters = model.count_params()
        trained = sum(math.prod(weights.shape) for weights in model.trainable_variables)
        frozen = parameters - _learnt(model) if architecture.frozen_part else 0
        activations = _activations(model, bool(frozen))
    optimizer = experiment.training.optimizer
    slots = _SLOTS.get(optimizer.name, int(getattr(optimizer, "momentum", 0) > 0))
    batch = min(experiment.training.batch_size, facts.samples)
    # Forward values are kept for the backward pass, which makes gradients of the same size.
    numbers = parameters + trained * (1 + slots) + 2 * activations * batch
    return Network(layers, parameters, numbers * _FLOAT_BYTES, frozen, spared, once)


def _layer(layer: keras.Layer) -> Layer:
    return Layer(
        layer.name, type(layer).__name__, _shape(layer), layer.count_params(), _flops(layer)
    )


def _shape(layer: keras.Layer) -> tuple[int, ...]:
    """Of the output of one sample."""
    return tuple(int(size) for size in layer.output.shape[1:])


def _flops(layer: keras.Layer) -> int:
    """Multiplications and additions of one sample's forward pass."""
    if isinstance(layer, keras.Model):
        return sum(_flops(inner) for inner in all_layers(layer))
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
    return 2 * sum(int(math.prod(kernel.shape)) for kernel in kernels)


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


def _learnt(model: keras.Model) -> int:
    """Numbers that training changes; those that normalisation measures are among them."""
    return sum(layer.count_params() for layer in all_layers(model) if layer.trainable)


def _activations(model: keras.Model, has_frozen: bool) -> int:
    """Values of a sample that are in memory at once: those behind the first layer that learns,
    and the largest two of the frozen ones before it."""
    if not has_frozen:
        return sum(_kept(layer) for layer in model.layers)
    layers = all_layers(model)
    learning = (i for i, layer in enumerate(layers) if layer.weights and layer.trainable)
    first = next(learning, len(layers))
    sizes = [_kept(layer) for layer in layers]
    return sum(sizes[first:]) + sum(sorted(sizes[:first])[-2:])


def _frozen_flops(model: keras.Model, experiment: Experiment) -> tuple[int, int]:
    """Arithmetic of a sample that an epoch is spared, and that is done once for all epochs."""
    architecture = experiment.architecture
    if not architecture.frozen_part:
        return 0, 0
    end = [layer.name for layer in model.layers].index(architecture.frozen_part)
    forward = sum(_flops(layer) for layer in model.layers[:end])
    is_kept = not experiment.regularisation.augment
    tuning = architecture.tuning()
    # Fine-tuning goes forward through everything, and back through a part: twice the forward cost
    # at the least.
    tuned = 2 * forward * tuning.epochs if tuning else 0
    return (3 if is_kept else 2) * forward, (forward if is_kept else 0) + tuned
