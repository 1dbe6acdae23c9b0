"""What can be done to a run on its way, and from where it was: pause, step, resume, rate, fork."""

from __future__ import annotations

import copy
from typing import Any

import streamlit as st

from dlplay.architectures import Regularisation
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.memory import readable_bytes
from dlplay.optimisation import Training
from dlplay.runs import RESUMABLE, Run, control
from dlplay.runs.checkpoints import Checkpoints
from dlplay.runs.forks import fork
from dlplay.ui import forms, state
from dlplay.ui.navigation import RUN

_RATES = [float(f"{m}e{e}") for e in range(-6, 2) for m in (1, 2, 3, 5)]


def origin(run: Run) -> None:
    """Where a fork comes from."""
    if run.origin is None:
        return
    epoch = run.origin.epoch
    start = f"after epoch {epoch}" if epoch else "with its first weights"
    try:
        parent = state.store().get(run.origin.run)
    except UserError:
        st.caption(f"Forked from run {run.origin.run} {start}; that run is deleted.")
        return
    st.page_link(
        RUN, label=f"Forked from {parent.title} ({parent.id}) {start}",
        icon=":material/call_split:", query_params={"id": parent.id},
    )  # fmt: skip


def buttons(run: Run) -> None:
    """Pause, stop, step and resume as far as they apply, the rate, and a fork."""
    store = state.store()
    if run.is_active:
        wished = run.pause_after is not None
        if st.button("Pause", icon=":material/pause:", key="pause", disabled=wished,
                     help="Rest once the epoch is complete."):  # fmt: skip
            control.request_pause(store, run.id)
            st.rerun()
        if st.button("Stop", icon=":material/stop:", key="stop"):
            store.request_stop(run.id)
            st.rerun()
    elif run.state in RESUMABLE:
        if st.button("Resume", icon=":material/play_arrow:", key="resume", type="primary",
                     help="Go on from the last saved epoch."):  # fmt: skip
            control.resume(store, run.id)
            st.rerun()
        if st.button("Step", icon=":material/skip_next:", key="step", help="Train one epoch."):
            control.resume(store, run.id, pause_after=_saved_last(run) + 1)
            st.rerun()
    if run.is_active or run.state in RESUMABLE:
        _rate(run)
    if Checkpoints(run.folder).epochs() and st.button(
        "Fork", icon=":material/call_split:", key="fork",
        help="A new run from an epoch this one has saved, trained differently from there.",
    ):  # fmt: skip
        fork_dialog(run.id)


def _saved_last(run: Run) -> int:
    return max(Checkpoints(run.folder).epochs(), default=0)


def current_rate(run: Run) -> float:
    """The learning rate a run has, or is about to have, before its schedule's factor."""
    if run.rate_wanted is not None:
        return run.rate_wanted
    rates = [mark.rate for mark in run.marks if mark.rate is not None]
    return rates[-1] if rates else run.experiment.training.optimizer.learning_rate


def _rate(run: Run) -> None:
    """Another learning rate from the next epoch on."""
    rate = current_rate(run)
    with st.popover("Rate", icon=":material/speed:", key="rate"):
        wanted = st.select_slider(
            "Learning rate", sorted({*_RATES, rate}), rate, key=f"rate_value.{rate:g}",
            format_func=lambda value: f"{value:g}",
            help="Holds from the next epoch on and is marked on the curves. A schedule goes on "
            "from it with its own factors.",
        )  # fmt: skip
        if st.button("Change", key="rate_change", disabled=wanted == rate):
            control.request_rate(state.store(), run.id, wanted)
            st.rerun()
        if run.rate_wanted is not None:
            st.caption(f"{run.rate_wanted:g} from the next epoch on.")


@st.dialog("Fork this run", width="large")
def fork_dialog(run_id: str) -> None:
    """From which epoch, and what is to be different."""
    run = state.store().get(run_id)
    saved = Checkpoints(run.folder)
    epochs = saved.epochs()
    epoch = epochs[0]
    if len(epochs) > 1:
        epoch = st.select_slider(
            "Start after epoch", epochs, epochs[-1], key="fork_epoch",
            format_func=lambda e: f"{e}" if e else "0 (first weights)",
        )  # fmt: skip
    st.caption(
        f"{len(epochs)} saved epoch{'s' * (len(epochs) > 1)}, {readable_bytes(saved.size())} on "
        "disk. Data, network, loss and seed stay as they are."
    )
    values = _draft(run)
    with st.expander("Training", icon=":material/tune:", expanded=True):
        forms.fields(
            Training, values["training"], f"fork.{run.id}.training",
            only=[name for name in Training.model_fields if name != "loss"],
        )  # fmt: skip
    with st.expander("Regularisation", icon=":material/shield:"):
        kind = state.facts(run.experiment.dataset).kind
        forms.fields(
            Regularisation, values["regularisation"], f"fork.{run.id}.regularisation", kind=kind
        )
    made = f"forked.{run.id}"

    def start() -> None:
        try:
            st.session_state[made] = fork(
                state.store(), run.id, int(epoch), Experiment.parse(values)
            ).id
        except UserError as error:
            st.session_state[made] = error

    st.button("Start the fork", type="primary", on_click=start, key="fork_start")
    outcome = st.session_state.pop(made, None)
    if isinstance(outcome, UserError):
        st.error(str(outcome), icon=":material/error:")
    elif outcome:
        st.switch_page(RUN, query_params={"id": outcome})


def _draft(run: Run) -> dict[str, Any]:
    """The values of the fork's form; at first those of the run, at the rate it has now."""
    key = f"fork.{run.id}"
    if key not in st.session_state:
        values = copy.deepcopy(run.experiment.model_dump(mode="json"))
        if run.experiment.architecture.tuning() is None:  # which has a rate of its own
            values["training"]["optimizer"]["learning_rate"] = current_rate(run)
        if run.state in ("finished", "failed"):  # there is nothing left to train otherwise
            values["training"]["epochs"] = 2 * run.experiment.training.epochs
        st.session_state[key] = values
    draft: dict[str, Any] = st.session_state[key]
    return draft
