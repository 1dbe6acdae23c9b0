"""Learn: back-propagation, step by step."""

import streamlit as st

from dlplay.lessons import backpropagation as bp
from dlplay.lessons.backpropagation_figures import plot_network
from dlplay.ui import lesson
from dlplay.ui.backpropagation_form import choose_network, choose_sample, show_program

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
READING = (
    "Wide line: large gradient. Orange: raise this weight and the loss rises; blue: it falls. "
    "Point at a weight for its chain rule; click it to choose it."
)


def choose_edge() -> None:
    """Look at the weight that was clicked."""
    for name in (p["customdata"][0] for p in page.clicked("network") if "customdata" in p):
        page.put("edge", name)


with lesson.page(bp.LESSON) as page:
    with page.controls:
        start = choose_network(page)
        inputs, targets = choose_sample(page, start)
        left, right = st.columns(2)
        with left:
            rate = page.scale("rate", "Learning rate η", RATES, 0.03)
        with right:
            momentum = page.slider("mu", "Momentum µ", 0.0, 0.95, 0.0, step=0.05)
        first = 0 if start.sizes[0] == 3 else 2  # the article's own numbers are those of the start
        updates = int(page.slider("updates", "Updates taken", 0, 50, first, step=1))
        every = {name: bp.plain(start, edge) for name, edge in bp.edges(start).items()}
        chosen = page.option("edge", "Weight to look at", every, next(iter(every)))
    with page.picture:
        ways = bp.train(start, inputs, targets, updates=updates + 1, rate=rate, momentum=momentum)
        network, edge = ways[updates], bp.edges(start)[chosen]
        found = bp.propagate(network, inputs, targets)
        figure = plot_network(network, found, chosen)
        alt = "The network with the value and blame of every neuron and every weight’s gradient"
        drawn, written = st.columns([4, 3])
        with drawn:
            page.figure(
                figure, "network", alt, 400, on_select=choose_edge, selection_mode="points"
            )
        with written:
            show_program(page, network, inputs, targets, rate, momentum)
        st.caption(READING)
        st.latex(bp.chain_rule(network, found, edge))
        numbers = bp.numbers(network, ways[updates + 1], inputs, targets, edge)
        for column, (title, value) in zip(st.columns(4), numbers.items(), strict=True):
            column.metric(title, f"{value:.5g}")
