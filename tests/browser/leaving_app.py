"""A small app: a page that polls, and a slow button that leads to a second, slow page."""

import time

import streamlit as st

from dlplay.ui.mending import drop_reruns_of_left_pages

if "mended" not in st.session_state:
    st.session_state["mended"] = True
    drop_reruns_of_left_pages()


def first() -> None:
    """Poll, and lead on."""
    st.fragment(st.caption, run_every=0.05)("Polling")
    st.fragment(_lead_on)()


def _lead_on() -> None:
    if st.button("Go"):
        time.sleep(0.3)  # several polls are asked for meanwhile
        st.switch_page(second_page)


def second() -> None:
    """Take a moment to draw."""
    st.header("Second")
    time.sleep(0.3)
    st.write("All of it")


second_page = st.Page(second)
st.navigation([st.Page(first), second_page]).run()
