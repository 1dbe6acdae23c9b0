"""Learn: convolution and pooling."""

import numpy as np
import streamlit as st

from dlplay.lessons import convolution as conv
from dlplay.lessons.pictures import PICTURES, grey
from dlplay.ui import lesson

PADDINGS = {"valid": "None", "same": "Same size"}


def choose_window() -> None:
    """Look at the pixel that was clicked."""
    for point in page.clicked("output"):
        page.put(f"row-{rows}", int(point["y"]))
        page.put(f"column-{columns}", int(point["x"]))


with lesson.page(conv.LESSON) as page:
    with page.controls:
        name = page.option("picture", "Picture", PICTURES, "digit", side_by_side=True)
        titles = {kind: title for kind, (title, _) in conv.KERNELS.items()}
        kind = page.option("kernel", "Kernel, yours to edit", titles, "vertical")
        weights = page.table(kind, conv.KERNELS[kind][1], columns=3, most=20.0)
        kernel, image = np.array(weights).reshape(3, 3), grey(name)
        left, right = st.columns(2)
        with left:
            stride = int(page.slider("stride", "Stride", 1, 3, 1, step=1))
        with right:
            same = page.option("pad", "Padding", PADDINGS, "valid", side_by_side=True) == "same"
        pooling = page.option("pool", "Pooling, 2×2", conv.POOLS, "max", side_by_side=True)
        output = conv.convolve(image, kernel, stride, same)
        rows, columns = output.shape
        left, right = st.columns(2)
        with left:
            row = int(page.slider(f"row-{rows}", "Window: row", 0, rows - 1, rows // 3, step=1))
        with right:
            key, first = f"column-{columns}", columns // 3
            column = int(page.slider(key, "Window: column", 0, columns - 1, first, step=1))
    with page.picture:
        around = conv.padded(image, 3, stride, same)
        window = conv.window_at(around, kernel, stride, row, column)
        terms = conv.Terms(around, kernel, stride)
        pooled = conv.pool(output, pooling)
        pictures = {
            "input": conv.plot_input(around, window, 3),
            "output": conv.plot_output(output, "Answer: point or click", row, column, terms=terms),
        }
        if pooling != "none":
            pictures["pooled"] = conv.plot_output(pooled, "After pooling", row, column, block=2)
        for cell, (name, figure) in zip(st.columns(len(pictures)), pictures.items(), strict=True):
            with cell:
                chosen = {"on_select": choose_window} if name == "output" else {}
                page.figure(figure, name, figure.layout.title.text, 330, **chosen)
        st.latex(conv.arithmetic(window, kernel))
        shared, dense = conv.parameter_counts(image.size, output.size, kernel.size)
        left, right = st.columns(2)
        left.metric("Parameters of this kernel", f"{shared:,}", help="Nine weights and a bias.")
        right.metric("Of a dense layer instead", f"{dense:,}", help="Every pixel to every output.")
