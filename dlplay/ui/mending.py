"""What Streamlit and Plotly do wrong where many pages are drawn at once, mended on our side."""

from __future__ import annotations

from types import ModuleType

from _plotly_utils import basevalidators, utils
from _plotly_utils.optional_imports import get_module
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData


def mend() -> None:
    """Both; before the first page is drawn."""
    drop_reruns_of_left_pages()
    hide_half_imported_modules()


def drop_reruns_of_left_pages() -> None:
    """Let no page go blank that a button led to while the page before was polling.

    A browser polls until it hears that ``st.switch_page`` has left the page. What it asks for in
    that moment, Streamlit 1.67 runs after the new page: by then the fragment is gone, but the
    browser is told of a run on the page before, and clears the screen.
    """
    run_script = ScriptRunner._run_script

    def run_what_is_left(runner: ScriptRunner, rerun: RerunData) -> None:
        asked = rerun.fragment_id_queue
        if not asked or any(map(runner._fragment_storage.contains, asked)):
            run_script(runner, rerun)

    ScriptRunner._run_script = run_what_is_left  # type: ignore[assignment, method-assign]


def hide_half_imported_modules() -> None:
    """Let a figure be made while another page is the first to want pandas.

    Plotly 7.1 uses pandas where it is loaded, and takes it for loaded when it has begun to be.
    """

    def get_whole_module(name: str, should_load: bool = True) -> ModuleType | None:
        module: ModuleType | None = get_module(name, should_load)
        is_half = getattr(getattr(module, "__spec__", None), "_initializing", False)
        return None if is_half else module

    basevalidators.get_module = utils.get_module = get_whole_module
