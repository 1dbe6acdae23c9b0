"""Learn: vanishing and exploding gradients."""

from dataclasses import replace

import streamlit as st

from dlplay.lessons import vanishing
from dlplay.lessons.functions import ACTIVATIONS
from dlplay.lessons.initialisers import INITIALISERS
from dlplay.lessons.pictures import digit_batch
from dlplay.ui import lesson

FORMULA = r"""\frac{\partial L}{\partial h_1}=\frac{\partial L}{\partial h_n}
\prod_{l=2}^{n}\mathrm{diag}\bigl(f'(z_l)\bigr)\,W_l"""

with lesson.page(vanishing.LESSON) as page:
    with page.controls:
        depth = int(page.slider("depth", "Layers", 1, 50, 30, step=1))
        known = {name: f.title for name, f in ACTIVATIONS.items() if f.hidden}
        activation = page.option("f", "Activation", known, "sigmoid")
        titles = {name: i.title for name, i in INITIALISERS.items()}
        initialiser = page.option("init", "Initial weights", titles, "glorot-uniform")
        batch_norm = page.toggle("bn", "Batch normalisation", False)
        residual = page.toggle("residual", "Residual connections", False)
        st.latex(FORMULA)
        st.caption("A batch of 128 real handwritten digits, 64 units a layer, ten classes.")
    with page.picture:
        inputs, labels = digit_batch(128)
        design = vanishing.Design(depth, activation, initialiser, batch_norm, residual)
        weights = design.draw(inputs.shape[1])
        yours = vanishing.flow(design, weights, inputs, labels)
        bare = replace(design, batch_norm=False, residual=False)
        plain = vanishing.flow(bare, weights, inputs, labels) if bare != design else None
        left, right = st.columns([3, 2])
        with left:
            figure = vanishing.plot_norms(yours, plain)
            page.figure(figure, "norms", "The gradient’s size at every layer", 460)
        with right:
            figure = vanishing.plot_spreads(yours, plain)
            page.figure(figure, "spreads", "Spread of what every layer puts out", 460)
        st.markdown(f"**{vanishing.verdict(yours)}**")
