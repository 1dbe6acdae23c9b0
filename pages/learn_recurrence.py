"""Learn: recurrence."""

import numpy as np
import streamlit as st

from dlplay.lessons import recurrence
from dlplay.lessons.recurrence import CELLS, FORMULAS, UNITS, clip, make_cell, reach_back, unroll
from dlplay.lessons.recurrence_figures import plot_gates, plot_reach, plot_states
from dlplay.ui import lesson

TEXT = "what came first matters"
FORGET = "Of the LSTM’s forget gate and the GRU’s update gate: high means keep."

with lesson.page(recurrence.LESSON) as page:
    with page.controls:
        kind = page.option("cell", "Cell", CELLS, recurrence.FIRST, side_by_side=True)
        text = page.text("text", "Text to read", TEXT, most=40) or TEXT
        scale = page.slider("scale", "Size of the recurrent weights", 0.1, 3.0, 1.0, step=0.05)
        bias = page.slider(
            "keep", "Bias of the keeping gate", -3.0, 5.0, 1.0, step=0.1, help=FORGET
        )
        limits = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
        limit = page.scale("clip", "Clip the gradient’s norm at", limits, 1.0)
        st.latex(FORMULAS[kind])
    with page.picture:
        inputs, pull = recurrence.embed(text), np.full(UNITS, UNITS**-0.5)
        ways = {name: unroll(make_cell(name, scale, bias), inputs) for name in CELLS}
        reaches = {name: reach_back(way, pull) for name, way in ways.items()}
        left, right = st.columns(2)
        with left:
            alt = "The state of every unit after every letter"
            page.figure(plot_states(ways[kind], text), "states", alt, 290)
            alt = "How far the gates are open at every letter"
            page.figure(plot_gates(ways[kind], text), "gates", alt, 250)
        with right:
            alt = "How much gradient reaches back to each letter in each kind of cell"
            page.figure(plot_reach(reaches, kind, text), "reach", alt, 430)
            whole = reaches[kind].recurrent
            first, second = st.columns(2)
            first.metric("Gradient of U", f"{np.linalg.norm(whole):.3g}")
            second.metric("After clipping", f"{np.linalg.norm(clip(whole, limit)):.3g}")
