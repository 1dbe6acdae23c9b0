"""Runs: every run of this server; select some to compare, open or delete them."""

import streamlit as st

from dlplay.ui import compare_view, runs_view, state, study_view

st.header("Runs", anchor=False)
if runs := state.store().runs():
    runs_view.follow(runs)
    study_view.listed()
    shown = runs_view.filtered(runs)
    selected = runs_view.table(shown)
    runs_view.actions(selected)
    if len(selected) > 1:
        compare_view.compare(selected)
else:
    runs_view.empty()
