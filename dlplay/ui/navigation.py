"""The pages, in the order of the menu."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dlplay.lessons import LESSONS

_FOLDER = Path(__file__).resolve().parents[2] / "pages"

TRAIN, RUNS, RUN, STUDY = (
    str(_FOLDER / f"{name}.py") for name in ("train", "runs", "run", "study")
)
CLASSIFY = str(_FOLDER / "classify.py")


def pages() -> dict[str, list[StreamlitPage]]:
    """Every page by section; those about one thing are reached from lists, not from the menu."""
    return {
        "": [
            st.Page(
                TRAIN, title="Train", icon=":material/play_circle:", url_path="train", default=True
            ),
            st.Page(RUNS, title="Runs", icon=":material/stacked_line_chart:", url_path="runs"),
            st.Page(
                CLASSIFY, title="Classify", icon=":material/image_search:", url_path="classify"
            ),
            st.Page(RUN, title="Run", url_path="run", visibility="hidden"),
            st.Page(STUDY, title="Study", url_path="study", visibility="hidden"),
        ],
        "Learn": [
            st.Page(
                learn_file(name), title=lesson.title, icon=f":material/{lesson.icon}:",
                url_path=f"learn-{name}",
            )
            for name, lesson in LESSONS.items()
        ],
    }  # fmt: skip


def learn_file(name: str) -> str:
    """The page file of a lesson."""
    return str(_FOLDER / f"learn_{name.replace('-', '_')}.py")
