"""The parts of the Study page: how far a study is, what it has found, its runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import streamlit as st

from dlplay.runs import Run, groups
from dlplay.runs.figures import metric_title
from dlplay.runs.groups import Group
from dlplay.studies import scores, space, sweep
from dlplay.studies.figures import (
    band_info,
    plot_bands,
    plot_best,
    plot_importance,
    plot_parallel,
)
from dlplay.ui import state
from dlplay.ui.chart import chart
from dlplay.ui.navigation import RUN, RUNS, STUDY
from dlplay.ui.text import clock, metric_value

KINDS: dict[groups.Kind, tuple[str, str]] = {
    "ablation": ("Ablation", ":material/content_cut:"),
    "sweep": ("Sweep", ":material/travel_explore:"),
    "folds": ("Cross-validation", ":material/view_column:"),
}


def is_active(group: Group) -> bool:
    """Whether something may still change."""
    made, active = groups.sizes(state.store()).get(group.id, (0, 0))
    return groups.is_open(group, made, active)


def live(group_id: str, was_active: bool) -> None:
    """Everything that changes while the runs train."""
    group = groups.get(state.store(), group_id)
    active = is_active(group)
    if was_active and not active:
        st.rerun()  # once more, whole: the polling ends with it
    runs = groups.members(state.store(), group.id)
    _header(group, active)
    _progress(group, runs, active)
    kinds: dict[groups.Kind, Callable[[Group, Sequence[Run]], None]] = {
        "ablation": _ablation, "folds": _folds, "sweep": _sweep,
    }  # fmt: skip
    kinds[group.kind](group, runs)


def _header(group: Group, active: bool) -> None:
    title, icon = KINDS[group.kind]
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        with st.container(horizontal=True, vertical_alignment="center", key="title"):
            st.header(group.title, anchor=False, width="content")
            st.badge(title, icon=icon, color="blue" if active else "gray")
        about = group.experiment
        cards = f"{about.dataset.card.title} · {about.architecture.card.title}"
        st.caption(f"{cards} · study {group.id} · launched {clock(group.created)}")
    with right.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center"
    ):
        if active and st.button("Stop", icon=":material/stop:", key="stop"):
            groups.stop(state.store(), group.id)
            st.rerun()
        if not active and st.button("Delete", icon=":material/delete:", key="delete"):
            _confirm_delete(group)
        if st.button("All runs", icon=":material/list:", key="all_runs"):
            st.switch_page(RUNS)


@st.dialog("Delete this study")
def _confirm_delete(group: Group) -> None:
    """Ask before anything is lost."""
    count = len(groups.members(state.store(), group.id))
    st.write(f"Delete the study and its {count} runs, with curves and models?")

    def delete() -> None:
        groups.delete(state.store(), group.id)

    if st.button("Delete", type="primary", on_click=delete, key="confirm_delete"):
        st.switch_page(RUNS)


def _progress(group: Group, runs: Sequence[Run], active: bool) -> None:
    planned = int(group.plan.get("trials", len(runs)))
    ended = sum(not run.is_active for run in runs) + len(group.results.get("skipped", ()))
    failed = [run for run in runs if run.state in ("failed", "interrupted")]
    if active:
        share = ended / planned if planned else 0.0
        st.progress(min(1.0, share), f"{ended} of {planned} runs ended")
    if group.message:
        st.error(group.message, icon=":material/error:")
    elif group.stopped:
        st.info(f"Stopped after {ended} of {planned} runs.", icon=":material/stop_circle:")
    if failed and not group.message:
        reason = next((run.message for run in reversed(failed) if run.message), "")
        st.warning(
            f"{len(failed)} of {len(runs)} runs failed or were interrupted; they count for "
            f"nothing here. The last one: {reason}",
            icon=":material/warning:",
        )
    if skipped := group.results.get("skipped"):
        st.warning(
            f"{len(skipped)} combinations cannot be trained and were left out. The last one: "
            f"{skipped[-1]['why']}",
            icon=":material/warning:",
        )


def _ablation(group: Group, runs: Sequence[Run]) -> None:
    metric = scores.main_metric(runs)
    gaps = scores.gaps(runs, metric)
    if gaps:
        for variant, gap in gaps.items():
            st.markdown(f"- {scores.gap_sentence(variant, gap, metric)}")
    else:
        st.caption("The gaps are stated here as soon as a pair of runs has ended.")
    named = [(str(run.part["variant"]), run) for run in runs]
    _bands(named, metric)
    _table(named, metric)


def _folds(group: Group, runs: Sequence[Run]) -> None:
    metric = scores.main_metric(runs)
    found = scores.scores([("all", run) for run in runs], metric).get("all")
    if found:
        st.markdown(
            f"Validation {_name(metric)} is **{_spread(found, metric)}** over {found.count} of "
            f"{len(runs)} folds."
        )
    else:
        st.caption("The score is stated here as soon as a fold has ended.")
    _bands([("all folds", run) for run in runs], metric)
    _table([(f"fold {run.part['fold']}", run) for run in runs], metric)


def _bands(named: Sequence[tuple[str, Run]], metric: str) -> None:
    curves = {run.id: state.store().points(run.id, most=300) for _, run in named}
    names = dict.fromkeys(name for name, run in named if curves[run.id])
    if not names:
        st.caption("Curves appear here as soon as the first epoch is done.")
        return
    for column, shown in zip(st.columns(2), ("loss", metric), strict=True):
        bands = {
            name: band_info([curves[r.id] for n, r in named if n == name], f"val_{shown}")
            for name in names
        }
        with column:
            alt = f"Validation {metric_title(shown)}: mean and deviation"
            chart(plot_bands(bands, f"val_{shown}"), key=f"band_{shown}", alt=alt, height=380)
    st.caption("Validation data. Lines: means. Bands: ± one deviation over the runs.")


def _table(named: Sequence[tuple[str, Run]], metric: str) -> None:
    title = f"Validation {_name(metric)}"
    rows = [
        {"": name, title: _spread(found, metric), "Runs": found.count}
        for name, found in scores.scores(named, metric).items()
    ]
    if rows:
        st.dataframe(rows, hide_index=True, key="study_scores")


def _spread(found: scores.Score, metric: str) -> str:
    mean = metric_value(metric, found.mean)
    if math.isnan(found.deviation):
        return mean
    return f"{mean} ± {metric_value(metric, found.deviation)}"


def _name(metric: str) -> str:
    title = metric_title(metric)
    return title if title == "R²" else title[0].lower() + title[1:]


def _sweep(group: Group, runs: Sequence[Run]) -> None:
    plan = sweep.parse(group.plan)
    tried = sweep.trials(state.store(), group, plan)
    titles = {path: title for path, (title, _) in space.dimensions(plan.experiment).items()}
    found = sweep.best(tried, plan.metric)
    if found is None or found.run is None:
        st.caption("The best trial is named here as soon as one has ended.")
        return
    values = ", ".join(f"{titles.get(p, p)} **{_shown(v)}**" for p, v in found.values.items())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"Best of {sum(t.fate == 'complete' for t in tried)}: trial {found.number + 1}, "
            f"validation {_name(plan.metric)} **{metric_value(plan.metric, found.value)}** with "
            f"{values}.",
            width="content",
        )
        st.page_link(
            RUN, label="Open it", icon=":material/open_in_full:", query_params={"id": found.run.id}
        )
    alt = "Every trial as a line through the values it had"
    figure = plot_parallel(tried, plan.space, titles, plan.metric)
    chart(figure, key="parallel", alt=alt, height=380)
    shares = group.results.get("importance")
    columns = st.columns(2) if shares else [st.container()]
    with columns[0]:
        chart(plot_best(tried, plan.metric), key="best", alt="Best score so far", height=340)
    if shares:
        with columns[1]:
            chart(plot_importance(shares, titles), key="importance", alt="Importance", height=340)


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def members(group: Group) -> None:
    """The runs: ordinary ones, to be opened and compared like any other."""
    runs = groups.members(state.store(), group.id)
    with st.expander(f"{len(runs)} run{'s' * (len(runs) != 1)}"):
        for run in runs:
            mark = " · pruned" if run.part.get("pruned") else ""
            st.page_link(
                RUN, label=f"{run.title} · {run.state}{mark}", query_params={"id": run.id}
            )


def listed() -> None:
    """The studies of this server, newest first; nothing where there are none."""
    found = groups.listed(state.store())
    if not found:
        return
    sizes = groups.sizes(state.store())
    with st.expander(f"{len(found)} stud{'ies' if len(found) > 1 else 'y'}", expanded=True):
        for group in found:
            made, active = sizes.get(group.id, (0, 0))
            title, icon = KINDS[group.kind]
            state_text = f"{active} active" if active else "ended"
            st.page_link(
                STUDY, icon=icon, query_params={"id": group.id},
                label=f"{title}: {group.title} · runs: {made} · {state_text} · "
                f"{clock(group.created)}",
            )  # fmt: skip


def offer(parameters: dict[str, str]) -> None:
    """The way to a new study."""
    if st.button(
        "Study", icon=":material/science:", key="study",
        help="Ablation, sweep or cross-validation of this experiment: several runs at once.",
    ):  # fmt: skip
        st.switch_page(STUDY, query_params=parameters)


def origin(run: Run) -> None:
    """The study a run belongs to."""
    if run.group_id:
        st.page_link(
            STUDY, label="Part of a study", icon=":material/science:",
            query_params={"id": run.group_id},
        )  # fmt: skip
