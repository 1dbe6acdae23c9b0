"""What an ended run's network says of the test set, worked out once for all views that ask."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlplay.datasets.base import Inputs
from dlplay.files import Arrays
from dlplay.views.base import Subject

_BATCH = 256


@lru_cache(maxsize=1)
def answers(subject: Subject) -> NDArray[np.float32]:
    """The network's output for every sample of the test set, ``(samples, units)``; the network
    must not change any more."""
    said = ask_network(subject)
    inputs = subject.split.test.inputs
    parts = [said(inputs[i : i + _BATCH]) for i in range(0, len(inputs), _BATCH)]
    return np.concatenate(parts)


def ask_network(subject: Subject) -> Callable[[Inputs], NDArray[np.float32]]:
    """The network as a function of inputs as the split holds them."""
    import tensorflow as tf

    inputs, model = subject.split.test.inputs, subject.model
    # A saved network would be compiled by XLA in `predict`, which takes minutes on a CPU.
    signature = tf.TensorSpec([None, *inputs.shape[1:]], inputs.dtype)
    call = tf.function(lambda batch: model(as_input(batch), training=False), [signature])
    return lambda batch: np.asarray(call(tf.constant(batch)), np.float32)


def as_input(batch: Any) -> Any:
    """Pixels as floats; words and numbers as they are."""
    import tensorflow as tf

    return tf.cast(batch, tf.float32) if batch.dtype == tf.uint8 else batch


def probabilities(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """The probability of every class, ``(samples, classes)``; one unit speaks for two classes."""
    if outputs.shape[-1] > 1:
        return outputs
    return np.concatenate([1 - outputs, outputs], axis=-1)


def losses(subject: Subject) -> NDArray[np.float32]:
    """The loss of every test sample, without what regularisation adds."""
    import keras

    objective = subject.experiment.objective(subject.split.facts)
    test = subject.split.test
    found = keras.losses.get(objective.loss)(
        objective.encode(test.inputs, test.targets), answers(subject)
    )
    return np.asarray(found, np.float32)


def in_units(subject: Subject, values: NDArray[Any]) -> NDArray[np.float32]:
    """A regression's values in the unit of its target."""
    scaling = subject.split.target_scaling
    plain = values if scaling is None else values * scaling.deviation + scaling.mean
    return np.asarray(plain, np.float32)


def judged_classes(subject: Subject) -> Arrays:
    """Of every test sample: its ``rows`` number in the dataset, its class (``truth``), the class
    it was taken for (``said``) and how surely (``confidence``); and the names of all classes."""
    said = probabilities(answers(subject))
    return {
        "rows": subject.split.rows["test"],
        "truth": np.asarray(subject.split.test.targets),
        "said": said.argmax(axis=-1),
        "confidence": said.max(axis=-1),
        "class_names": np.array(subject.samples.class_names, np.str_),
    }
