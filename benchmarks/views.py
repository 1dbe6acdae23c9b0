"""What looking inside the network costs: whole runs with the views of the training, and without.

The same preset through the trainer, a fresh process for every measurement, in turn; seconds of
training as a run reports them, tracing included.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fitting import warm_up
from benchmarks.sides import Figures, Measure, fresh_turns
from benchmarks.table import Row
from dlplay.presets import PRESETS

_ROUNDS = 5
_LIMIT = 0.10


def rows() -> Iterator[Row]:
    """A tiny network, and one of convolutions."""
    taken = fresh_turns({"on": looked_at, "off": left_alone}, _ROUNDS)
    for preset in taken["on"]:
        with_views, without = taken["on"][preset], taken["off"][preset]
        more = with_views / without - 1
        yield Row(
            f"{preset}: time that the views of the training add",
            f"{more:+.1%} ({with_views:.2f} s)", f"without {without:.2f} s",
            without / with_views, f"< {_LIMIT:.0%}", more < _LIMIT,
        )  # fmt: skip


def looked_at() -> Measure:
    """Runs with the share of time that is the default."""
    os.environ.pop("DLPLAY_VIEW_SHARE", None)
    return _runs()


def left_alone() -> Measure:
    """The same runs with the views off."""
    os.environ["DLPLAY_VIEW_SHARE"] = "0"
    return _runs()


def _runs() -> Measure:
    from dlplay.runs import open_store
    from dlplay.settings import Settings
    from dlplay.training import trainer

    warm_up()
    home = tempfile.TemporaryDirectory(prefix="dlplay-benchmark-")
    os.environ["DLPLAY_HOME"] = home.name
    store = open_store(Settings(home=Path(home.name)))

    def seconds(preset: str) -> float:
        run = store.create(PRESETS[preset].experiment)
        store.claim(run.id)
        return float(trainer.train(store, store.get(run.id)).summary["seconds"])

    def measure() -> Figures:
        figures = {preset: seconds(preset) for preset in ("iris-mlp", "mnist-lenet-5")}
        home.cleanup()
        return figures

    return measure
