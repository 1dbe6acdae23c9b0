"""Figures that are made while another page imports pandas."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import importlib.machinery, sys, types
from dlplay.ui import mending
if "mended" in sys.argv:
    mending.hide_half_imported_modules()
import numpy as np
import plotly.graph_objects as go
half = types.ModuleType("pandas")
half.__spec__ = importlib.machinery.ModuleSpec("pandas", None)
half.__spec__._initializing = True
sys.modules["pandas"] = half
print(go.Figure(go.Scatter(x=np.arange(3), y=np.arange(3), name="line")).data[0].name)
"""


@pytest.mark.parametrize(("how", "printed"), [("as it is", ""), ("mended", "line\n")])
def test_a_figure_is_made_while_pandas_is_half_imported(how: str, printed: str) -> None:
    """Should the first case fail, Plotly has mended it itself."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True)
    assert ended.stdout == printed, ended.stderr
    assert ("no attribute 'Series'" in ended.stderr) == (how == "as it is")
