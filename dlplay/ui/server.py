"""What the server starts and serves beside the pages."""

from __future__ import annotations

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import plotly
import streamlit as st
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Route

from dlplay.errors import UserError
from dlplay.execution import LocalExecutor

PLOTLY_PATH = "/assets/plotly.min.js"


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Runs are trained as long as the server lives."""
    try:
        executor = LocalExecutor()
        executor.start()
    except UserError as error:
        sys.exit(f"dlplay: {error}")
    # Streamlit collects garbage after every script run; what was imported by now stays for ever.
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        executor.stop()


def routes() -> list[BaseRoute]:
    """Plotly's script, from the installed package, for the live chart."""
    script = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    headers = {"Cache-Control": "public, max-age=86400"}

    async def plotly_script(_request: object) -> FileResponse:
        return FileResponse(script, media_type="text/javascript", headers=headers)

    return [Route(PLOTLY_PATH, plotly_script)]
