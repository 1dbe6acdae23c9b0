"""A look at samples that are neither pixels nor points: drawn trees, a series and its parts."""

from __future__ import annotations

import streamlit as st

from dlplay.datasets import Samples, Split
from dlplay.datasets.series import SeriesDataset
from dlplay.datasets.series_figures import plot_parts
from dlplay.datasets.tree_figures import figure_height, plot_tree, tree_info
from dlplay.datasets.trees import TreeDataset
from dlplay.ui import state
from dlplay.ui.chart import chart

_PARTS = {"train": "training", "validation": "validation", "test": "test"}


def show_tree(dataset: TreeDataset, samples: Samples) -> None:
    """One tree, and the expression it stands for."""
    number = st.number_input(
        "Tree", 1, len(samples.inputs), 1, key=state.widget_key("tree_number"),
        help="Each is a sample; step through them.",
    )  # fmt: skip
    tree = dataset.tree_of(samples.inputs[number - 1])
    info = tree_info(tree)
    chart(plot_tree(info), key="tree", alt=dataset.write(tree), height=figure_height(info))
    st.code(dataset.write(tree), language=None, wrap_lines=True)
    st.caption(f"Each node shows what it is worth; the class is that of the root, {tree.value}.")


def show_series(dataset: SeriesDataset, split: Split) -> None:
    """The whole series, in the colours of its parts."""
    alt = "The series over time: training part, validation part, test part"
    series = dataset.series()
    chart(plot_parts(dataset, series), key="series", alt=alt, height=320)
    sizes = ", ".join(f"{len(rows):,} for {_PARTS[part]}" for part, rows in split.rows.items())
    st.caption(f"Windows: {sizes}. A window that reaches into another part is in none.")
    if split.naive is not None:
        errors = split.naive.errors
        st.caption(
            f"The naive forecast, {split.naive.name}, errs by {errors['validation']:.3g} on "
            f"average on the validation part and by {errors['test']:.3g} on the test part "
            f"({series.unit})."
        )
