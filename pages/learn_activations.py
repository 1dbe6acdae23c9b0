"""Learn: activation functions."""

import streamlit as st

from dlplay.lessons import activations
from dlplay.lessons.functions import ACTIVATIONS
from dlplay.lessons.initialisers import INITIALISERS
from dlplay.ui import lesson

VIEWS = {"neuron": "One neuron", "layers": "Many layers"}
SHOWN = {"variances": "Variance", "means": "Mean"}

with lesson.page(activations.LESSON) as page:
    with page.controls:
        view = page.option("view", "Look at", VIEWS, "neuron", side_by_side=True)
        known = {n: f.title for n, f in ACTIVATIONS.items() if f.hidden or view == "neuron"}
        chosen = page.several("f", "Functions", known, ["sigmoid", "relu"])
        if view == "neuron":
            at = page.slider(
                "x", "Input x", -6.0, 6.0, 1.5, step=0.1, help="Move the point along the curves."
            )
            parameters = {
                name: page.slider(
                    f"p-{name}", f"{f.title}: {f.parameter[0]}", *f.parameter[1:], step=0.01
                )
                for name, f in ACTIVATIONS.items()
                if name in chosen and f.parameter
            }
            for name in chosen[:3]:
                st.latex(ACTIVATIONS[name].formula)
                st.latex(ACTIVATIONS[name].slope_formula)
        else:
            layers = int(page.slider("depth", "Layers", 1, 50, 30, step=1))
            titles = {name: i.title for name, i in INITIALISERS.items()}
            initialiser = page.option("init", "Initial weights", titles, "he-normal")
            forward = page.option(
                "forward", "Forward, show", SHOWN, "variances", side_by_side=True
            )
            st.latex(INITIALISERS[initialiser].formula)
    with page.picture:
        left, right = st.columns(2)
        if view == "neuron":
            curves = [activations.curve_info(n, at, parameters.get(n)) for n in chosen]
            with left:
                alt = f"Values of the chosen functions, marked at x = {at:g}"
                page.figure(activations.plot_values(curves), "values", alt, 400)
            with right:
                alt = f"Derivatives of the chosen functions, marked at x = {at:g}"
                page.figure(activations.plot_slopes(curves), "slopes", alt, 400)
            names = [ACTIVATIONS[c.name].title for c in curves]
            values, slopes = [f"{c.here:.4f}" for c in curves], [f"{c.slope:.4f}" for c in curves]
            st.table({"Function": names, f"f({at:g})": values, f"f′({at:g})": slopes})
        else:
            passages = [activations.passage(n, initialiser, layers) for n in chosen]
            for column, what in ((left, forward), (right, "gradients")):
                with column:
                    figure = activations.plot_passage(passages, what)
                    page.figure(figure, what, f"{what} at each of {layers} layers", 420)
