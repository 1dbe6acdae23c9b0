"""Samples of a run's dataset, as pictures, texts or rows, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dlplay.datasets import Samples
from dlplay.datasets.trees import decode, written
from dlplay.errors import UserError
from dlplay.runs import Run
from dlplay.ui import state
from dlplay.views import Group

_MOST_PICTURES = 24
_MOST_ROWS = 200
_SIDE = 84
"""Width of a picture on the page, in pixels."""


def choose(key: str, number: int) -> None:
    """Show another group; only a callback may, since the page is drawn from its widgets."""
    st.session_state[f"{key}.group"] = number


def show(run: Run, groups: Sequence[Group], key: str) -> None:
    """One of several groups of samples, and its download."""
    try:
        samples = state.samples(run.experiment.dataset)
    except UserError as error:
        st.caption(f"The samples cannot be shown. {error}")
        return
    number = 0
    if len(groups) > 1:
        number = st.selectbox(
            "Samples", range(len(groups)), key=f"{key}.group",
            format_func=lambda index: groups[index].title,
        )  # fmt: skip
    group = groups[number]
    if samples.inputs.ndim == 4:
        _pictures(samples, group)
    else:
        rows = table(samples, group)
        st.dataframe(rows[:_MOST_ROWS], hide_index=True, height=min(320, 40 + 35 * len(rows)))
    st.download_button(
        "CSV", as_csv(table(samples, group)), f"{run.id}-samples.csv", "text/csv",
        icon=":material/download:", key=f"{key}.download", type="tertiary", on_click="ignore",
        help="These samples as a file: row number in the dataset, what is said of each, inputs.",
    )  # fmt: skip


def _pictures(samples: Samples, group: Group) -> None:
    rows = group.rows[:_MOST_PICTURES]
    if len(group.rows) > len(rows):
        st.caption(f"The first {len(rows)} of {len(group.rows)}; the file has all.")
    st.image(
        [enlarged(samples.inputs[row]) for row in rows],
        group.captions[: len(rows)].tolist(),
        width=_SIDE,
    )


def enlarged(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """A picture with every pixel repeated, so that a browser does not blur it;
    ``(height, width)`` or ``(height, width, channels)``."""
    zoom = max(1, 2 * _SIDE // picture.shape[1])
    large = picture.astype(np.uint8).repeat(zoom, axis=0).repeat(zoom, axis=1)
    return large[..., 0] if large.shape[-1] == 1 else large


def table(samples: Samples, group: Group) -> list[dict[str, Any]]:
    """A row a sample: its number in the dataset, what is said of it, its inputs if they are not a
    picture."""
    columns = {name: values.tolist() for name, values in group.columns.items()}
    return [
        {"Row": row, **{name: values[index] for name, values in columns.items()}}
        | _inputs(samples, row)
        for index, row in enumerate(group.rows.tolist())
    ]


def _inputs(samples: Samples, row: int) -> dict[str, Any]:
    """What a sample is, in columns."""
    values = samples.inputs[row]
    if values.ndim == 3:
        return {}
    words = getattr(samples.facts(), "vocabulary", ())
    if samples.facts().kind == "tree":
        return {"Tree": written(decode(values, words))}
    if words and values.ndim == 1:
        return {"Text": " ".join(words[number] for number in values.tolist() if number)}
    if samples.feature_names and values.ndim == 1:
        return dict(zip(samples.feature_names, values.tolist(), strict=True))
    return {"Input": np.array2string(values, precision=3, threshold=40)}


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as a file with a header."""
    file = io.StringIO()
    if rows:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return file.getvalue()
