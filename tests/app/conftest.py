"""Pages are tested as the server runs them: without Keras, and with what is imported set aside."""

from __future__ import annotations

import gc

import pytest
from streamlit.runtime.scriptrunner import script_runner


@pytest.fixture(autouse=True)
def no_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process import Keras, the server never does; where it is imported,
    Streamlit clears its session after every run of a page, which takes a second."""
    monkeypatch.setattr(script_runner, "_clean_problem_modules", lambda: None)


@pytest.fixture(autouse=True, scope="module")
def frozen() -> None:
    """Streamlit collects garbage after every run of a page; as in the server, not what is
    imported."""
    gc.collect()
    gc.freeze()
