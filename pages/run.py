"""Run: one run, live while it trains, under an address of its own."""

import streamlit as st

from dlplay.ui import run_view, state, take_away, views

run = state.store().get(st.query_params.get("id", ""))
run_view.follow(run)
views.show_ended(run)
with st.expander("Experiment"):
    st.json(run.values)
take_away.show_take_away(run)
