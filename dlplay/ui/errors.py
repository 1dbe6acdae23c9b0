"""What a person sees when something goes wrong: a sentence, never a traceback."""

from __future__ import annotations

import logging

import streamlit as st

from dlplay.errors import UserError

_log = logging.getLogger(__name__)


def show_error(error: Exception) -> bool:
    """Show ``error`` in place of what could not be drawn; True, since it has been dealt with."""
    if isinstance(error, UserError):
        st.error(str(error), icon=":material/error:")
    else:
        _log.error("A page could not be drawn", exc_info=error)
        st.error(
            "Something went wrong on our side. Reload the page; if it happens again, tell the "
            "server's owner: the log has the details.",
            icon=":material/error:",
        )
    return True
