"""The frame of every page: title, navigation, errors as sentences."""

from pathlib import Path

import streamlit as st

from dlplay.ui.errors import show_error
from dlplay.ui.navigation import pages

logo = str(Path(__file__).with_name("logo.svg"))
st.set_page_config(page_title="dlplay", page_icon=logo, layout="wide")
st.logo(logo)
st.html("<style>.stMainBlockContainer { padding-top: 5rem; max-width: 90rem }</style>")
page = st.navigation(pages(), position="top")
try:
    page.run()
except Exception as error:
    show_error(error)
