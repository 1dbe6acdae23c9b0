"""Tree-LSTM's sides: our layer over a whole batch, and the same cell called node by node.

The loop is what a program without batching does: Python walks each tree, every node is a few
eager operations on ``(1, units)`` tensors, a tape records them, and one optimiser step follows a
batch. Both sides begin from equal weights and see equal batches. Keras is imported inside the
functions: only the processes of `sides` need it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.fitting import Task
from benchmarks.sides import Figures, Measure

_PRESET = "listops-tree-lstm"
_TREES = 64
"""Trees of a step of the loop; ours takes the preset's batches."""


def tree_engine() -> Measure:
    """Ours: an epoch of the engine."""
    from dlplay.training.engine import Engine

    task = Task(_PRESET)
    one = task.validation[0][:1], task.validation[1][:1]
    size = task.experiment.training.batch_size
    engine = Engine(task.model(), task.train, one, batch_size=size)
    epochs = iter(range(1_000_000))

    def measure() -> Figures:
        start = time.perf_counter()
        for _ in engine.run_epoch(next(epochs)):
            pass
        return {"trees_per_second": len(task.train[0]) / (time.perf_counter() - start)}

    measure()
    return measure


def tree_loop() -> Measure:
    """Node by node, eagerly, one step of `_TREES` trees."""
    import tensorflow as tf

    task = Task(_PRESET)
    model = task.model()
    step = eager_step(model, tf)

    def measure() -> Figures:
        start = time.perf_counter()
        step(task.train[0][:_TREES], task.train[1][:_TREES])
        return {"trees_per_second": _TREES / (time.perf_counter() - start)}

    measure()
    return measure


def eager_step(model: Any, tf: Any) -> Callable[[Any, Any], float]:
    """A training step on trees as arrays, every node on its own; the loss before it."""
    words, nodes, output = (model.get_layer(name) for name in ("words", "nodes", "output"))
    loss_of = tf.keras.losses.SparseCategoricalCrossentropy()

    def state(rows: Any, place: int) -> Any:
        token, *below = rows[place - 1].tolist()
        x = words(tf.constant([[token]]))
        children = [state(rows, child) for child in below if child]
        return nodes.inner(x, tf.stack(children, axis=2)) if children else nodes.leaves(x)

    def step(trees: Any, targets: Any) -> float:
        with tf.GradientTape() as tape:
            roots = [state(rows, int((rows[:, 0] > 0).nonzero()[0][-1]) + 1) for rows in trees]
            answers = [output(root[:, 0, : nodes.units]) for root in roots]
            loss = loss_of(targets, tf.concat(answers, axis=0))
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return float(loss)

    return step
