"""The Train page: filled in at once, launched with one press, honest about what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dlplay.experiment import Experiment
from dlplay.presets import PRESETS
from dlplay.runs import Store, requests
from tests.app.pages import open_page, texts
from tests.datasets.test_archive import zipped
from tests.datasets.test_image_folder import folders

FIRST = next(iter(PRESETS.values()))


def launch(app: AppTest) -> AppTest:
    """Press Train."""
    return app.button(key="train").click().run()


def widget_value(app: AppTest, kind: str, label: str) -> object:
    """The value of the first widget of a kind with this label."""
    widgets: Any = app.get(kind)
    return next(widget.value for widget in widgets if widget.label == label)


def test_a_newcomer_finds_everything_filled_in_and_one_press_queues_the_run(store: Store) -> None:
    app = open_page("train")
    assert not app.exception
    launch(app)
    (run,) = store.runs()
    assert run.experiment == FIRST.experiment
    assert (run.title, run.state) == (FIRST.title, "queued")
    assert "next in the queue" in texts(app)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_opens_by_its_link_and_launches_as_it_is(name: str, store: Store) -> None:
    app = open_page("train", preset=name)
    assert not app.exception
    assert not app.error
    launch(app)
    assert store.runs()[0].experiment == PRESETS[name].experiment


def test_a_link_with_changed_values_fills_them_in_and_they_are_what_is_launched(
    store: Store,
) -> None:
    changes = {"training.epochs": "7", "architecture.units": "[3, 4]", "seed": "5"}
    app = open_page("train", preset=FIRST.name, **changes)
    assert widget_value(app, "number_input", "Epochs") == 7
    assert widget_value(app, "text_input", "Hidden units") == "3, 4"
    assert "Changed: `architecture.units`" in texts(app)
    launch(app)
    assert store.runs()[0].experiment == FIRST.experiment.changed(changes.items())


def test_the_address_follows_the_form(store: Store) -> None:
    app = open_page("train")
    epochs = next(w for w in app.number_input if w.label == "Epochs")
    epochs.set_value(11).run()
    assert app.query_params["training.epochs"] == "11"
    assert app.query_params["preset"] == FIRST.name
    app.button(key="reset").click().run()
    assert "training.epochs" not in app.query_params


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"preset": "nonsense"}, "Expected one of the presets"),
        ({"training.epoch": "3"}, "training.epoch: there is no such field"),
        ({"training.epochs": "-3"}, "greater than or equal to 1; received -3"),
        ({"nothing.here": "1"}, "Expected a field of an experiment"),
    ],
)
def test_a_link_that_cannot_be_followed_says_why_and_leaves_a_usable_page(
    parameters: dict[str, str], sentence: str, store: Store
) -> None:
    app = open_page("train", **parameters)
    assert not app.exception
    assert sentence in texts(app)
    launch(app)
    assert store.runs()[0].experiment == FIRST.experiment


def test_choosing_other_data_offers_only_networks_that_take_them(store: Store) -> None:
    app = open_page("train")
    dataset = next(w for w in app.selectbox if w.label == "Dataset")
    dataset.set_value("digits").run()
    network = next(w for w in app.selectbox if w.label == "Network")
    assert "LeNet-5" in network.options
    network.set_value("lenet-5").run()
    assert "expects images of at least 16×16 pixels" in texts(app)
    assert app.button(key="train").disabled
    dataset = next(w for w in app.selectbox if w.label == "Dataset")
    dataset.set_value("diabetes").run()
    network = next(w for w in app.selectbox if w.label == "Network")
    assert "LeNet-5" not in network.options
    assert not app.exception
    launch(app)
    assert store.runs()[0].experiment.dataset.name == "diabetes"


def test_units_that_are_no_numbers_are_a_sentence_not_a_crash() -> None:
    app = open_page("train")
    next(w for w in app.text_input if w.label == "Hidden units").set_value("ten").run()
    assert not app.exception
    assert "architecture.units" in texts(app)
    assert app.button(key="train").disabled


def test_a_network_too_large_for_memory_cannot_be_launched(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLPLAY_MEMORY_GIGABYTES", "1")
    app = open_page("train")
    answer_summary(store, training_bytes=2_000_000_000)
    app.run()
    assert app.button(key="train").disabled
    assert "needs about 2.0 GB to train, and 1.0 GB are free" in texts(app)


def test_costs_and_layers_are_shown_once_the_helper_process_has_answered(store: Store) -> None:
    app = open_page("train")
    assert "Working out memory and time" in texts(app)
    answer_summary(store, training_bytes=3_500)
    app.run()
    assert {m.label: m.value for m in app.metric}["Memory"] == "3.5 kB"
    assert {m.label: m.value for m in app.metric}["Time"] == "not known yet"
    assert list(app.dataframe[-1].value["Layer"]) == ["Input", "Dense"]


def answer_summary(store: Store, training_bytes: int) -> None:
    """Answer what the page asked, as the helper process would."""
    layers = [
        {"name": "table", "kind": "InputLayer", "output_shape": [4], "parameters": 0, "flops": 0},
        {"name": "output", "kind": "Dense", "output_shape": [3], "parameters": 15, "flops": 24},
    ]
    answer = {"layers": layers, "parameters": 15, "training_bytes": training_bytes}
    (request,) = requests.open_requests(store)
    assert request.kind == "summary"
    requests.answer(store, request.key, answer)


def test_an_uploaded_table_is_trained_on(store: Store) -> None:
    rows = [f"{i},{i % 7},{'yes' if i % 2 else 'no'}" for i in range(60)]
    content = "\n".join(["a,b,answer", *rows]).encode()
    app = open_page("train")
    next(w for w in app.selectbox if w.label == "Dataset").set_value("csv").run()
    assert "Expected an uploaded file" in texts(app)
    app.file_uploader[0].set_value(("mine.csv", content, "text/csv")).run()
    assert not app.exception
    assert widget_value(app, "selectbox", "Column to predict") == "answer"
    launch(app)
    dataset = store.runs()[0].experiment.dataset
    assert dataset.load().class_names == ("no", "yes")


def test_uploaded_pictures_are_shown_with_a_report_and_trained_on(store: Store) -> None:
    app = open_page("train")
    next(w for w in app.selectbox if w.label == "Dataset").set_value("image-folder").run()
    files = folders(cat=6, dog=5) | {"dog/notes.txt": b"not a picture"}
    app.file_uploader[0].set_value(("mine.zip", zipped(files), "application/zip")).run()
    next(w for w in app.selectbox if w.label == "Network").set_value("mlp").run()
    assert not app.exception
    next(w for w in app.segmented_control if "Report" in w.options).set_value("Report").run()
    assert list(app.dataframe[0].value["Pictures"]) == [6, 5]
    assert "1 × Could not be read: left out." in [e.label for e in app.expander]
    launch(app)
    assert store.runs()[0].experiment.dataset.load().class_names == ("cat", "dog")


@pytest.mark.parametrize("files", [{}, folders(cat=9), folders(cat=9, dog=1)])
def test_pictures_that_cannot_be_used_say_what_is_wrong_with_them(
    files: dict[str, bytes], store: Store
) -> None:
    app = open_page("train")
    next(w for w in app.selectbox if w.label == "Dataset").set_value("image-folder").run()
    app.file_uploader[0].set_value(("mine.zip", zipped(files), "application/zip")).run()
    assert not app.exception
    assert app.button(key="train").disabled
    assert "Expected" in texts(app)


def test_a_table_that_cannot_be_used_says_what_is_wrong_with_it(store: Store) -> None:
    app = open_page("train")
    next(w for w in app.selectbox if w.label == "Dataset").set_value("csv").run()
    app.file_uploader[0].set_value(("bad.csv", b"", "text/csv")).run()
    assert not app.exception
    assert app.button(key="train").disabled
    assert "Expected a header and rows" in texts(app)


def test_data_not_on_this_server_are_told_apart_and_offered_for_download(store: Store) -> None:
    app = open_page("train", **{"preset": FIRST.name, "dataset": "mnist"})
    assert not app.exception
    assert "Not on this server yet" in texts(app)
    app.button(key="download_now").click().run()
    kinds = [request.kind for request in requests.open_requests(store)]
    assert "download" in kinds
    (download,) = [r for r in requests.open_requests(store) if r.kind == "download"]
    requests.answer(store, download.key, None, "The download failed. Choose another.")
    app.run()
    assert "The download failed. Choose another." in texts(app)


def test_a_gaussian_prior_states_the_l2_it_equals() -> None:
    app = open_page("train", **{"regularisation.prior_sigma": "0.5"})
    experiment = Experiment.parse(
        FIRST.experiment.changed([("regularisation.prior_sigma", "0.5")]).model_dump()
    )
    facts = experiment.dataset.facts()
    samples = round(facts.samples * 0.8 * 0.9)
    expected = 1 / (2 * 0.5**2 * samples)
    assert f"equals an L2 of {expected:.3g}" in texts(app)
