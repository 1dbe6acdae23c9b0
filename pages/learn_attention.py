"""Learn: attention."""

import streamlit as st

from dlplay.lessons import attention
from dlplay.lessons.attention import SENTENCES
from dlplay.ui import lesson


def choose_word() -> None:
    """Ask as the word whose row was clicked."""
    for point in page.clicked("weights"):
        page.put(f"word-{name}", str(int(point["y"])))


with lesson.page(attention.LESSON) as page:
    with page.controls:
        name = page.option("sentence", "Sentence", SENTENCES, "cat")
        words = SENTENCES[name].split()
        numbered = {str(index): f"{index + 1} {word}" for index, word in enumerate(words)}
        first = str(words.index("it"))
        chosen = int(page.option(f"word-{name}", "Word that asks", numbered, first))
        sharpness = page.slider("sharp", "Sharpness of the queries", 0.0, 8.0, 2.0, step=0.1)
        scaled = page.toggle("scaled", "Divide scores by √d", True)
        causal = page.toggle("causal", "Mask the future", False)
        st.latex(attention.FORMULA)
        st.caption("Queries come from a table written by hand; a trained network learns its own.")
    with page.picture:
        info = attention.read(SENTENCES[name], sharpness, scaled=scaled, causal=causal)
        left, right = st.columns(2)
        with left:
            figure = attention.plot_weights(info, words, chosen)
            alt = "The share every word has in every other word’s mixture"
            page.figure(figure, "weights", alt, 430, on_select=choose_word)
            spread = attention.entropy(info.weights[chosen])
            st.metric("Spread of its attention", f"{spread:.2f} bits")
        with right:
            figure = attention.plot_mixture(info, words, chosen)
            page.figure(figure, "mixture", f"What “{words[chosen]}” attends to", 330)
            figure = attention.plot_vectors(info, chosen)
            page.figure(figure, "vectors", "Query, value and output of the chosen word", 200)
