"""How fast this machine trains: one tiny network for what a step costs, one CNN for arithmetic."""

from __future__ import annotations

import time

import keras
import numpy as np
import tensorflow as tf

from dlplay.datasets import Facts, split_samples
from dlplay.experiment import Experiment
from dlplay.runs.pace import Pace
from dlplay.training.compiling import build_model
from dlplay.training.engine import Engine
from dlplay.training.summary import summarise

_CLASSES = tuple("0123456789")


def device_name() -> str:
    """What the pace depends on: the device and the version of the framework."""
    gpus = tf.config.list_physical_devices("GPU")
    return f"{'GPU' if gpus else 'CPU'} · TensorFlow {tf.__version__}"


def warm_up() -> None:
    """Split a dataset and train something tiny, so that the first run does not pay for what loads
    on first use."""
    iris = _experiment("mlp").dataset
    split_samples(iris, iris.load(), seed=0)
    _step_seconds(16)


def measure() -> Pace:
    """The pace of this machine, from random data; takes some seconds."""
    start_seconds, step_seconds = _step_seconds(3_200)
    image = Facts("image", (28, 28, 1), "classification", 768, _CLASSES)
    experiment = _experiment("cnn-small", batch_size=64, epochs=2)
    network = summarise(experiment, image)
    inputs = np.zeros((768, 28, 28, 1), np.uint8)
    _, seconds = _time_epochs(experiment, image, inputs)
    computing = max(seconds - 12 * step_seconds, 1e-3)
    return Pace(step_seconds, 3 * network.flops * 768 / computing, start_seconds)


def _step_seconds(samples: int) -> tuple[float, float]:
    """Seconds to the first step of a tiny network, and seconds a step from then on."""
    facts = Facts("table", (4,), "classification", samples, _CLASSES)
    experiment = _experiment("mlp", batch_size=16, epochs=2)
    inputs = np.zeros((samples, 4), np.float32)
    start, epoch = _time_epochs(experiment, facts, inputs)
    return start, epoch / (samples / 16)


def _time_epochs(experiment: Experiment, facts: Facts, inputs: np.ndarray) -> tuple[float, float]:
    """Seconds of the first and of the second epoch, building included in the first."""
    data = inputs, np.zeros(len(inputs), np.int32)
    start = time.perf_counter()
    model = build_model(experiment, facts, len(inputs))
    part = data[0][:16], data[1][:16]
    engine = Engine(model, data, part, batch_size=experiment.training.batch_size)
    _run(engine, 0)
    first = time.perf_counter()
    _run(engine, 1)
    second = time.perf_counter()
    keras.backend.clear_session()
    return first - start, second - first


def _run(engine: Engine, epoch: int) -> None:
    for _ in engine.run_epoch(epoch):
        pass


def _experiment(architecture: str, **training: int) -> Experiment:
    return Experiment.parse(
        {
            "dataset": {"name": "iris"},
            "architecture": {"name": architecture},
            "training": training,
        }
    )
