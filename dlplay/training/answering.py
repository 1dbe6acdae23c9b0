"""A question about an ended run, answered by its own network."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from dlplay.datasets import split_samples
from dlplay.errors import UserError, from_validation
from dlplay.experiment import Experiment
from dlplay.layers import load_model
from dlplay.runs import Run
from dlplay.views import VIEWS, Snapshots, Subject


def look_at(run: Run, values: dict[str, object]) -> str:
    """Look at an ended run as ``values``, a view's name and fields, say: the snapshot's name.

    Raises:
        UserError: the run has kept no network, or a value cannot be used.
    """
    path = run.model_file
    if run.is_active or not path.is_file():
        raise UserError(
            "Expected a run that has ended and kept its network",
            received=run.state,
            fix="Wait until it has ended, or train it again",
        )
    try:
        view = VIEWS[str(values["name"])].model_validate(values)
    except ValidationError as error:
        raise from_validation(error, VIEWS) from error
    subject = _subject(run.experiment.to_json(), path, path.stat().st_mtime_ns)
    key = hashlib.sha256(view.model_dump_json().encode()).hexdigest()[:16]
    name = f"{view.name}-{key}"
    Snapshots(run.folder, name).save(int(run.summary.get("epochs", 0)), view.watch(subject)())
    return name


@lru_cache(maxsize=2)
def _subject(experiment: str, path: Path, _changed: int) -> Subject:
    parsed = Experiment.parse(experiment)
    samples = parsed.dataset.load()
    split = split_samples(parsed.dataset, samples, parsed.seed)
    return Subject(parsed, load_model(path), split, samples)
