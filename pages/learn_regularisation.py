"""Learn: regularisation."""

import streamlit as st

from dlplay.lessons import regularisation
from dlplay.lessons.regularisation import REMEDIES
from dlplay.lessons.regularisation_figures import fit_info, plot_errors, plot_fit, plot_weights
from dlplay.ui import lesson

with lesson.page(regularisation.LESSON) as page:
    with page.controls:
        titles = {name: remedy.title for name, remedy in REMEDIES.items()}
        name = page.option("remedy", "Remedy", titles, "l2", side_by_side=True)
        remedy = REMEDIES[name]
        help = "From weak on the left to strong on the right."
        strength = page.scale(f"s-{name}", remedy.strength, remedy.values, remedy.usual, help)
        st.latex(remedy.formula)
        count = int(page.slider("n", "Training points", 8, 200, 20, step=2))
        noise = page.slider("noise", "Noise", 0.05, 1.0, 0.3, step=0.05)
        seed = int(page.slider("seed", "Other points", 0, 20, 0, step=1))
    with page.picture:
        info = fit_info(name, strength, count, noise, seed)
        left, right = st.columns([3, 2])
        with left:
            page.figure(plot_fit(info), "fit", "Training points and the fitted curve", 480)
            sizes = st.columns(2)
            sizes[0].metric("Training error", f"{info.train[info.now]:.3f}")
            sizes[1].metric("Test error", f"{info.test[info.now]:.3f}")
        with right:
            page.figure(plot_errors(info), "errors", "Errors against the strength", 310)
            page.figure(plot_weights(info), "weights", "Histogram of the weights", 260)
