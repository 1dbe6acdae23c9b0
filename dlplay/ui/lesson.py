"""The frame of every Learn page."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from dlplay.lessons import LESSONS
from dlplay.lessons.base import Lesson
from dlplay.ui.controls import Controls
from dlplay.ui.navigation import TRAIN, learn_file

# A link that looks like the button it stands for; on a phone, the picture before the
# controls, and tables of numbers that stay tables.
_STYLE = """<style>
.st-key-lesson_head a { border: 1px solid; padding: 0.45rem 0.9rem }
.stMain .katex-display { margin: 0.25rem 0; padding: 0.35rem 0 }
@media (max-width: 640px) {
  .st-key-lesson_body > * > .stHorizontalBlock { flex-direction: column-reverse }
  .st-key-number_table .stHorizontalBlock { flex-wrap: nowrap }
  .st-key-number_table .stColumn { min-width: 0 }
  .st-key-number_table button { display: none }
}
</style>"""


class Page(Controls):
    """One lesson's page: head, controls beside the picture, foot.

    Args:
        lesson: what the page is about.
    """

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(f"learn.{lesson.name}")
        self._lesson = lesson
        self._noticed = False
        self._head()
        with st.container(key="lesson_body"):
            self.controls, self.picture = st.columns([4, 9], gap="medium")

    def __enter__(self) -> Page:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if error is None:
            self._foot()
            self.write_address()

    def figure(self, figure: go.Figure, name: str, alt: str, height: int, **options: Any) -> None:
        """A figure in the theme's colours."""
        st.plotly_chart(
            figure, key=self.key(name), alt=alt, height=height,
            config={"displayModeBar": False}, **options,
        )  # fmt: skip

    def notice(self) -> None:
        """What to look at; at the foot of the page unless it is called before."""
        if not self._noticed:
            self._noticed = True
            st.markdown(f":primary[**Notice**]&ensp;{self._lesson.notice}")

    def clicked(self, name: str) -> list[dict[str, Any]]:
        """The points of a figure that were clicked; for its callback."""
        return list(st.session_state[self.key(name)].selection.points)

    def _head(self) -> None:
        lesson = self._lesson
        st.html(_STYLE)
        with st.container(horizontal=True, vertical_alignment="center", key="lesson_head"):
            st.header(lesson.title, anchor=False, width="stretch")
            st.page_link(
                TRAIN, label="Try it on real data", icon=":material/play_circle:",
                help=lesson.trial, query_params={"preset": lesson.preset, **lesson.changes},
            )  # fmt: skip
        st.markdown(lesson.idea)

    def _foot(self) -> None:
        lesson = self._lesson
        self.notice()
        st.caption(f"Source: {lesson.source}")
        names = list(LESSONS)
        place = names.index(lesson.name)
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            if place > 0:
                _link(names[place - 1], "arrow_back", "left")
            if place + 1 < len(names):
                _link(names[place + 1], "arrow_forward", "right")


def _link(name: str, icon: str, side: Literal["left", "right"]) -> None:
    """A link to a neighbouring lesson."""
    st.page_link(
        learn_file(name), label=LESSONS[name].title, icon=f":material/{icon}:", icon_position=side
    )


def page(lesson: Lesson) -> Page:
    """The page of a lesson, to be filled inside ``with``."""
    return Page(lesson)
