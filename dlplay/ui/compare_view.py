"""Several runs side by side: their curves over each other, their scores, what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import streamlit as st

from dlplay.runs import Point, Run
from dlplay.runs.figures import ALONG, METRICS_OF, Along, metric_title, plot_overlay
from dlplay.ui import state
from dlplay.ui.chart import chart

Moment = Literal["Best", "Last", "Epoch"]


def compare(runs: Sequence[Run]) -> None:
    """The curves of several runs over each other, their scores, and what differs between their
    experiments."""
    st.subheader(f"{len(runs)} runs compared", anchor=False)
    points = [state.store().points(run.id) for run in runs]
    _curves(runs, points)
    _scores(runs, points)
    differences(runs)


def name_of(run: Run) -> str:
    """A run as a legend and a table name it."""
    return f"{run.title} ({run.id[:4]})"


def _curves(runs: Sequence[Run], points: Sequence[Sequence[Point]]) -> None:
    mains = dict.fromkeys(METRICS_OF[run.task][0] for run in runs if run.task)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        along: Along = st.segmented_control(
            "Along", list(ALONG), default="epoch", key="compare_along", required=True,
            format_func=lambda name: f"By {name}", label_visibility="collapsed",
        ) or "epoch"  # fmt: skip
        log_loss = st.toggle("Logarithmic loss", key="compare_log")
    named = [(name_of(run), kept) for run, kept in zip(runs, points, strict=True)]
    steps = [steps_per_epoch(run) for run in runs]
    for column, metric in zip(st.columns(1 + len(mains)), ["loss", *mains], strict=True):
        with column:
            log = log_loss and metric == "loss"
            figure = plot_overlay(named, metric, log, along, steps)
            alt = f"{metric_title(metric)} of the selected runs"
            chart(figure, key=f"overlay_{metric}_{along}", alt=alt, height=420)
    st.caption("Solid: validation. Dotted: training.")


def steps_per_epoch(run: Run) -> int:
    """How many steps an epoch of a run has; 1 while nothing has been trained."""
    samples = run.summary.get("sizes", {}).get("train")
    if samples:
        return -(-int(samples) // run.experiment.training.batch_size)
    return int(run.progress.get("steps", 1))


def _scores(runs: Sequence[Run], points: Sequence[Sequence[Point]]) -> None:
    """Every metric of every run at one moment; a click on a column's head sorts."""
    last = max((int(kept[-1].epoch) for kept in points if kept), default=0)
    if not last:
        st.caption("None of these runs has completed an epoch.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        moment: Moment = st.segmented_control(
            "Scores at", get_args(Moment), default="Best", key="compare_moment", required=True,
            help="Best: the epoch of the lowest validation loss. Click a column to sort by it.",
        ) or "Best"  # fmt: skip
        epoch = last
        if moment == "Epoch" and last > 1:
            epoch = int(st.number_input("Epoch", 1, last, last, key="compare_epoch", width=150))
    rows = [
        {"Run": name_of(run), **scores_at(kept, moment, epoch)}
        for run, kept in zip(runs, points, strict=True)
    ]
    st.dataframe(rows, hide_index=True, key="scores")


def scores_at(points: Sequence[Point], moment: Moment, epoch: int = 0) -> dict[str, Any]:
    """Epoch, seconds and metrics of a run at its best, its last or a chosen epoch; empty if it
    has not come so far."""
    if moment == "Epoch":
        points = [point for point in points if point.epoch == epoch]
    if not points:
        return {}
    point = points[-1]
    if moment == "Best":
        judged = [p for p in points if "val_loss" in p.metrics]
        point = min(judged, key=lambda p: p.metrics["val_loss"]) if judged else point
    named = {
        f"{'Validation' if name.startswith('val_') else 'Training'} {_plain(name)}": value
        for name, value in sorted(point.metrics.items(), key=lambda item: item[0][:4] != "val_")
        if name != "learning_rate"
    }
    rate = point.metrics.get("learning_rate")
    return {"Epoch": int(point.epoch), **named, "Learning rate": rate, "Seconds": point.seconds}


def _plain(name: str) -> str:
    title = metric_title(name).removesuffix(" (macro)")
    return title if title[1:] != title[1:].lower() or not title[1:].isalpha() else title.lower()


def differences(runs: Sequence[Run]) -> None:
    """A table of the fields in which the experiments are not all equal."""
    flat = [run.experiment.flat() for run in runs]
    paths = list(dict.fromkeys(path for values in flat for path in values))
    rows = {
        path: [_shown(values.get(path)) for values in flat]
        for path in paths
        if len({repr(values.get(path)) for values in flat}) > 1
    }
    if not rows:
        st.info("These experiments are the same in every field.", icon=":material/equal:")
        return
    columns: dict[str, list[str]] = {"What differs": list(rows)}
    for index, run in enumerate(runs):
        columns[name_of(run)] = [values[index] for values in rows.values()]
    st.dataframe(columns, hide_index=True)


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
