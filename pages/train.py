"""Train: choose a dataset, a network and how to train it; look at what that means; launch."""

import streamlit as st

from dlplay.errors import UserError
from dlplay.ui import state, take_away, train_form, train_view

start, launch = st.columns([5, 7], gap="large")
form, meaning = st.columns([5, 7], gap="large")
experiment, error = None, None
with start:
    train_form.choose_preset()
with form:
    try:
        experiment = train_form.experiment_form()
        state.write_address(experiment)
    except UserError as mistake:
        error = mistake
with launch:
    train_view.launch(experiment, error)
if experiment is not None:
    with start:
        train_form.show_changes(experiment)
    with meaning:
        with st.container(border=True):
            train_view.show_dataset(experiment.dataset, experiment.seed)
        with st.container(border=True):
            train_view.show_network(experiment)
        take_away.show_code(experiment)
