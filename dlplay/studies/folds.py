"""k-fold cross-validation: every part of the training data takes its turn at validation."""

from __future__ import annotations

from dlplay.datasets.series import SeriesDataset
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.runs import Store, groups


def create(
    store: Store, experiment: Experiment, count: int, owner: str = "server"
) -> groups.Group:
    """A queued run for each of ``count`` folds; the test set stays apart from all of them.

    Raises:
        UserError: fewer than two folds or more than twenty, or a series.
    """
    if not 2 <= count <= 20:
        raise UserError("Expected from 2 to 20 folds", received=count)
    if isinstance(experiment.dataset, SeriesDataset):
        raise UserError(
            "A series is not cut into folds: what comes later would teach what came before",
            fix="Train it once, or with several seeds",
        )
    plan = {"experiment": experiment.model_dump(mode="json"), "folds": count}
    group = groups.create(store, "folds", f"{count} folds", plan)
    for number in range(1, count + 1):
        store.create(
            _with_fold(experiment, number, count), f"Fold {number} of {count}", owner,
            group_id=group.id, part={"fold": number},
        )  # fmt: skip
    return group


def _with_fold(experiment: Experiment, number: int, count: int) -> Experiment:
    values = experiment.model_dump(mode="json")
    values["dataset"]["fold"] = {"number": number, "of": count}
    return Experiment.parse(values)
