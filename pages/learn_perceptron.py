"""Learn: the perceptron's learning rule."""

import streamlit as st

from dlplay.lessons import perceptron
from dlplay.ui import lesson

LOOKS = 300

with lesson.page(perceptron.LESSON) as page:
    with page.controls:
        kind = page.option("data", "Points", perceptron.KINDS, "apart", side_by_side=True)
        now = int(
            page.slider("look", "Looks taken", 0, LOOKS, 12, step=1, help="One point a look.")
        )
        count = int(page.slider("n", "How many points", 4, 60, 24, step=2))
        gap = page.slider("gap", "Gap between the classes", 0.0, 0.5, 0.1, step=0.02)
        seed = int(page.slider("seed", "Other points", 0, 20, 0, step=1))
        points, classes = perceptron.make_points(kind, count, gap, seed)
        steps = perceptron.learn(points, classes, LOOKS)
        weights = steps.weights[now]
        st.latex(r"\text{if}\ y\,(w\cdot x+b)\le 0:")
        st.latex(r"w \leftarrow w+y\,x,\quad b \leftarrow b+y")
        st.latex(rf"w=({weights[0]:.2f},\;{weights[1]:.2f}),\quad b={weights[2]:.0f}")
    with page.picture:
        left, right = st.columns(2)
        with left:
            figure = perceptron.plot_points(points, classes, steps, now)
            page.figure(figure, "points", "Two classes of points and the perceptron’s line", 460)
        with right:
            figure = perceptron.plot_mistakes(steps, now)
            page.figure(figure, "mistakes", "Points on the wrong side after every look", 300)
            st.markdown(perceptron.verdict(points, classes, steps, now))
