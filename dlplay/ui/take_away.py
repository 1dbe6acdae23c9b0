"""What can be taken away: code, model files, the record, a link."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.export.card import history_csv, model_card
from dlplay.export.models import FORMATS, check_exportable
from dlplay.presets import PRESETS, nearest_preset
from dlplay.runs import Run, requests
from dlplay.runs.store import default_title
from dlplay.ui import state

_ALL = 2**31
"""More points than any run has."""


def show_code(experiment: Experiment, title: str = "", height: int = 420) -> None:
    """The experiment in plain Keras, followed as the form changes; asked for while it is open."""
    code = st.expander(
        "Code in plain Keras", icon=":material/code:", key="code", on_change="rerun"
    )
    if code.open:
        with code:
            _follow(_code, "script", _script_question(experiment, title), height)


def _script_question(experiment: Experiment, title: str = "", note: str = "") -> dict[str, Any]:
    return {
        "experiment": experiment.model_dump(mode="json"),
        "title": title or default_title(experiment),
        "note": note,
    }


def _follow(draw: Any, kind: str, question: dict[str, Any], *arguments: Any) -> None:
    """Draw an answer of the helper process; ask again and again only while there is none."""
    is_open = requests.ask(state.store(), kind, question).is_open
    st.fragment(_answer, run_every=0.4 if is_open else None)(
        draw, kind, question, is_open, *arguments
    )


def _answer(draw: Any, kind: str, question: dict[str, Any], waited: bool, *arguments: Any) -> None:
    request = requests.ask(state.store(), kind, question)
    if request.is_open:
        st.caption("Writing …")
    elif waited:
        st.rerun()  # once more, whole: the polling ends with it
    elif request.answer is None:
        st.warning(request.error, icon=":material/error:")
    else:
        draw(request.answer, *arguments)


def _code(answer: dict[str, Any], height: int) -> None:
    _code_buttons(answer)
    st.code(answer["script"], height=height)


def _code_buttons(answer: dict[str, Any]) -> None:
    with st.container(horizontal=True):
        _download("Script", answer["script"], "script.py", "text/x-python")
        _download("Notebook", answer["notebook"], "notebook.ipynb", "application/x-ipynb+json")


def _download(label: str, content: Any, name: str, kind: str) -> None:
    st.download_button(
        label, content, name, kind, key=f"download.{name}", icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip


def show_take_away(run: Run) -> None:
    """Everything of a run that ended; for others, why there is nothing yet."""
    section = st.expander(
        "Take away", icon=":material/file_save:", key="take_away", on_change="rerun"
    )
    if not section.open:
        return
    with section:
        try:
            experiment = run.experiment
            _record(run, experiment)
            st.markdown("**Code in plain Keras**")
            question = _script_question(experiment, run.title, run.departures)
            _follow(_code_buttons, "script", question)
            if run.departures:
                st.caption(run.departures)
            st.markdown("**The network**")
            check_exportable(run)
            _models(run)
        except UserError as error:
            st.info(str(error), icon=":material/info:")


def _record(run: Run, experiment: Experiment) -> None:
    """Curves, experiment and card as files, and the link."""
    st.markdown("**The record**")
    with st.container(horizontal=True):
        _download("Experiment", experiment.to_json(indent=2), f"{run.id}.json", "application/json")
        if not run.is_active:
            points = state.store().points(run.id, most=_ALL)
            _download("History", history_csv(points), f"{run.id}.csv", "text/csv")
            _download("Card", model_card(run), f"{run.id}.md", "text/markdown")
    st.caption("A link that fills the form with this experiment:")
    st.code(link(experiment), language=None, wrap_lines=True)


def link(experiment: Experiment) -> str:
    """The address of the Train page with this experiment filled in."""
    preset = nearest_preset(experiment)
    overrides = experiment.overrides_from(PRESETS[preset].experiment)
    query = urlencode({"preset": preset, **dict(overrides)})
    here = urlsplit(st.context.url or "")
    path = f"{here.path.rpartition('/')[0]}/"  # Train is the first page
    return urlunsplit((here.scheme, here.netloc, path, query, ""))


def _models(run: Run) -> None:
    """A button per format: first it is made, then it can be downloaded."""
    for name, form in FORMATS.items():
        target = run.folder / "exports" / f"{run.id}-{name}"
        question = {"run": run.id, "format": name, "target": str(target)}
        left, right = st.columns([1, 3], vertical_alignment="center")
        right.caption(form.summary)
        asked = f"export.{run.id}.{name}"
        with left:
            if st.session_state.get(asked):
                _follow(_model_button, "export", question, form.title, asked)
            elif st.button(form.title, key=asked + ".make", icon=":material/build:"):
                st.session_state[asked] = True
                st.rerun()


def _model_button(answer: dict[str, Any], title: str, asked: str) -> None:
    path = Path(answer["file"])
    if not path.exists():  # tidied away since
        st.session_state[asked] = False
        st.caption("No longer there.")
        return
    if path.is_dir():
        path = Path(shutil.make_archive(str(path), "zip", path))
    _download(f"{title}, ready", path.read_bytes, path.name, "application/octet-stream")
