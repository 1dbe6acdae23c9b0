"""What the Run page shows beside its curves: views, live, afterwards, and on request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dlplay.errors import UserError
from dlplay.runs import Run
from dlplay.ui import forms, state
from dlplay.ui.chart import OnClick, chart
from dlplay.views import Moment, Panel, Snapshots, View, views_of

_CLICKS = "asked.clicks"


def seen(run: Run, moment: Moment) -> list[tuple[View, Snapshots]]:
    """The views that have seen something of a run at such moments."""
    kept = [(view, Snapshots(run.folder, view.name)) for view in _fitting(run, moment)]
    return [(view, snapshots) for view, snapshots in kept if snapshots.epochs()]


def show_panels(panels: Sequence[Panel], key: str, values: dict[str, Any] | None = None) -> None:
    """Panels one below the other.

    Args:
        values: of the view's fields; a click on a figure that takes clicks changes them.
    """
    for index, panel in enumerate(panels):
        if panel.text:
            st.markdown(panel.text)
        if panel.figure is not None:
            chart(
                panel.figure, key=f"{key}.{index}", alt=panel.alt, height=panel.height,
                on_click=_taking(panel.clicks, values),
            )  # fmt: skip
        if panel.rows:
            st.dataframe(panel.rows, hide_index=True, key=f"{key}.{index}.rows")


def _taking(names: tuple[str, str] | None, values: dict[str, Any] | None) -> OnClick | None:
    """What puts the place of a click into two fields; the form then begins anew with them."""
    if names is None or values is None:
        return None

    def take(x: float, y: float) -> None:
        values.update(zip(names, (round(x, 3), round(y, 3)), strict=True))
        st.session_state[_CLICKS] = st.session_state.get(_CLICKS, 0) + 1

    return take


def show_live(run: Run) -> None:
    """What a view sees while the network trains; afterwards, back through the epochs."""
    views = seen(run, "epochs")
    if not views:
        return
    view, snapshots = _choose(views, "live")
    epochs = snapshots.epochs()
    epoch = epochs[-1]
    if not run.is_active and len(epochs) > 1:
        epoch = st.select_slider("After epoch", epochs, epoch, key=f"epoch.{view.name}")
    arrays = snapshots.load(epoch)
    if arrays is not None:
        show_panels(view.panels(arrays, epoch), f"view_{view.name}")


def show_ended(run: Run) -> None:
    """What there is to see once a run has ended, and what one may ask it."""
    views = seen(run, "end")
    if views:
        st.subheader("Look closer", anchor=False)
        view, snapshots = _choose(views, "end")
        found = snapshots.latest()
        if found is not None:
            show_panels(view.panels(found[1], found[0]), f"view_{view.name}")
    asked = _fitting(run, "asked")
    if asked and run.summary:
        st.subheader("Try it", anchor=False)
        _ask(run, _choose([(view, None) for view in asked], "asked")[0])


def _ask(run: Run, view: View) -> None:
    """A form, and the answer of the run's own network."""
    values: dict[str, Any] = st.session_state.setdefault(f"ask.{run.id}.{view.name}", {})
    values["name"] = view.name
    st.caption(view.card.summary)
    forms.fields(type(view), values, f"ask.{run.id}.{st.session_state.get(_CLICKS, 0)}")
    is_open = state.look(run, values) is None
    st.fragment(_answer, run_every=0.3 if is_open else None)(run, view, dict(values), is_open)


def _answer(run: Run, view: View, values: dict[str, Any], was_open: bool) -> None:
    """The answer; until it is there, the one before."""
    last, form = f"answer.{run.id}.{view.name}", st.session_state[f"ask.{run.id}.{view.name}"]
    if form != values:
        st.rerun()  # a click has changed the form
    found = state.look(run, values)
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
        show_panels(view.panels(found[1], found[0]), f"answer_{view.name}", form)


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
