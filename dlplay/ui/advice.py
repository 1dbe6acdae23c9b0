"""The coach's sentences on the Run page."""

from __future__ import annotations

import streamlit as st

from dlplay.coach import Advice, Record, advise
from dlplay.errors import UserError
from dlplay.presets import nearest_preset
from dlplay.runs import Run
from dlplay.ui import state
from dlplay.ui.navigation import TRAIN
from dlplay.views import Snapshots


def show(run: Run) -> None:
    """What a run that has ended suggests to change; nothing if all is well."""
    if run.state not in ("finished", "stopped", "failed"):
        return
    try:
        record = _record(run)
    except UserError:  # its data are gone
        return
    for number, advice in enumerate(advise(record)):
        with st.container(horizontal=True, vertical_alignment="center", key=f"coach.{number}"):
            st.markdown(
                f":material/lightbulb: **{advice.finding}** {advice.evidence}", width="stretch"
            )
            _offer(run, advice, number)


def _offer(run: Run, advice: Advice, number: int) -> None:
    """The button that fills the form; words alone where the form has no field for it."""
    if not advice.changes:
        st.caption(f"{advice.proposal}.", width="content")
        return
    if st.button(advice.proposal, icon=":material/edit:", key=f"coach.{number}.try"):
        changed = run.experiment.changed(advice.changes)
        state.load_draft(changed, nearest_preset(changed))
        st.switch_page(TRAIN)


def _record(run: Run) -> Record:
    experiment = run.experiment
    layers = Snapshots(run.folder, "layers").latest()
    return Record(
        experiment, state.facts(experiment.dataset), state.store().points(run.id),
        run.message if run.state == "failed" else "", layers[1] if layers else None,
        run.summary.get("doubles", 0), run.summary.get("sizes", {}).get("test", 0),
    )  # fmt: skip
