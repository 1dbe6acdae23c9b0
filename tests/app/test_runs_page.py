"""The Runs page: the list, its filter, what differs between runs, and deleting."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from dlplay.presets import PRESETS
from dlplay.runs import Point, Run, Store
from tests.app.pages import open_page, texts
from tests.app.test_run_page import SUMMARY, running


def finished(store: Store, preset: str, **changes: object) -> Run:
    """A run that has ended well."""
    experiment = PRESETS[preset].experiment.changed(changes.items())
    run = store.create(experiment, PRESETS[preset].title)
    store.claim(run.id)
    store.end(run.id, "finished", summary=SUMMARY)
    return store.get(run.id)


def listed(app: AppTest) -> list[str]:
    """The ids of the list, from top to bottom."""
    assert not app.exception
    return list(app.dataframe[0].value["Id"])


def test_without_runs_the_page_says_what_to_do(store: Store) -> None:
    app = open_page("runs")
    assert not app.exception
    assert "No runs yet" in texts(app)


def test_runs_are_listed_newest_first_with_what_they_reached(store: Store) -> None:
    older, newer = finished(store, "iris-mlp"), finished(store, "spirals-mlp")
    app = open_page("runs")
    assert listed(app) == [newer.id, older.id]
    row = app.dataframe[0].value.iloc[1]
    assert (row["State"], row["Dataset"], row["Score"]) == ("finished", "iris", 0.925)
    assert row["Duration"] == "1 min 15 s"


def test_the_filter_takes_words_and_states(store: Store) -> None:
    iris, spirals = finished(store, "iris-mlp"), finished(store, "spirals-mlp")
    active = running(store, "xor-perceptron")
    app = open_page("runs")
    app.text_input(key="filter").set_value("spiral mlp").run()
    assert listed(app) == [spirals.id]
    app.text_input(key="filter").set_value("").run()
    app.button_group[0].set_value(["running"]).run()
    assert listed(app) == [active.id]
    assert iris.id not in listed(app)


def test_a_link_to_several_runs_compares_them_and_names_what_differs(store: Store) -> None:
    first = finished(store, "iris-mlp")
    second = finished(store, "iris-mlp", **{"training.epochs": 7, "seed": 1})
    app = open_page("runs", ids=f"{first.id},{second.id}")
    assert not app.exception
    assert "2 runs compared" in texts(app)
    assert len(app.get("bidi_component")) == 2
    differences = app.dataframe[-1].value
    assert sorted(differences["What differs"]) == ["seed", "training.epochs"]
    epochs = differences[differences["What differs"] == "training.epochs"].iloc[0, 1:]
    assert sorted(epochs) == ["100", "7"]


def test_equal_experiments_are_said_to_be_equal(store: Store) -> None:
    runs = [finished(store, "iris-mlp") for _ in range(2)]
    app = open_page("runs", ids=",".join(run.id for run in runs))
    assert "the same in every field" in texts(app)


def test_deleting_asks_first_and_then_forgets_the_run(store: Store) -> None:
    run, other = finished(store, "iris-mlp"), finished(store, "spirals-mlp")
    app = open_page("runs", ids=run.id)
    app.button(key="delete").click().run()
    assert [r.id for r in store.runs()] == [other.id, run.id]
    app.button(key="confirm_delete").click().run()
    assert [r.id for r in store.runs()] == [other.id]


def trained(store: Store, losses: list[float]) -> Run:
    """A run with a curve of these validation losses."""
    run = finished(store, "iris-mlp")
    points = [
        (n, Point(n + 1.0, n / 2, {"loss": loss / 2, "val_loss": loss, "val_accuracy": n / 10}))
        for n, loss in enumerate(losses)
    ]
    store.write(run.id, points, {})
    return run


def test_scores_are_compared_at_the_best_the_last_or_a_chosen_epoch(store: Store) -> None:
    runs = [trained(store, losses) for losses in ([3.0, 1.0, 2.0], [5.0, 4.0, 3.0, 2.0])]
    app = open_page("runs", ids=",".join(run.id for run in runs))
    assert not app.exception

    def losses() -> list[object]:
        scores = app.dataframe[1].value.set_index("Run")
        return [scores.loc[f"{r.title} ({r.id[:4]})", "Validation loss"] for r in runs]

    assert losses() == [1, 2]
    moment = next(w for w in app.button_group if w.label == "Scores at")
    moment.set_value("Last").run()
    assert losses() == [2, 2]
    next(w for w in app.button_group if w.label == "Scores at").set_value("Epoch").run()
    app.number_input(key="compare_epoch").set_value(4).run()
    assert [str(loss) for loss in losses()] == ["nan", "2.0"]


def test_curves_are_laid_over_each_other_by_epoch_step_or_second(store: Store) -> None:
    runs = [trained(store, losses) for losses in ([3.0, 1.0, 2.0], [5.0, 4.0, 3.0, 2.0])]
    app = open_page("runs", ids=",".join(run.id for run in runs))
    for along, axis in (("step", "Step"), ("second", "Seconds of training")):
        next(w for w in app.button_group if w.label == "Along").set_value(along).run()
        assert not app.exception
        figure = json.loads(json.loads(app.get("bidi_component")[0].proto.json)["figure"])
        assert figure["layout"]["xaxis"]["title"]["text"] == axis
