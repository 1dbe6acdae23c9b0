"""The form of the Train page: dataset, network, training, regularisation."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlplay.architectures import ARCHITECTURES, Regularisation
from dlplay.datasets import DATASETS, Facts
from dlplay.errors import UserError
from dlplay.experiment import Experiment, dataset_adapter
from dlplay.optimisation import Training
from dlplay.presets import PRESETS, nearest_preset
from dlplay.ui import forms, state


def choose_preset() -> None:
    """What to start from."""
    current = state.preset_name()
    key = state.widget_key("preset")
    names = list(PRESETS)

    def load() -> None:
        name = st.session_state[key]
        # The browser reports a first value as a change, too, when it comes amid a redraw.
        if name != state.preset_name():
            state.load_draft(PRESETS[name].experiment, name)

    name = st.selectbox(
        "Start from", names, names.index(current), key=key, on_change=load,
        format_func=lambda n: PRESETS[n].title,
        help="An experiment that is filled in already. Press Train, or change what you like.",
    )  # fmt: skip
    st.caption(PRESETS[name].summary)
    _open_file()


def _open_file() -> None:
    """An experiment that was taken away as a file, back in the form."""
    opener = st.popover(
        "Open a file", icon=":material/upload_file:", key="open_file", on_change="rerun"
    )
    if not opener.open:
        return
    with opener:
        file = st.file_uploader(
            "Experiment", type="json", key=state.widget_key("open_file"),
            help="The file that “Take away” gives on the page of a run.",
        )  # fmt: skip
        if file is None:
            return
        try:
            experiment = Experiment.parse(file.getvalue())
        except UserError as error:
            st.error(str(error), icon=":material/error:")
            return
    state.load_draft(experiment, nearest_preset(experiment))
    st.rerun()


def show_changes(experiment: Experiment) -> None:
    """How far the form has moved from its preset, and the way back."""
    name = state.preset_name()
    changes = experiment.overrides_from(PRESETS[name].experiment)
    if not changes:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        listed = ", ".join(f"`{path}`" for path, _ in changes[:4])
        more = f" and {len(changes) - 4} more" if len(changes) > 4 else ""
        st.caption(f"Changed: {listed}{more}.", width="content")
        if st.button("Reset", type="tertiary", icon=":material/undo:", key="reset"):
            state.load_draft(PRESETS[name].experiment, name)
            st.rerun()


def experiment_form() -> Experiment:
    """The form, and the experiment it describes.

    Raises:
        UserError: a value is missing or does not fit; the form stays usable.
    """
    draft = state.draft()
    with st.expander("Data", icon=":material/database:", expanded=True):
        facts = _dataset_fields(draft["dataset"])
    with st.expander("Network", icon=":material/account_tree:", expanded=True):
        _architecture_fields(draft["architecture"], facts)
    kind = facts.kind if facts else None
    with st.expander("Training", icon=":material/tune:"):
        forms.fields(Training, draft["training"], "training", kind=kind)
        forms.fields(Experiment, draft, "experiment", only=("seed",))
    with st.expander("Regularisation", icon=":material/shield:"):
        forms.fields(Regularisation, draft["regularisation"], "regularisation", kind=kind)
        _state_prior(draft, facts)
    experiment = Experiment.parse(draft)
    experiment.check(facts or experiment.dataset.facts())
    return experiment


def _dataset_fields(values: dict[str, Any]) -> Facts | None:
    """Dataset and its fields; its facts, None while they cannot be told."""
    entry = forms.choose("Dataset", DATASETS, values, "dataset")
    forms.fields(entry, values, "dataset")
    try:
        return state.facts(dataset_adapter.validate_python(values))
    except ValueError:
        return None


def _architecture_fields(values: dict[str, Any], facts: Facts | None) -> None:
    """Network and its fields; only networks that can take such data are offered."""
    fitting = {
        name: entry
        for name, entry in ARCHITECTURES.items()
        if facts is None or (facts.kind in entry.kinds and facts.task in entry.tasks)
    }
    entry = forms.choose("Network", fitting, values, "architecture")
    st.caption(entry.card.summary)
    forms.fields(entry, values, "architecture")


def _state_prior(draft: dict[str, Any], facts: Facts | None) -> None:
    """Say which L2 a Gaussian prior comes down to."""
    if facts is None or not draft["regularisation"].get("prior_sigma"):
        return
    try:
        experiment = Experiment.parse(draft)
        samples = len(state.split(experiment.dataset, experiment.seed).train)
        equal = experiment.effective_regularisation(facts, samples).l2
    except UserError:
        return
    sigma = experiment.regularisation.prior_sigma
    st.caption(f"σ = {sigma:g} on {samples:,} training samples equals an L2 of {equal:.3g}.")
