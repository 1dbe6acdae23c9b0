"""The pages, in the order of the menu."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_FOLDER = Path(__file__).resolve().parents[2] / "pages"

TRAIN, RUNS, RUN = (str(_FOLDER / name) for name in ("train.py", "runs.py", "run.py"))
CLASSIFY = str(_FOLDER / "classify.py")


def pages() -> list[StreamlitPage]:
    """Every page; those about one thing are reached from lists, not from the menu."""
    return [
        st.Page(
            TRAIN, title="Train", icon=":material/play_circle:", url_path="train", default=True
        ),
        st.Page(RUNS, title="Runs", icon=":material/stacked_line_chart:", url_path="runs"),
        st.Page(CLASSIFY, title="Classify", icon=":material/image_search:", url_path="classify"),
        st.Page(RUN, title="Run", url_path="run", visibility="hidden"),
    ]
