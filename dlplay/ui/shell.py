"""The frame of every page: title, navigation, errors as sentences."""

import streamlit as st

from dlplay.ui.errors import show_error
from dlplay.ui.navigation import pages

st.set_page_config(page_title="dlplay", page_icon=":material/neurology:", layout="wide")
st.html("<style>.stMainBlockContainer { padding-top: 5rem }</style>")
page = st.navigation(pages(), position="top")
try:
    page.run()
except Exception as error:
    show_error(error)
