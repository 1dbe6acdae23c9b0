"""A small run in this process, for tests of what is seen of it."""

from __future__ import annotations

from typing import Any

from dlplay.experiment import Experiment
from dlplay.files import Arrays
from dlplay.runs import Run, Store
from dlplay.views import VIEWS, Snapshots, View


def experiment(dataset: str, architecture: dict[str, Any], **training: Any) -> Experiment:
    """A few epochs of a network."""
    return Experiment.parse(
        {
            "dataset": {"name": dataset},
            "architecture": architecture,
            "training": {"epochs": 3, **training},
        }
    )


def trained(store: Store, wanted: Experiment) -> Run:
    """The run, at its end."""
    from dlplay.training.trainer import train

    run = store.create(wanted)
    assert store.claim(run.id)
    return train(store, run)


def seen(run: Run, name: str) -> tuple[View, int, Arrays]:
    """A view, and what it saw last: the epoch and the arrays."""
    found = Snapshots(run.folder, name).latest()
    assert found is not None
    return VIEWS[name].model_validate({"name": name}), *found
