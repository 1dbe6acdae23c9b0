"""What a frozen part of a network says of every sample: worked out once, and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import version

import keras
import numpy as np
import tensorflow as tf

from dlplay.cache import kept
from dlplay.datasets.base import Inputs
from dlplay.files import Arrays
from dlplay.training.engine import Array

_BATCH = 32

OnShare = Callable[[float], None]
"""Told which share is done, batch by batch; may raise to break off."""


def features(model: keras.Model, layer: str, inputs: Inputs, on_share: OnShare) -> Array:
    """The output of ``layer``, float32 ``(samples, …)``, as in `keras.Model.predict`.

    Kept under the checksum of layers, weights, inputs and versions.
    """
    part = keras.Model(model.input, model.get_layer(layer).output, name="frozen")

    def make() -> Arrays:
        return {"features": _work_out(part, inputs, on_share)}

    return kept(f"features-{_digest(part, inputs)}", make)["features"]


def head(model: keras.Model, layer: str) -> keras.Model:
    """The rest of the network, which takes the output of ``layer``; it shares its weights."""
    return keras.Model(model.get_layer(layer).output, model.output, name="head")


def _work_out(part: keras.Model, inputs: Inputs, on_share: OnShare) -> Array:
    answer = tf.function(
        lambda batch: part(tf.cast(batch, tf.float32), training=False), reduce_retracing=True
    )
    parts = []
    for start in range(0, len(inputs), _BATCH):
        on_share(start / len(inputs))
        parts.append(answer(tf.constant(inputs[start : start + _BATCH])).numpy())
    return np.concatenate(parts)


def _digest(part: keras.Model, inputs: Inputs) -> str:
    """All that the features depend on."""
    digest = hashlib.sha256(part.to_json().encode())
    for array in (*part.get_weights(), inputs):
        digest.update(repr((array.shape, array.dtype)).encode())
        digest.update(np.ascontiguousarray(array).data)
    for package in ("keras", "tensorflow"):
        digest.update(version(package).encode())
    return digest.hexdigest()
