"""Study: several runs about one question, under an address of its own; or a new one's form."""

import streamlit as st

from dlplay.runs import groups
from dlplay.ui import state, study_form, study_view

if group_id := st.query_params.get("id", ""):
    group = groups.get(state.store(), group_id)
    active = study_view.is_active(group)
    st.fragment(study_view.live, run_every=1.5 if active else None)(group.id, active)
    study_view.members(group)
else:
    study_form.new_study()
