"""What the Run page shows beside its curves: views, live, afterwards, and on request."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dlplay.errors import UserError
from dlplay.files import Arrays
from dlplay.runs import Run, requests
from dlplay.ui import forms, samples, state
from dlplay.ui.chart import Click, OnClick, chart
from dlplay.views import Moment, Panel, Snapshots, View, views_of

_LOOK_SECONDS = 60.0
"""For how long after its end a run's last views are waited for."""
_CLICKS = "asked.clicks"
Values = dict[str, Any]


def seen(run: Run, moment: Moment) -> list[tuple[View, Snapshots]]:
    """The views that have seen something of a run at such moments."""
    kept = [(view, Snapshots(run.folder, view.name)) for view in _fitting(run, moment)]
    return [(view, snapshots) for view, snapshots in kept if snapshots.epochs()]


def show_panels(
    run: Run, panels: Sequence[Panel], key: str, *, across: int = 1, values: Values | None = None
) -> None:
    """Panels of a run.

    Args:
        across: how many of them stand side by side.
        values: of the view's fields; a click on a figure that takes clicks changes them.
    """
    for start in range(0, len(panels), across):
        columns = st.columns(min(across, len(panels) - start)) if across > 1 else [st.container()]
        for offset, column in enumerate(columns):
            with column:
                _panel(run, panels[start + offset], f"{key}.{start + offset}", values)


def _panel(run: Run, panel: Panel, key: str, values: Values | None) -> None:
    if panel.text:
        st.markdown(panel.text)
    if panel.figure is not None:
        take = _taking(panel, key, values)
        chart(panel.figure, key=key, alt=panel.alt, height=panel.height, on_click=take)
    if panel.rows:
        st.dataframe(panel.rows, hide_index=True, key=f"{key}.rows")
    if panel.groups:
        samples.show(run, panel.groups, key)


def _taking(panel: Panel, key: str, values: Values | None) -> OnClick | None:
    """What a click on the panel's figure does: choose a group of samples, or fill two fields."""
    names = panel.clicks

    def choose(click: Click) -> None:
        if click.mark is not None:
            samples.choose(key, click.mark)

    def fill(click: Click) -> None:
        if names and values is not None and click.x is not None and click.y is not None:
            values.update(zip(names, (round(click.x, 3), round(click.y, 3)), strict=True))
            st.session_state[_CLICKS] = st.session_state.get(_CLICKS, 0) + 1

    if panel.groups:
        return choose
    return fill if names and values is not None else None


def seen_live(run: Run, beside: bool) -> list[tuple[View, Snapshots]]:
    """Those of the training, to stand beside the curves or below them."""
    return [(view, kept) for view, kept in seen(run, "epochs") if view.beside == beside]


def show_live(run: Run, beside: bool) -> None:
    """What a view sees while the network trains; afterwards, back through the epochs."""
    view, snapshots = _choose(seen_live(run, beside), "beside" if beside else "inside")
    if not beside:
        st.caption(view.card.summary)
    epochs = snapshots.epochs()
    epoch = epochs[-1]
    if not run.is_active and len(epochs) > 1:
        epoch = st.select_slider("After epoch", epochs, epoch, key=f"epoch.{view.name}")
    arrays = snapshots.load(epoch)
    if arrays is not None:
        panels = view.panels(arrays, epoch)
        show_panels(run, panels, f"view_{view.name}", across=1 if beside else 2)


def show_ended(run: Run) -> None:
    """What there is to see once a run has ended, and what one may ask it."""
    views = seen(run, "end")
    if len(views) < len(_fitting(run, "end")) and _looks_still(run):
        st.fragment(_wait_for_views, run_every=0.5)(run, len(views))
    if views:
        st.subheader("Look closer", anchor=False)
        view, snapshots = _choose(views, "end")
        found = snapshots.latest()
        if found is not None:
            st.caption(view.card.summary)
            panels = view.panels(found[1], found[0])
            show_panels(run, panels, f"view_{view.name}", across=2)
    asked = _fitting(run, "asked")
    if asked and run.summary:
        st.subheader("Try it", anchor=False)
        _ask(run, _choose([(view, None) for view in asked], "asked")[0])


def _looks_still(run: Run) -> bool:
    """Whether the worker of a run that has just ended may still be looking back."""
    ended = run.state in ("finished", "stopped") and bool(run.summary)
    return ended and time.time() - (run.finished or 0) < _LOOK_SECONDS


def _wait_for_views(run: Run, known: int) -> None:
    if len(seen(run, "end")) > known or not _looks_still(run):
        st.rerun()  # once more, whole: the polling ends with it
    st.caption("Looking back at the test set …")


def _ask(run: Run, view: View) -> None:
    """A form, and the answer of the run's own network."""
    path = f"{state.QUESTION}{run.id}"
    values: Values = st.session_state.setdefault(f"{path}.{view.name}", {})
    values["name"] = view.name
    st.caption(view.card.summary)
    forms.fields(type(view), values, f"{path}.{st.session_state.get(_CLICKS, 0)}")
    is_open = _look(run, values) is None
    st.fragment(_answer, run_every=0.3 if is_open else None)(run, view, dict(values), is_open)


def _answer(run: Run, view: View, values: dict[str, Any], was_open: bool) -> None:
    """The answer; until it is there, the one before."""
    last = f"answer.{run.id}.{view.name}"
    form = st.session_state[f"{state.QUESTION}{run.id}.{view.name}"]
    if form != values:
        st.rerun()  # a click has changed the form
    found = _look(run, values)
    if was_open and found is not None:
        st.rerun()  # once more, whole: the polling ends with it
    if isinstance(found, UserError):
        st.warning(str(found), icon=":material/edit_note:")
        return
    if found is None:
        found = st.session_state.get(last)
        st.caption("Asking the network …")
    if found is not None:
        st.session_state[last] = found
        panels = view.panels(found[1], found[0])
        show_panels(run, panels, f"answer_{view.name}", values=form)


def _look(run: Run, view: dict[str, Any]) -> tuple[int, Arrays] | UserError | None:
    """What a view, by its name and fields, sees of an ended run: the epoch and the arrays; None
    while the helper process looks."""
    request = requests.ask(state.store(), "view", {"run": run.id, "view": view})
    if request.error:
        return UserError(request.error)
    if not request.answer:
        return None
    found = Snapshots(run.folder, request.answer["snapshot"]).latest()
    if found is None:  # the file is gone: look again
        requests.forget(state.store(), request.key)
    return found


def _choose(views: Sequence[tuple[View, Any]], key: str) -> tuple[View, Any]:
    """One of several views, by its title."""
    titles = [view.card.title for view, _ in views]
    if len(titles) == 1:
        return views[0]
    title = st.segmented_control(
        "View", titles, default=titles[0], key=f"view.{key}.{len(titles)}",
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    return views[titles.index(title or titles[0])]


def _fitting(run: Run, moment: Moment) -> list[View]:
    try:
        return views_of(run.experiment, state.facts(run.experiment.dataset), moment)
    except UserError:  # its data are gone
        return []
