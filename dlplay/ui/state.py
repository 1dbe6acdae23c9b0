"""What a session remembers, and what all sessions share: one accessor each."""

from __future__ import annotations

import copy
from typing import Any

import streamlit as st

from dlplay.architectures.layers import Network
from dlplay.datasets import Dataset, Facts, Report, Samples, Split, split_samples
from dlplay.errors import UserError
from dlplay.experiment import Experiment, dataset_adapter
from dlplay.presets import PRESETS
from dlplay.runs import Store, open_store, requests
from dlplay.settings import Settings

QUESTION = "ask."
"""What the paths of questions to a run begin with; those of a draft never do."""

_DRAFT, _PRESET, _VERSION, _INITIAL = "draft", "draft_preset", "draft_version", "draft_initial"


def store() -> Store:
    """The run store."""
    return _store(Settings().database)


@st.cache_resource(show_spinner=False)
def _store(url: str) -> Store:
    """One store per database; the arguments of cached functions are the keys of their caches."""
    return open_store()


def draft() -> dict[str, Any]:
    """The values of the form, as the JSON of an experiment; the address's at first."""
    if _DRAFT not in st.session_state:
        _read_address()
    values: dict[str, Any] = st.session_state[_DRAFT]
    return values


def preset_name() -> str:
    """The preset the draft started from."""
    draft()
    return str(st.session_state[_PRESET])


def load_draft(experiment: Experiment, preset: str) -> None:
    """Put an experiment into the form."""
    st.session_state[_DRAFT] = copy.deepcopy(experiment.model_dump(mode="json"))
    st.session_state[_PRESET] = preset
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1
    st.session_state[_INITIAL] = {}


def widget_key(path: str) -> str:
    """The key of the widget for a part of the draft, or of a question to a run; another draft has
    other widgets."""
    if not path.startswith(QUESTION):  # the address of a page that asks is no link to a draft
        draft()
    return f"form.{path}.{st.session_state.get(_VERSION, 0)}"


def initial(key: str, value: Any) -> Any:
    """What a widget starts from: the value it was first shown with, as long as it lives.

    Setting a widget's state in place of its initial value would be lost when a page is redrawn
    before the browser has taken it over.
    """
    values = st.session_state.setdefault(_INITIAL, {})
    if key not in st.session_state:
        values[key] = value
    return values.get(key, value)


def _read_address() -> None:
    """Start from what a link says: ``?preset=…&training.epochs=5``."""
    parameters = st.query_params.to_dict()
    name = parameters.pop("preset", next(iter(PRESETS)))
    unknown = []
    if name not in PRESETS:
        unknown.append(f"Expected one of the presets {', '.join(PRESETS)}. Received: {name}.")
        name, parameters = next(iter(PRESETS)), {}
    try:
        experiment = PRESETS[name].experiment.changed(parameters.items())
    except UserError:
        experiment, unknown = PRESETS[name].experiment.followed(parameters.items())
    load_draft(experiment, name)
    for sentence in unknown:
        st.error(f"A part of this link is left out. {sentence}", icon=":material/link_off:")


def write_address(experiment: Experiment) -> None:
    """Keep the address a link to exactly this form."""
    name = preset_name()
    overrides = experiment.overrides_from(PRESETS[name].experiment)
    wanted = {"preset": name, **dict(overrides)}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def samples(dataset: Dataset) -> Samples:
    """A dataset's samples, shared by all sessions; nobody changes them."""
    return _samples(dataset.model_dump_json(), dataset.origin())


@st.cache_resource(max_entries=6, show_spinner="Reading the dataset …")
def _samples(dataset: str, origin: str) -> Samples:
    return dataset_adapter.validate_json(dataset).load()


def facts(dataset: Dataset) -> Facts:
    """What a network must know of a dataset."""
    return _facts(dataset.model_dump_json())


@st.cache_data(max_entries=50, show_spinner="Reading the dataset …")
def _facts(dataset: str) -> Facts:
    return dataset_adapter.validate_json(dataset).facts()


def report(dataset: Dataset) -> Report | None:
    """What was found in a user's own data; None where nothing needs to be said."""
    return _report(dataset.model_dump_json())


@st.cache_data(max_entries=20, show_spinner=False)
def _report(dataset: str) -> Report | None:
    return dataset_adapter.validate_json(dataset).report()


def split(dataset: Dataset, seed: int) -> Split:
    """A dataset's parts, shared by all sessions."""
    return _split(dataset.model_dump_json(), seed)


@st.cache_resource(max_entries=6, show_spinner="Dividing the dataset …")
def _split(dataset: str, seed: int) -> Split:
    parsed = dataset_adapter.validate_json(dataset)
    return split_samples(parsed, samples(parsed), seed)


def network(experiment: Experiment) -> Network | UserError | None:
    """What the experiment's network costs; None while the helper process works it out."""
    values = experiment.model_dump(mode="json")
    question = {
        "experiment": {
            **{key: values[key] for key in ("dataset", "architecture", "regularisation")},
            "training": {
                key: values["training"][key] for key in ("optimizer", "loss", "batch_size")
            },
        }
    }
    request = requests.ask(store(), "summary", question)
    if request.error:
        return UserError(request.error)
    return Network.from_values(request.answer) if request.answer else None
