"""What the server starts and serves beside the pages."""

from __future__ import annotations

import gc
import inspect
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import streamlit as st
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Route

from dlplay.errors import UserError
from dlplay.settings import Settings
from dlplay.ui.mending import mend

PLOTLY_PATH = "/assets/plotly.min.js"
_FIRST_PAGES = ("dlplay.ui.navigation", "dlplay.ui.train_form", "dlplay.ui.train_view")
_NEXT_PAGE, _NEXT_PAGE_SECONDS = "dlplay.ui.run_view", 3.0
"""What comes after the first press, read once the first page is drawn."""
_SWITCH_SECONDS = 5e-4
"""How long a computing script may keep a request waiting; Python's own choice is ten times that,
and a page is a hundred requests."""


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Runs are trained as long as the server lives."""
    with ExitStack() as held:
        try:
            held.enter_context(Settings().held())
        except UserError as error:
            sys.exit(f"dlplay: {error}")
        sys.setswitchinterval(_SWITCH_SECONDS)
        mend()
        executing = _Executing()
        executing.start()
        try:
            yield
        finally:
            executing.end()


class _Executing(threading.Thread):
    """Starts the executor, and imports what the first pages need, while a browser may already
    fetch what Streamlit serves."""

    def __init__(self) -> None:
        super().__init__(name="starting", daemon=True)
        self._ending = threading.Event()

    def run(self) -> None:
        """Serve the store until the end."""
        # What is imported stays for ever: neither the import nor Streamlit, which collects garbage
        # after every script run, is to search it.
        gc.disable()
        from dlplay.execution import LocalExecutor

        executor = LocalExecutor()
        executor.start()
        for module in _FIRST_PAGES:
            import_module(module)
        inspect.stack()  # Streamlit does at its first element; what is slow in it is then known
        gc.freeze()
        gc.enable()
        if not self._ending.wait(_NEXT_PAGE_SECONDS):
            import_module(_NEXT_PAGE)
        self._ending.wait()
        executor.stop()

    def end(self) -> None:
        """End every process of ours."""
        self._ending.set()
        self.join()


def routes() -> list[BaseRoute]:
    """Plotly's script, from the installed package, for the live chart."""
    package = find_spec("plotly")
    script = Path(str(package and package.origin)).parent / "package_data" / "plotly.min.js"
    headers = {"Cache-Control": "public, max-age=86400"}

    async def plotly_script(_request: object) -> FileResponse:
        return FileResponse(script, media_type="text/javascript", headers=headers)

    return [Route(PLOTLY_PATH, plotly_script)]
