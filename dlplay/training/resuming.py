"""What of a model must be kept to train on as if nothing was, and how it is put back.

Keras holds every random draw of training (dropout, augmentation) in variables of seed generators,
which belong to the model; the order of samples depends on seed and epoch alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import keras
import numpy as np
from numpy.typing import NDArray

from dlplay.errors import UserError
from dlplay.runs import Store

_POLL_SECONDS, _PATIENCE_SECONDS = 0.1, 60.0
"""How long a paused worker keeps its warm process for a run that may go on at once."""


def capture(model: keras.Model) -> dict[str, NDArray[np.generic]]:
    """Weights, states of random draws, and everything the optimiser remembers, by name."""
    return {name: np.array(variable) for name, variable in _named(model).items()}


def restore(model: keras.Model, arrays: dict[str, NDArray[np.generic]]) -> None:
    """Put back what `capture` gave; what the model has no place for is left out, so that a fork
    may add or leave out a layer without weights."""
    for name, variable in _named(model).items():
        kept = arrays.get(name)
        if kept is not None and tuple(kept.shape) == tuple(variable.shape):
            variable.assign(kept)


def size(model: keras.Model) -> int:
    """Bytes of what `capture` gives."""
    numbers = (np.prod(v.shape) * np.dtype(v.dtype).itemsize for v in _named(model).values())
    return int(sum(numbers))


def _named(model: keras.Model) -> dict[str, keras.Variable]:
    """Variables by their path; where several share one, numbered in the order they were made."""
    found: dict[str, keras.Variable] = {}
    for path, variable in _variables(model):
        name, number = f"v:{path}", 1
        while name in found:
            number += 1
            name = f"v:{path}#{number}"
        found[name] = variable
    return found


def _variables(model: keras.Model) -> Iterable[tuple[str, keras.Variable]]:
    yield from ((variable.path, variable) for variable in model.variables)
    for place, part in vars(model).items():  # a network may have one for each of its halves
        if isinstance(part, keras.Optimizer):
            # Keras names an optimiser by how many were made before: one for each stage.
            owner = f"{place}:{type(part).__name__}"
            for variable in part.variables:
                yield f"{owner}/{variable.path.partition('/')[2]}", variable


def wait_until_resumed(store: Store, run_id: str) -> bool:
    """Whether a paused run was resumed while this process waited for it.

    It waits a minute, and gives way at once to another run that is queued.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            state = store.get(run_id).state
        except UserError:  # deleted
            return False
        if state == "queued":
            return store.claim(run_id)
        others = [run for run in store.runs(("queued",)) if run.id != run_id]
        if state != "paused" or others:
            return False
        time.sleep(_POLL_SECONDS)
    return False
