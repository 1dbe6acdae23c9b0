"""The Run page: every state of a run, under its address."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dlplay.files import Arrays
from dlplay.presets import PRESETS
from dlplay.runs import Point, Run, Store, control, requests
from dlplay.runs.checkpoints import Checkpoint, Checkpoints
from dlplay.views import Snapshots
from tests.app.pages import open_page, texts

FIRST = next(iter(PRESETS.values())).experiment
METRICS = {
    "loss": 0.5, "accuracy": 0.75, "precision": 0.7, "recall": 0.7, "f1": 0.7, "val_loss": 0.6,
    "val_accuracy": 0.925, "val_precision": 0.9, "val_recall": 0.9, "val_f1": 0.9,
    "learning_rate": 0.001,
}  # fmt: skip
SUMMARY = {
    "task": "classification", "seconds": 75.0, "epochs": 2, "final": METRICS,
    "best": {"epoch": 2, "val_loss": 0.6, "val_accuracy": 0.925}, "test": {"accuracy": 0.9},
}  # fmt: skip
PROGRESS = {
    "phase": "training", "task": "classification", "epoch": 2, "epochs": 100, "step": 1,
    "steps": 6, "share": 0.02, "seconds": 1.0, "seconds_left": 65.0,
    "samples_per_second": 12_345.0,
}  # fmt: skip


def running(store: Store, preset: str = "") -> Run:
    """A run with two epochs behind it."""
    run = store.create(PRESETS[preset].experiment if preset else FIRST)
    store.claim(run.id)
    points = [(n, Point(n + 1.0, float(n), METRICS)) for n in range(2)]
    store.write(run.id, points, PROGRESS)
    return run


def metrics(run: Run) -> dict[str, str]:
    """The numbers of the page by their names."""
    app = open_page("run", id=run.id)
    assert not app.exception
    return {metric.label: metric.value for metric in app.metric}


def test_a_running_run_shows_progress_time_left_and_its_latest_numbers(store: Store) -> None:
    run = running(store)
    app = open_page("run", id=run.id)
    assert not app.exception
    assert app.get("progress")[0].proto.text == "Epoch 2 of 100 · 1 min 5 s left"
    assert len(app.get("bidi_component")) == 2
    shown = metrics(run)
    assert shown["Validation accuracy"] == "92.5 %"
    assert shown["Samples per second"] == "12,345"


def test_stop_asks_the_worker_to_stop(store: Store) -> None:
    run = running(store)
    open_page("run", id=run.id).button(key="stop").click().run()
    assert store.get(run.id).stop_requested is not None


def test_a_finished_run_shows_the_scores_on_the_test_set(store: Store) -> None:
    run = running(store)
    store.end(run.id, "finished", summary=SUMMARY)
    shown = metrics(run)
    assert shown["Test accuracy"] == "90.0 %"
    assert shown["Duration"] == "1 min 15 s"


def test_a_failed_run_says_why(store: Store) -> None:
    run = running(store)
    store.end(run.id, "failed", "The loss stopped being a number at step 7.")
    app = open_page("run", id=run.id)
    assert not app.exception
    assert "at step 7" in app.error[0].value


def test_an_interrupted_run_keeps_its_curves_and_says_what_happened(store: Store) -> None:
    run = running(store)
    store.interrupt_the_dead()
    app = open_page("run", id=run.id)
    assert "ended before the run did" in texts(app)
    assert len(app.get("bidi_component")) == 2


@pytest.mark.parametrize("parameters", [{}, {"id": "00000000"}, {"id": "../../etc"}])
def test_an_address_without_a_run_is_a_sentence(parameters: dict[str, str]) -> None:
    app = open_page("run", **parameters)
    assert not app.exception
    assert "There is no such run" in app.error[0].value


def test_points_in_the_plane_come_with_the_picture_of_the_plane(store: Store) -> None:
    run = running(store, "spirals-mlp")
    run.folder.mkdir(parents=True)
    axis = np.linspace(-2, 2, 60, dtype=np.float32)
    nobody = np.zeros(1, bool)
    arrays: Arrays = {
        "x": axis, "y": axis, "answer": np.full((60, 60, 2), 0.5, np.float32),
        "points": np.zeros((1, 2)), "targets": np.zeros(1, int), "held_back": nobody,
        "class_names": np.array(["A", "B"]), "axes": np.array(["x", "y"]),
    }  # fmt: skip
    for epoch in (1, 2):
        Snapshots(run.folder, "plane").save(epoch, arrays)
    app = open_page("run", id=run.id)
    assert not app.exception
    assert len(app.get("bidi_component")) == 3
    assert [w.label for w in app.select_slider] == ["Learning rate"]
    store.end(run.id, "finished", summary=SUMMARY)
    ended = open_page("run", id=run.id)
    assert ended.select_slider[0].value == 2
    ended.select_slider[0].set_value(1).run()
    assert "epoch 1" in json.loads(ended.get("bidi_component")[2].proto.json)["figure"]


def test_an_ended_run_can_be_changed_and_trained_again(store: Store) -> None:
    wanted = PRESETS["spirals-mlp"].experiment.changed([("training.epochs", 3)])
    run = store.create(wanted)
    store.claim(run.id)
    store.end(run.id, "finished", summary=SUMMARY)
    app = open_page("run", id=run.id)
    app.button(key="again").click().run()
    app.switch_page("../../pages/train.py").run()  # the test client does not follow by itself
    assert not app.exception
    app.button(key="train").click().run()
    assert store.runs()[0].experiment == wanted
    assert store.runs()[0].id != run.id


def paused(store: Store) -> Run:
    """A run that rests after two epochs, both saved."""
    run = running(store)
    weights = {"v:w": np.zeros(3)}
    for epoch in (0, 2):
        Checkpoints(run.folder).save(Checkpoint(epoch, weights, {}))
    control.pause(store, run.id, SUMMARY)
    return store.get(run.id)


def test_pause_asks_the_worker_to_rest(store: Store) -> None:
    run = running(store)
    app = open_page("run", id=run.id)
    app.button(key="pause").click().run()
    assert not app.exception
    assert store.get(run.id).pause_after == 0
    assert app.button(key="pause").disabled


def test_a_paused_run_can_be_resumed_stepped_and_given_another_rate(store: Store) -> None:
    run = paused(store)
    app = open_page("run", id=run.id)
    assert not app.exception
    assert app.button(key="rate_change").disabled
    slider = next(w for w in app.select_slider if w.label == "Learning rate")
    slider.set_value(0.5).run()
    app.button(key="rate_change").click().run()
    assert store.get(run.id).rate_wanted == 0.5
    app.button(key="step").click().run()
    assert (store.get(run.id).state, store.get(run.id).pause_after) == ("queued", 3)
    control.request_pause(store, run.id)
    open_page("run", id=run.id).button(key="resume").click().run()
    assert (store.get(run.id).state, store.get(run.id).pause_after) == ("queued", None)


def test_a_fork_starts_from_a_saved_epoch_and_says_where_it_comes_from(store: Store) -> None:
    run = paused(store)
    app = open_page("run", id=run.id)
    app.button(key="fork").click().run()
    assert not app.exception
    assert "2 saved epochs" in texts(app)
    assert not app.error
    app.button(key="fork_start").click().run()
    made = next(r for r in store.runs() if r.origin)
    assert made.origin is not None
    assert (made.origin.run, made.origin.epoch, made.state) == (run.id, 2, "queued")
    assert len(store.points(made.id)) == 2
    links = [link.proto.label for link in open_page("run", id=made.id).get("page_link")]
    assert any(f"({run.id}) after epoch 2" in label for label in links)
    store.delete(run.id)
    assert "that run is deleted" in texts(open_page("run", id=made.id))


def test_a_view_that_is_asked_answers_on_the_page_and_takes_a_click(store: Store) -> None:
    run = running(store, "mnist-autoencoder")
    store.end(run.id, "finished", summary=SUMMARY | {"task": "reconstruction"})
    values = {"name": "decode", "x": 0.0, "y": 0.0}
    question = {"run": run.id, "view": values}
    key = requests.ask(store, "view", question).key
    requests.answer(store, key, {"snapshot": "decode-1"})
    arrays: Arrays = {
        "codes": np.zeros((3, 2), np.float32), "point": np.array([0.5, 1.5], np.float32),
        "image": np.zeros((28, 28, 1), np.uint8), "grid": np.zeros((30, 30, 1), np.uint8),
        "ends": np.array([[-1, 1], [-2, 2]], np.float32), "targets": np.zeros(3, np.int32),
        "class_names": np.array(["0", "1"]),
    }  # fmt: skip
    Snapshots(run.folder, "decode-1").save(2, arrays)
    app = open_page("run", id=run.id)
    assert not app.exception
    drawn = [json.loads(found.proto.json) for found in app.get("bidi_component")]
    assert [found["clickable"] for found in drawn[-3:]] == [True, False, False]
    assert "Decoded from 0.50, 1.50" in drawn[-2]["figure"]


def test_a_link_to_a_run_that_can_be_asked_says_nothing_of_a_form(store: Store) -> None:
    """The fields of a question are drawn like those of the Train page, which read the address."""
    run = running(store, "listops-tree-lstm")
    store.end(run.id, "finished", summary=SUMMARY)
    app = open_page("run", id=run.id)
    assert not app.exception
    assert "Try it" in [heading.value for heading in app.subheader]
    assert [field.label for field in app.text_input] == ["Expression"]
    assert not app.error


def overfitted(store: Store) -> Run:
    """A run whose validation loss climbs while its training loss falls."""
    run = store.create(FIRST)
    store.claim(run.id)
    losses = [(1.0 - 0.04 * n, 0.8 + 0.05 * abs(n - 5)) for n in range(20)]
    points = [
        (n, Point(n + 1.0, float(n), METRICS | {"loss": loss, "val_loss": val_loss}))
        for n, (loss, val_loss) in enumerate(losses)
    ]
    store.write(run.id, points, PROGRESS)
    store.end(run.id, "finished", summary=SUMMARY)
    return run


def test_the_coach_says_what_is_wrong_and_fills_the_form(store: Store) -> None:
    run = overfitted(store)
    app = open_page("run", id=run.id)
    assert not app.exception
    assert "lowest after epoch 6" in texts(app)
    app.button(key="coach.0.try").click().run()
    app.switch_page("../../pages/train.py").run()
    app.button(key="train").click().run()
    changed = store.runs()[0].experiment
    assert changed.training.early_stopping is not None
    assert changed.regularisation.dropout == 0.3
    assert changed.dataset == run.experiment.dataset


def test_a_cell_of_the_confusion_matrix_shows_its_samples_and_their_file(store: Store) -> None:
    run = running(store)
    store.end(run.id, "finished", summary=SUMMARY)
    arrays: Arrays = {
        "rows": np.array([3, 60, 120, 121]), "truth": np.array([0, 1, 2, 2]),
        "said": np.array([0, 2, 2, 1]), "confidence": np.array([0.9, 0.8, 0.7, 0.6]),
        "class_names": np.array(["setosa", "versicolor", "virginica"]),
    }  # fmt: skip
    Snapshots(run.folder, "confusion").save(2, arrays)
    app = open_page("run", id=run.id)
    assert not app.exception
    box = app.selectbox(key="view_confusion.0.group")
    assert box.options[0] == "versicolor, taken for virginica: 1"
    assert len(box.options) == 4
    box.set_value(3).run()
    assert not app.exception
    shown = app.dataframe[0].value
    assert shown["Row"].tolist() == [120]
    assert shown["Confidence"].tolist() == ["70.0 %"]
    measured = FIRST.dataset.load().inputs[120]
    assert shown.iloc[0, -4:].tolist() == pytest.approx(measured.tolist())


def test_a_question_to_a_run_does_not_take_the_address_for_a_draft(store: Store) -> None:
    run = running(store)
    store.end(run.id, "finished", summary=SUMMARY)
    app = open_page("run", id=run.id)
    assert app.get("number_input")
    assert not app.error
