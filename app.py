"""The server, as a declaration: ``streamlit run app.py``."""

import streamlit as st

from dlplay.ui.errors import show_error
from dlplay.ui.server import lifespan, routes

app = st.App(
    "dlplay/ui/shell.py",
    lifespan=lifespan,
    routes=routes(),
    on_script_error=show_error,
)
