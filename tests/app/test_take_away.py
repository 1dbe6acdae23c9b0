"""Taking things away from the pages, and bringing them back."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dlplay.presets import PRESETS
from dlplay.runs import Point, Run, Store, requests
from tests.app.pages import open_page, texts

FIRST = next(iter(PRESETS.values()))


@pytest.fixture
def run(store: Store) -> Run:
    """A finished run of two epochs, a little different from every preset."""
    wanted = FIRST.experiment.changed([("training.epochs", 2), ("architecture.units", [3, 4])])
    run = store.create(wanted, "A title")
    store.claim(run.id)
    metrics = {"loss": 0.5, "val_loss": 0.25}
    store.write(run.id, [(n, Point(n + 1, 0.1, metrics)) for n in range(2)], {})
    store.end(run.id, "finished", summary={"task": "classification", "epochs": 2, "final": {}})
    run.folder.mkdir(parents=True)
    (run.folder / "model.keras").write_bytes(b"")
    return store.get(run.id)


def opened(page: str, section: str, **parameters: str) -> AppTest:
    """A page with a section opened."""
    app = open_page(page, **parameters)
    app.session_state[section] = True
    return app.run()


def test_the_code_beside_the_form_is_asked_for_only_while_it_is_open(store: Store) -> None:
    open_page("train")
    assert {request.kind for request in requests.open_requests(store)} == {"summary"}
    app = opened("train", "code")
    (asked,) = [r for r in requests.open_requests(store) if r.kind == "script"]
    assert asked.question["experiment"] == FIRST.experiment.model_dump(mode="json")
    requests.answer(store, asked.key, {"script": "x = 1\n", "notebook": "{}"})
    app.run()
    assert not app.exception
    assert "x = 1" in app.code[0].value
    assert [b.proto.label for b in app.get("download_button")] == ["Script", "Notebook"]


def test_code_that_cannot_be_written_is_a_sentence(store: Store) -> None:
    app = opened("train", "code")
    (asked,) = [r for r in requests.open_requests(store) if r.kind == "script"]
    requests.answer(store, asked.key, None, "The layer “a” (Odd) cannot be written.")
    app.run()
    assert "The layer “a” (Odd) cannot be written." in texts(app)


def test_a_run_gives_its_record_its_code_and_its_network(run: Run, store: Store) -> None:
    app = opened("run", "take_away", id=run.id)
    assert not app.exception
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Experiment", "History", "Card"]
    (asked,) = [r for r in requests.open_requests(store) if r.kind == "script"]
    assert asked.question["title"] == "A title"
    app.button(key=f"export.{run.id}.onnx.make").click().run()
    (export,) = [r for r in requests.open_requests(store) if r.kind == "export"]
    requests.answer(store, export.key, None, "ONNX cannot express the layer “a”.")
    app.run()
    assert "ONNX cannot express the layer “a”." in texts(app)


def test_the_link_of_a_run_fills_the_form_with_its_experiment(run: Run, store: Store) -> None:
    app = opened("run", "take_away", id=run.id)
    (link,) = [code.value for code in app.code if "preset=" in code.value]
    form = open_page("train", **dict(parse_qsl(urlsplit(link).query)))
    form.button(key="train").click().run()
    assert store.runs()[0].experiment == run.experiment


def test_a_run_that_left_no_network_says_so_and_still_gives_its_record(store: Store) -> None:
    run = store.create(FIRST.experiment)
    store.claim(run.id)
    store.end(run.id, "failed", "It broke.")
    app = opened("run", "take_away", id=run.id)
    assert not app.exception
    assert "left no network" in texts(app)
    assert "Card" in [button.proto.label for button in app.get("download_button")]


def test_a_link_of_a_newer_version_is_followed_as_far_as_it_can_be(store: Store) -> None:
    newer = {"training.epochs": "7", "training.sharpness": "3", "dataset.colour": "red"}
    app = open_page("train", preset=FIRST.name, **newer)
    assert not app.exception
    assert "training.sharpness: there is no such field" in texts(app)
    assert "dataset.colour: there is no such field" in texts(app)
    app.button(key="train").click().run()
    assert store.runs()[0].experiment == FIRST.experiment.changed([("training.epochs", 7)])


def test_an_experiment_brought_as_a_file_fills_the_form(store: Store) -> None:
    wanted = FIRST.experiment.changed([("training.epochs", 9), ("seed", 1)])
    app = opened("train", "open_file")
    app.file_uploader[0].set_value(("mine.json", wanted.to_json().encode(), "application/json"))
    app.run()
    assert not app.exception
    app.button(key="train").click().run()
    assert store.runs()[0].experiment == wanted


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"{", "experiment: "), (b'{"newer": 1}', "newer: there is no such field")],
)
def test_a_file_that_is_no_experiment_is_a_sentence(content: bytes, sentence: str) -> None:
    app = opened("train", "open_file")
    app.file_uploader[0].set_value(("mine.json", content, "application/json")).run()
    assert not app.exception
    assert sentence in texts(app)
