"""Run: one run, live while it trains, under an address of its own."""

import streamlit as st

from dlplay.ui import run_view, state, take_away

run = state.store().get(st.query_params.get("id", ""))
st.fragment(run_view.live, run_every=0.5 if run.is_active else None)(run.id, run.is_active)
with st.expander("Experiment"):
    st.json(run.values)
take_away.show_take_away(run)
