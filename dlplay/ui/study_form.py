"""The form of a new study: what to take away, what to vary, or how many folds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.presets import PRESETS, nearest_preset
from dlplay.runs import groups
from dlplay.runs.figures import METRICS_OF, metric_title
from dlplay.studies import ablation, folds, space, sweep
from dlplay.ui import state
from dlplay.ui.navigation import STUDY, TRAIN


def experiment() -> Experiment:
    """What the study is about: a run's experiment (``?run=``), or the form of the Train page."""
    run_id = st.query_params.get("run", "")
    return state.store().get(run_id).experiment if run_id else Experiment.parse(state.draft())


def address(wanted: Experiment) -> dict[str, str]:
    """The address of a new study of an experiment: the link of the Train page to it."""
    name = nearest_preset(wanted)
    return {"preset": name, **dict(wanted.overrides_from(PRESETS[name].experiment))}


def new_study() -> None:
    """Choose a kind of study, fill it in, launch it."""
    wanted = experiment()
    st.header("New study", anchor=False)
    card = f"{wanted.dataset.card.title} · {wanted.architecture.card.title}"
    st.caption(f"{card} · {wanted.epochs:,} epochs · seed {wanted.seed}")
    kinds: dict[str, Callable[[Experiment], None]] = {
        "Ablation": _ablation, "Sweep": _sweep, "Cross-validation": _folds,
    }  # fmt: skip
    kind = st.segmented_control(
        "Kind", list(kinds), default="Ablation", key="study_kind", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    try:
        kinds[kind or "Ablation"](wanted)
    except UserError as error:
        st.warning(str(error), icon=":material/edit_note:")


def _ablation(wanted: Experiment) -> None:
    parts = {part.title: part for part in ablation.removable(wanted)}
    st.write("The same network, trained again without each of its parts: which of them matters?")
    if not parts:
        st.info(
            "This experiment has nothing to take away. Switch on dropout, batch normalisation, "
            "augmentation or a penalty under Regularisation first.",
            icon=":material/info:",
        )
        st.page_link(TRAIN, label="To the form", icon=":material/tune:")
        return
    chosen = st.pills(
        "Take away, one at a time", list(parts), default=list(parts), selection_mode="multi",
        key="ablation_parts",
    )  # fmt: skip
    seeds = st.slider(
        "Seeds", 1, 5, 3, key="ablation_seeds",
        help="How often each variant is trained, with another split and other first weights. "
        "With one seed a gap may be luck.",
    )  # fmt: skip
    count = seeds * (1 + len(chosen))
    st.caption(f"{count} runs: {1 + len(chosen)} variants × {seeds} seeds.")
    if st.button("Start the ablation", type="primary", key="study_start", disabled=not chosen):
        _open(ablation.create(state.store(), wanted, [parts[title] for title in chosen], seeds))


def _folds(wanted: Experiment) -> None:
    st.write(
        "Every part of the training data takes its turn at validation: how much of the score is "
        "the luck of one split? The test set stays apart."
    )
    count = st.slider("Folds", 2, 10, 5, key="folds_count")
    st.caption(f"{count} runs.")
    if st.button("Start the folds", type="primary", key="study_start"):
        _open(folds.create(state.store(), wanted, count))


def _sweep(wanted: Experiment) -> None:
    st.write("Many trials with some fields varied, in search of the best.")
    found = space.dimensions(wanted)
    titles = {path: _titled(path, title) for path, (title, _) in found.items()}
    rate = "training.optimizer.learning_rate"
    paths = st.multiselect(
        "Fields to vary", list(found), default=[rate], format_func=titles.__getitem__,
        key="sweep_paths",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sampler = st.selectbox(
            "How to choose", list(sweep.SAMPLERS), format_func=sweep.SAMPLERS.__getitem__,
            key="sweep_sampler", width=280,
        )  # fmt: skip
        is_grid = sampler == sweep.GRID
        trials = st.number_input(
            "Trials at most" if is_grid else "Trials", 1, 1_000, 100 if is_grid else 20,
            key=f"sweep_trials.{is_grid}", width=130,
        )  # fmt: skip
        task = wanted.architecture.task(state.facts(wanted.dataset))
        metrics = [*METRICS_OF[task], "loss"]
        metric = st.selectbox(
            "Judge by", metrics, format_func=lambda m: f"Validation {metric_title(m).lower()}",
            key=f"sweep_metric.{task}", width=240,
            help="In the epoch of the lowest validation loss. The loss contains penalties: to "
            "compare L1 or L2, choose another metric.",
        )  # fmt: skip
        prune = st.toggle(
            "Prune", True, key="sweep_prune",
            help="End trials early whose best so far is below the median of the others.",
        )  # fmt: skip
    dimensions = [_dimension(found[path][1], titles[path], is_grid) for path in paths]
    if not dimensions:
        st.info("Choose at least one field to vary.", icon=":material/info:")
        return
    plan = sweep.parse(
        {
            "experiment": wanted.model_dump(mode="json"), "space": dimensions,
            "sampler": sampler, "trials": trials, "prune": prune, "metric": metric,
        }
    )  # fmt: skip
    st.caption(f"{plan.wanted} runs.")
    if st.button("Start the sweep", type="primary", key="study_start"):
        _open(sweep.create(state.store(), plan))


def _titled(path: str, title: str) -> str:
    """“Training: Learning rate”."""
    part = path.partition(".")[0]
    return title if part == path else f"{part.capitalize()}: {title}"


def _dimension(dimension: space.Dimension, title: str, is_grid: bool) -> dict[str, Any]:
    """The range or the options of one field."""
    values = dimension.model_dump()
    key = f"sweep.{dimension.path}"
    if len(dimension.options) > 1:
        options = {_plain(option): option for option in dimension.options}
        chosen = st.pills(
            title, list(options), default=list(options), selection_mode="multi", key=key
        )
        return {**values, "options": [options[name] for name in chosen]}
    if dimension.options:  # a list: say which ones
        text = st.text_input(
            title, dimension.options[0], key=key, help="Lists in brackets: [8], [16, 16]"
        )
        return {**values, "options": _lists(text, title)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = "%d" if dimension.whole else "%.6g"
        kind = int if dimension.whole else float
        low, high = kind(dimension.low or 0), kind(dimension.high or 0)
        step = kind(1) if dimension.whole else None
        values["low"] = st.number_input(
            f"{title} from", value=low, step=step, format=shown, key=f"{key}.low", width=260
        )
        values["high"] = st.number_input(
            "to", value=high, step=step, format=shown, key=f"{key}.high", width=140
        )
        values["log"] = st.toggle("Logarithmic", dimension.log, key=f"{key}.log")
        if is_grid:
            values["points"] = st.number_input("Points", 2, 20, 3, key=f"{key}.points", width=110)
    return values


def _plain(option: str) -> str:
    value = json.loads(option)
    return value if isinstance(value, str) else {True: "on", False: "off"}.get(value, option)


def _lists(text: str, title: str) -> list[str]:
    """“[8], [16, 16]” as two options."""
    try:
        found = json.loads(f"[{text}]")
    except ValueError:
        found = []
    if not found or not all(isinstance(option, list) for option in found):
        raise UserError(f"{title}: expected lists such as [8], [16, 16]", received=text)
    return [json.dumps(option) for option in found]


def _open(group: groups.Group) -> None:
    st.switch_page(STUDY, query_params={"id": group.id})
