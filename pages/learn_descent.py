"""Learn: gradient descent."""

import streamlit as st

from dlplay.lessons import descent
from dlplay.lessons.optimisers import OPTIMISERS
from dlplay.lessons.surfaces import SURFACES
from dlplay.ui import lesson

ADAPTIVE = "For Adagrad, RMSprop and Adam, which choose the size of each step by themselves."


def choose_start() -> None:
    """Start where the picture was clicked."""
    for point in page.clicked("walks"):
        page.put(f"{name}-x", round(point["x"], 2))
        page.put(f"{name}-y", round(point["y"], 2))


with lesson.page(descent.LESSON) as page:
    with page.controls:
        titles = {n: s.title for n, s in SURFACES.items()}
        name = page.option("surface", "Surface", titles, "ravine")
        surface = SURFACES[name]
        known = {n: o.title for n, o in OPTIMISERS.items()}
        chosen = page.several("opt", "Optimisers", known, ["sgd", "momentum", "adam"])
        left, right = st.columns(2)
        with left:
            key = f"{name}-rate"
            rate = page.scale(key, "Learning rate η", descent.RATES, surface.rate)
            steps = int(page.slider("steps", "Steps", 1, 300, 60, step=1))
        with right:
            adaptive = page.scale(
                f"{key}2", "η if adaptive", descent.RATES, surface.adaptive_rate, ADAPTIVE
            )
            momentum = page.slider("mu", "Momentum µ", 0.0, 0.99, 0.9, step=0.01)
        with st.container(horizontal=True):
            for label, wanted in descent.telling_rates(surface).items():
                st.button(label, key=page.key(label), on_click=page.put, args=(key, wanted))
        start = []
        for column, (axis, low, high, first) in zip(
            st.columns(len(surface.start)), surface.windows, strict=True
        ):
            with column:
                start.append(
                    page.slider(f"{name}-{axis}", f"Start {axis}", low, high, first, step=0.01)
                )
        st.latex(descent.formulas(surface, chosen))
    with page.picture:
        rates = {n: adaptive if OPTIMISERS[n].adaptive else rate for n in chosen}
        walks = [descent.walk(n, surface, start, rates[n], steps, momentum) for n in chosen]
        figure = descent.plot_walks(surface, walks)
        alt = f"{', '.join(known[n] for n in chosen)} on the surface {surface.title}"
        page.figure(figure, "walks", alt, 560, on_select=choose_start, selection_mode="points")
        st.caption(descent.advice(surface, start))
