"""Pages are tested as the server runs them: without Keras."""

from __future__ import annotations

import pytest
from streamlit.runtime.scriptrunner import script_runner


@pytest.fixture(autouse=True)
def no_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process import Keras, the server never does; where it is imported,
    Streamlit clears its session after every run of a page, which takes a second."""
    monkeypatch.setattr(script_runner, "_clean_problem_modules", lambda: None)
