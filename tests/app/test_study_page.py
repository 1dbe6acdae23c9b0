"""The Study page: making a study, following it, and what it shows when things go wrong."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from dlplay.presets import PRESETS
from dlplay.runs import Point, Run, Store, groups
from dlplay.studies import ablation, folds, space, sweep
from tests.app.pages import open_page, texts

FIRST = next(iter(PRESETS.values())).experiment
RICH = FIRST.changed([("regularisation.dropout", 0.3), ("regularisation.l2", 0.01)])
RATE = "training.optimizer.learning_rate"


def kind(app: AppTest, name: str) -> None:
    """Choose what kind of study to make."""
    next(w for w in app.button_group if w.label == "Kind").set_value(name).run()
    assert not app.exception


def end(store: Store, run: Run, accuracy: float) -> None:
    """Bring a run to a good end."""
    store.claim(run.id)
    metrics = {"loss": 1.0, "val_loss": 1 - accuracy, "val_accuracy": accuracy}
    store.write(run.id, [(n, Point(n + 1.0, n / 2, metrics)) for n in range(4)], {})
    best = {"epoch": 4, "val_loss": 1 - accuracy, "val_accuracy": accuracy}
    store.end(run.id, "finished", summary={"best": best, "task": "classification"})


def ablated(store: Store) -> groups.Group:
    """An ablation of dropout and L2 over two seeds, at its end."""
    group = ablation.create(store, RICH, ablation.removable(RICH), seeds=2)
    for place, run in enumerate(groups.members(store, group.id)):
        end(store, run, 0.9 - 0.01 * place)
    return group


def swept(store: Store, trials: int = 5) -> groups.Group:
    """A sweep over rate and activation whose trials have all been made."""
    found = space.dimensions(FIRST)
    plan: dict[str, Any] = {
        "experiment": FIRST.model_dump(mode="json"), "trials": trials, "metric": "accuracy",
        "space": [found[p][1].model_dump() for p in (RATE, "architecture.activation")],
    }  # fmt: skip
    group = sweep.create(store, sweep.parse(plan))
    for number in range(trials):
        values = {RATE: 0.001 * (number + 1), "architecture.activation": "relu"}
        experiment = space.changed(FIRST, values)
        part = {"trial": number, "values": values}
        run = store.create(experiment, f"Trial {number + 1}", group_id=group.id, part=part)
        end(store, run, 0.5 + number / 10)
    shares = {RATE: 0.75, "architecture.activation": 0.25}
    groups.note(store, group.id, {"importance": shares, "done": True})
    return group


def test_an_ablation_of_the_form_on_the_train_page_is_one_press_away(store: Store) -> None:
    app = open_page("study", preset=next(iter(PRESETS)), **{"regularisation.dropout": "0.3"})
    assert not app.exception
    app.slider(key="ablation_seeds").set_value(2).run()
    app.button(key="study_start").click().run()
    (group,) = groups.listed(store)
    variants = [run.part["variant"] for run in groups.members(store, group.id)]
    assert variants[:2] == ["everything", "without dropout"] or "without dropout" in variants
    assert len(variants) % 2 == 0


def test_an_experiment_with_nothing_to_take_away_says_so(store: Store) -> None:
    plain = FIRST.changed([("regularisation.l2", 0)])
    run = store.create(plain)
    app = open_page("study", run=run.id)
    assert not app.exception
    assert "nothing to take away" in texts(app)


def test_a_sweep_is_made_of_the_fields_that_were_chosen(store: Store) -> None:
    run = store.create(FIRST)
    app = open_page("study", run=run.id)
    kind(app, "Sweep")
    chosen = [RATE, "architecture.activation", "architecture.units"]
    app.multiselect(key="sweep_paths").set_value(chosen).run()
    app.text_input(key="sweep.architecture.units").set_value("[4], [8, 8]").run()
    assert not app.exception
    app.button(key="study_start").click().run()
    (group,) = groups.listed(store)
    plan = sweep.parse(group.plan)
    assert [dimension.path for dimension in plan.space] == chosen
    assert plan.space[2].grid() == [[4], [8, 8]]
    assert plan.experiment == FIRST


def test_a_range_that_cannot_be_is_a_sentence(store: Store) -> None:
    app = open_page("study", run=store.create(FIRST).id)
    kind(app, "Sweep")
    app.number_input(key=f"sweep.{RATE}.low").set_value(5.0).run()
    assert not app.exception
    assert "lower bound below the upper one" in texts(app)


def test_a_cross_validation_is_made_of_folds(store: Store) -> None:
    app = open_page("study", run=store.create(FIRST).id)
    kind(app, "Cross-validation")
    app.slider(key="folds_count").set_value(3).run()
    app.button(key="study_start").click().run()
    (group,) = groups.listed(store)
    assert len(groups.members(store, group.id)) == 3


def test_an_ablation_states_its_gaps_and_shows_bands(store: Store) -> None:
    app = open_page("study", id=ablated(store).id)
    assert not app.exception
    assert "Without dropout validation accuracy is 2.0 points lower" in texts(app)
    figure = json.loads(json.loads(app.get("bidi_component")[1].proto.json)["figure"])
    names = {trace["name"] for trace in figure["data"] if "name" in trace}
    assert names == {"everything", "without L2", "without dropout"}
    labels = [link.proto.label for link in app.get("page_link")]
    assert "Without dropout · seed 42 · finished" in labels


def test_folds_state_mean_and_deviation(store: Store) -> None:
    group = folds.create(store, FIRST, 3)
    for run, accuracy in zip(groups.members(store, group.id), (0.8, 0.9, 1.0), strict=True):
        end(store, run, accuracy)
    app = open_page("study", id=group.id)
    assert not app.exception
    assert "**90.0 % ± 10.0 %** over 3 of 3 folds" in texts(app)


def test_a_sweep_shows_its_best_trial_every_trial_and_what_matters(store: Store) -> None:
    app = open_page("study", id=swept(store).id)
    assert not app.exception
    assert "trial 5, validation accuracy **90.0 %** with Learning rate **0.005**" in texts(app)
    assert len(app.get("bidi_component")) == 3


def test_a_study_of_runs_that_failed_or_were_deleted_says_so(store: Store) -> None:
    group = ablated(store)
    runs = groups.members(store, group.id)
    store.delete(runs[0].id)
    with store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE runs SET state = 'failed', message = 'The device ran out of memory.', "
            f"summary = NULL WHERE id = '{runs[1].id}'"
        )
    app = open_page("study", id=group.id)
    assert not app.exception
    assert "1 of 5 runs failed" in texts(app)
    assert "ran out of memory" in texts(app)


def test_a_study_that_runs_can_be_stopped_and_one_that_ended_deleted(store: Store) -> None:
    group = ablation.create(store, RICH, ablation.removable(RICH), seeds=1)
    app = open_page("study", id=group.id)
    app.button(key="stop").click().run()
    assert {run.state for run in groups.members(store, group.id)} == {"stopped"}
    app = open_page("study", id=group.id)
    app.button(key="delete").click().run()
    app.button(key="confirm_delete").click().run()
    assert groups.listed(store) == []
    assert store.runs() == []


def test_an_address_without_a_study_is_a_sentence() -> None:
    app = open_page("study", id="00000000")
    assert not app.exception
    assert "There is no such study" in app.error[0].value


def test_studies_are_listed_with_the_runs_and_a_run_links_to_its_study(store: Store) -> None:
    group = ablated(store)
    labels = [link.proto.label for link in open_page("runs").get("page_link")]
    assert any("Ablation: Without L2, dropout · runs: 6 · ended" in label for label in labels)
    run = groups.members(store, group.id)[0]
    labels = [link.proto.label for link in open_page("run", id=run.id).get("page_link")]
    assert "Part of a study" in labels
