"""Learn: batch normalisation."""

import streamlit as st

from dlplay.lessons import normalisation
from dlplay.ui import lesson

STATISTICS = {"batch": "The batch’s own (training)", "running": "Running averages (prediction)"}

with lesson.page(normalisation.LESSON) as page:
    with page.controls:
        left, right = st.columns(2)
        with left:
            shift = page.slider("shift", "Mean coming in", -5.0, 5.0, 3.0, step=0.1)
            gamma = page.slider("gamma", "γ, learned", 0.1, 3.0, 1.0, step=0.1)
        with right:
            stretch = page.slider("stretch", "Deviation coming in", 0.1, 4.0, 2.0, step=0.1)
            beta = page.slider("beta", "β, learned", -3.0, 3.0, 0.0, step=0.1)
        size = int(page.scale("batch", "Batch size", (2, 4, 8, 16, 32, 64, 128, 256), 64))
        momentum = page.slider("m", "Momentum m of the averages", 0.0, 0.99, 0.9, step=0.01)
        used = page.option("use", "Statistics used", STATISTICS, "batch")
        st.latex(normalisation.FORMULA)
    with page.picture:
        info = normalisation.batch_info(
            size, shift, stretch, gamma=gamma, beta=beta, momentum=momentum
        )
        left, right = st.columns(2)
        with left:
            figure = normalisation.plot_spread(info, used == "running")
            page.figure(figure, "spread", "One batch before and after normalisation", 420)
        with right:
            figure = normalisation.plot_averages(info)
            page.figure(figure, "averages", "Batch means and their running average", 420)
        after = info.running if used == "running" else info.after
        numbers = {
            "Mean in": info.before.mean(), "Deviation in": info.before.std(),
            "Mean out": after.mean(), "Deviation out": after.std(),
        }  # fmt: skip
        for column, (name, value) in zip(st.columns(4), numbers.items(), strict=True):
            column.metric(name, f"{value:.3f}")
