"""The parts of the Run page: where a run is, its curves, what the network says."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlplay.classify.trained_run import TrainedRun, is_usable
from dlplay.presets import nearest_preset
from dlplay.runs import Run, State
from dlplay.runs.figures import (
    METRICS_OF,
    curves_info,
    metric_title,
    plot_curves,
)
from dlplay.ui import advice, run_control, state, study_view, views
from dlplay.ui.chart import chart
from dlplay.ui.navigation import CLASSIFY, RUNS, TRAIN
from dlplay.ui.text import BadgeColour, clock, duration, metric_value, score

STATES: dict[State, tuple[str, BadgeColour]] = {
    "queued": (":material/hourglass_top:", "gray"),
    "running": (":material/play_circle:", "blue"),
    "finished": (":material/check_circle:", "green"),
    "stopped": (":material/stop_circle:", "orange"),
    "failed": (":material/error:", "red"),
    "interrupted": (":material/power_off:", "orange"),
    "paused": (":material/pause_circle:", "violet"),
}


def _header(run: Run) -> None:
    """Title, state, and what can be done with the run."""
    icon, tint = STATES[run.state]
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        with st.container(horizontal=True, vertical_alignment="center", key="title"):
            st.header(run.title, anchor=False, width="content")
            st.badge(run.state, icon=icon, color=tint)
        st.caption(f"Run {run.id} · launched {clock(run.created)}")
        run_control.origin(run)
        study_view.origin(run)
    buttons = right.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center"
    )
    with buttons:
        run_control.buttons(run)
        if not run.is_active:
            _what_next(run)
        if st.button("All runs", icon=":material/list:", key="all_runs"):
            st.switch_page(RUNS)


def _what_next(run: Run) -> None:
    """What can be done with a run that has ended."""
    if is_usable(run) and st.button("Try it", icon=":material/image_search:", key="try"):
        st.switch_page(CLASSIFY, query_params={"network": TrainedRun(run=run.id).key})
    if st.button("Change and train again", icon=":material/edit:", key="again"):
        state.load_draft(run.experiment, nearest_preset(run.experiment))
        st.switch_page(TRAIN)
    study_view.offer({"run": run.id})


def follow(run: Run) -> None:
    """The run, again and again while it trains; more often until there is something to see."""
    has_points = bool(state.store().points(run.id, most=1))
    seconds = (0.5 if has_points else 0.2) if run.is_active else None
    st.fragment(_live, run_every=seconds)(run.id, run.is_active, has_points)


def _live(run_id: str, was_active: bool, had_points: bool) -> None:
    """Everything that changes while a run trains."""
    run = state.store().get(run_id)
    if was_active and not run.is_active:
        st.rerun()  # once more, whole: the polling ends with it
    _header(run)
    _outcome(run)
    _numbers(run)
    has_points = _charts(run)
    if not run.is_active:
        advice.show(run)
    if views.seen_live(run, beside=False):
        st.subheader("Inside the network", anchor=False)
        views.show_live(run, beside=False)
    if has_points and run.is_active and not had_points:
        st.rerun()  # drawn once; from now on the pace is calmer


def _outcome(run: Run) -> None:
    """Progress while it lives, the last word when it has ended."""
    progress = run.progress
    if run.state == "queued":
        place = state.store().place_in_queue(run)
        place_text = "next" if place == 1 else f"number {place}"
        st.info(f"Waiting for a free slot: {place_text} in the queue.", icon=":material/schedule:")
    elif run.state == "running":
        st.progress(min(1.0, progress.get("share", 0.0)), _progress_text(progress))
    elif run.state == "failed":
        st.error(run.message, icon=":material/error:")
    elif run.message:
        st.info(run.message, icon=":material/info:")


def _progress_text(progress: dict[str, Any]) -> str:
    if progress.get("phase") != "training":
        return f"{progress.get('phase', 'starting').capitalize()} …"
    left = progress.get("seconds_left")
    text = f"Epoch {progress['epoch']} of {progress['epochs']}"
    return f"{text} · {duration(left)} left" if left is not None else text


def _numbers(run: Run) -> None:
    """The latest values; at the end, those of the test set."""
    points = state.store().points(run.id, most=1)
    last = points[-1].metrics if points else {}
    progress, summary = run.progress, run.summary
    test, speed = summary.get("test", {}), progress.get("samples_per_second")
    main = METRICS_OF[run.task or "classification"][0]
    title = metric_title(main).lower() if main != "r2" else "R²"
    shown = {
        "Epochs": f"{summary.get('epochs', progress.get('epoch', 0)):,}",
        "Training loss": score(last.get("loss")),
        "Validation loss": score(last.get("val_loss")),
        f"Validation {title}": metric_value(main, last.get(f"val_{main}")),
    }
    if test:
        shown[f"Test {title}"] = metric_value(main, test.get(main))
    if run.is_active or run.state == "paused":
        shown["Learning rate"] = score(last.get("learning_rate"))
        shown["Samples per second"] = f"{speed:,.0f}" if speed else "–"
    else:
        shown["Duration"] = duration(summary.get("seconds"))
    with st.container(horizontal=True, gap="medium"):
        for name, value in shown.items():
            # As wide as its name: what its value needs changes while one looks.
            st.metric(name, value, width=max(150, 8 * len(name)))


def _charts(run: Run) -> bool:
    """The curves, and what the network says; whether an epoch is complete."""
    points = state.store().points(run.id)
    within = state.store().points(run.id, within_epoch=True)
    if not points and not within:
        if run.is_active:
            st.caption("The first points appear here as soon as the first step is done.")
        return False
    metric, log_loss = _choose_metric(run)
    epochs = run.experiment.epochs
    columns = st.columns(3 if views.seen_live(run, beside=True) else 2)
    for column, name, log in zip(columns, ("loss", metric), (log_loss, False), strict=False):
        with column:
            curves = curves_info(points, name, within)
            figure = plot_curves(curves, name, epochs, log, run.marks)
            chart(
                figure, key=f"curve_{name}", alt=f"{metric_title(name)} of every epoch", height=380
            )
    for column in columns[2:]:
        with column:
            views.show_live(run, beside=True)
    return bool(points)


def _choose_metric(run: Run) -> tuple[str, bool]:
    """Which metric to draw beside the loss, and whether the loss is on a logarithmic axis."""
    choices = list(METRICS_OF[run.task or "classification"])
    if run.marks or not run.experiment.training.rate_is_constant:
        choices.append("learning_rate")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        metric = st.segmented_control(
            "Metric", choices, default=choices[0], key=f"metric.{choices[0]}",
            format_func=lambda name: metric_title(name).removesuffix(" (macro)"),
            label_visibility="collapsed", required=True,
        )  # fmt: skip
        log_loss = st.toggle("Logarithmic loss", key="log_loss")
    return metric or choices[0], log_loss
