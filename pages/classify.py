"""Classify: bring photos; see what a pre-trained network takes them for, and where it looked."""

import streamlit as st

from dlplay.ui import classify_network, classify_table, classify_view

st.header("Classify a photo", anchor=False)
bring, who = st.columns([7, 5], gap="large")
with who:
    network = classify_network.choose_network()
with bring:
    uploads = classify_view.choose_photos(network)
is_beside = network.takes_drawings and len(uploads) == 1
runtime = classify_network.loaded(network)
if runtime and len(uploads) > 1:
    uploads = [classify_table.show_table(runtime, uploads)]
if runtime and uploads:
    with who if is_beside else st.container():
        st.fragment(classify_view.show_photo)(runtime, network, uploads[0])
