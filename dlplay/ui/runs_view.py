"""The parts of the Runs page: the list, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlplay.runs import Run
from dlplay.ui import state
from dlplay.ui.navigation import RUN, TRAIN
from dlplay.ui.run_view import STATES
from dlplay.ui.text import clock, duration


def follow(runs: Sequence[Run]) -> None:
    """Draw the page anew when a run has changed its state; asks only while one is active."""
    active = any(run.is_active for run in runs)
    st.fragment(_redraw_when_changed, run_every=1.5 if active else None)(_states(runs))


def _redraw_when_changed(drawn: dict[str, str]) -> None:
    if _states(state.store().runs()) != drawn:
        st.rerun()


def _states(runs: Sequence[Run]) -> dict[str, str]:
    return {run.id: run.state for run in runs}


def filtered(runs: Sequence[Run]) -> list[Run]:
    """The runs that match what is typed and chosen."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    text = left.text_input(
        "Filter",
        key="filter",
        placeholder="Dataset, network, title or id",
        icon=":material/search:",
    )
    present = [name for name in STATES if any(run.state == name for run in runs)]
    states = right.pills("State", present, selection_mode="multi", key="states")
    words = text.lower().split()
    return [
        run
        for run in runs
        if (not states or run.state in states) and all(word in _haystack(run) for word in words)
    ]


def _haystack(run: Run) -> str:
    names = [run.values[part]["name"] for part in ("dataset", "architecture")]
    return " ".join([run.id, run.title, run.state, *names]).lower()


def table(runs: Sequence[Run]) -> list[Run]:
    """The list of runs; the selected ones."""
    rows = [_row(run) for run in runs]
    chosen = [
        i for i, run in enumerate(runs) if run.id in st.query_params.get("ids", "").split(",")
    ]
    event = st.dataframe(
        rows, hide_index=True, key="runs", on_select="rerun", selection_mode="multi-row",
        selection_default={"selection": {"rows": chosen}} if chosen else None,
        column_config={
            "Score": st.column_config.NumberColumn(
                "Best validation score", format="%.4f",
                help="Accuracy, or R² for regression, in the epoch of the lowest validation loss.",
            ),
        },
    )  # fmt: skip
    return [runs[i] for i in event.selection.rows if i < len(runs)]


def _row(run: Run) -> dict[str, object]:
    best = run.summary.get("best", {})
    progress = run.progress.get("epoch", 0)
    return {
        "State": run.state, "Title": run.title, "Dataset": run.values["dataset"]["name"],
        "Network": run.values["architecture"]["name"],
        "Score": best.get("val_accuracy", best.get("val_r2")),
        "Validation loss": best.get("val_loss"),
        "Epochs": run.summary.get("epochs", progress), "Duration": duration(run.seconds),
        "Launched": clock(run.created), "Id": run.id,
    }  # fmt: skip


def actions(selected: Sequence[Run]) -> None:
    """What can be done with the selected runs."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Open", icon=":material/open_in_full:", disabled=len(selected) != 1, key="open"
        ):
            st.switch_page(RUN, query_params={"id": selected[0].id})
        ended = [run for run in selected if not run.is_active]
        if st.button("Delete", icon=":material/delete:", disabled=not ended, key="delete"):
            confirm_delete(ended)
        if not selected:
            st.caption("Select one run to open it, several to compare them.")


@st.dialog("Delete runs")
def confirm_delete(runs: Sequence[Run]) -> None:
    """Ask before anything is lost."""
    st.write(f"Delete {len(runs)} run{'s' * (len(runs) > 1)}, with curves and models?")
    for run in runs:
        st.caption(f"{run.id} · {run.title}")

    def delete() -> None:
        for run in runs:
            state.store().delete(run.id)

    if st.button("Delete", type="primary", on_click=delete, key="confirm_delete"):
        st.rerun()


def empty() -> None:
    """What to do when there is nothing yet."""
    st.info("No runs yet. Train a network and it appears here.", icon=":material/info:")
    st.page_link(TRAIN, label="Train a network", icon=":material/play_circle:")
