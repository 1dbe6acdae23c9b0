"""What an ended run shows of the test set, against its own model and scikit-learn."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from sklearn import metrics

from dlplay.datasets import Split, split
from dlplay.runs import Run, Store
from dlplay.training.trainer import train
from dlplay.views import Snapshots
from dlplay.views.confusion import cells
from tests.views.trained import experiment, seen, trained

pytestmark = pytest.mark.xdist_group("views-end")

RATE = {"optimizer": {"name": "adam", "learning_rate": 0.02}}
MLP = {"name": "mlp"}


def answers(run: Run) -> tuple[Split, Any]:
    """The parts of the data, and what the saved network says of the test set."""
    parts = split(run.experiment.dataset, run.experiment.seed)
    model = keras.saving.load_model(run.model_file, compile=False)
    return parts, np.asarray(model(parts.test.inputs))


def test_of_three_classes_everything_equals_scikit_learn(store: Store) -> None:
    run = trained(store, experiment("wine", MLP, **RATE))
    parts, said = answers(run)
    truth = parts.test.targets

    view, epoch, arrays = seen(run, "confusion")
    figure, table = view.panels(arrays, epoch)
    assert figure.figure is not None
    expected = metrics.confusion_matrix(truth, said.argmax(axis=1))
    right, wrong = (trace.text for trace in figure.figure.data)
    np.testing.assert_array_equal(np.strings.add(right, wrong).astype(int), expected)
    recall = metrics.recall_score(truth, said.argmax(axis=1), average=None)
    assert [row["Recall"] for row in table.rows] == [f"{value:.3f}" for value in recall]
    for number, (group, (true, answer)) in enumerate(cells(arrays)):
        assert len(group.rows) == expected[true, answer]
        assert figure.figure.data[0].customdata[true][answer] == number
        inside = np.isin(parts.rows["test"], group.rows)
        assert (truth[inside] == true).all()

    view, epoch, arrays = seen(run, "threshold-curves")
    for index in range(3):
        area = metrics.roc_auc_score(truth == index, said[:, index])
        precision = metrics.average_precision_score(truth == index, said[:, index])
        assert arrays["roc_area"][index] == pytest.approx(area)
        assert arrays["pr_area"][index] == pytest.approx(precision)
    assert len(view.panels(arrays, epoch)) == 2

    view, epoch, arrays = seen(run, "reliability")
    right = (said.argmax(axis=1) == truth).mean()
    assert f"{right:.1%} of its answers are right" in view.panels(arrays, epoch)[0].text

    view, epoch, arrays = seen(run, "hardest")
    loss = metrics.log_loss(truth, said)
    assert arrays["loss.loss"].mean() == pytest.approx(loss, rel=1e-4)
    assert (np.diff(arrays["loss.loss"]) <= 0).all()
    (panel,) = view.panels(arrays, epoch)
    assert set(panel.groups[0].rows) == set(parts.rows["test"])


def test_of_two_classes_one_output_speaks_for_both(store: Store) -> None:
    run = trained(store, experiment("moons", MLP, **RATE))
    parts, said = answers(run)
    _, _, arrays = seen(run, "threshold-curves")
    assert arrays["class_names"].tolist() == ["B"]
    area = metrics.roc_auc_score(parts.test.targets, said[:, 0])
    assert arrays["roc_area"] == pytest.approx([area])
    _, _, arrays = seen(run, "confusion")
    np.testing.assert_array_equal(arrays["said"], said[:, 0] > 0.5)


def test_residuals_are_in_the_unit_of_the_target(store: Store) -> None:
    run = trained(store, experiment("diabetes", MLP, **RATE))
    view, epoch, arrays = seen(run, "residuals")
    error = arrays["said"] - arrays["truth"]
    assert np.abs(error).mean() == pytest.approx(run.summary["test"]["mae"], rel=1e-4)
    targets = run.experiment.dataset.load().targets
    np.testing.assert_allclose(arrays["truth"], targets[arrays["rows"]], rtol=1e-5)
    first, _ = view.panels(arrays, epoch)
    assert first.groups[0].rows[0] == arrays["rows"][np.abs(error).argmax()]


def test_a_stopped_run_is_looked_at_too_once_it_is_known_to_have_stopped(store: Store) -> None:
    run = store.create(experiment("iris", MLP, epochs=100_000))
    store.claim(run.id)

    def stop_when_training(progress: dict[str, Any]) -> None:
        if progress.get("epoch", 0) == 3:
            store.request_stop(run.id)

    ended = train(store, run, stop_when_training)
    assert ended.state == "stopped"
    found = Snapshots(run.folder, "confusion").latest()
    assert found is not None
    assert found[0] == ended.summary["epochs"]
    assert len(found[1]["said"]) == 30
