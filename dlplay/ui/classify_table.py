"""Several photos at once on the Classify page: a table with thumbnails, and the same as a file."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import pandas as pd
import streamlit as st
from PIL import Image

from dlplay.classify.runtime import Runtime
from dlplay.errors import UserError
from dlplay.ui import classify_state
from dlplay.ui.classify_state import Upload

_SIDE = 160
_TOP = 3
_ROW = 56


def show_table(runtime: Runtime, uploads: Sequence[Upload]) -> Upload:
    """The guesses for every photo; the photo that is selected, at first the first."""
    progress = st.empty()
    rows = []
    for number, upload in enumerate(uploads, 1):
        progress.progress(number / len(uploads), f"Photo {number} of {len(uploads)}")
        rows.append(_row(runtime, upload))
    progress.empty()
    table = pd.DataFrame(rows)
    shares = [f"Probability {number}" for number in range(1, _TOP + 1)]
    event = st.dataframe(
        table.drop(columns="Network", errors="ignore"), hide_index=True, key="classify_table",
        on_select="rerun", selection_mode="single-row", row_height=_ROW,
        height=min(len(rows), 8) * _ROW + 40, placeholder="",
        column_config={
            "Photo": st.column_config.ImageColumn(width="small"),
            "Problem": st.column_config.TextColumn(width="large"),
            "Milliseconds": st.column_config.NumberColumn("Time (ms)", format="%.0f"),
            **{name: st.column_config.NumberColumn("Probability", format="percent")
               for name in shares},
        },
    )  # fmt: skip
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.caption("Select a row to look into that photo; it is shown below.")
    right.download_button(
        "Download CSV", to_csv(rows), "classified.csv", "text/csv", key="classify_csv",
        icon=":material/download:", width="stretch",
    )  # fmt: skip
    selected = event.selection.rows
    return uploads[selected[0] if selected and selected[0] < len(uploads) else 0]


def to_csv(rows: Sequence[dict[str, object]]) -> bytes:
    """The rows without their pictures; spreadsheets know UTF-8 by the mark it starts with."""
    return pd.DataFrame(rows).drop(columns="Photo").to_csv(index=False).encode("utf-8-sig")


def _row(runtime: Runtime, upload: Upload) -> dict[str, object]:
    """A photo's guesses, or why there are none."""
    try:
        photo = classify_state.photo(upload)
    except UserError as error:
        return {"Photo": None, "File": upload.name, "Problem": str(error)}
    answer = runtime.classify(photo, _TOP)
    row: dict[str, object] = {
        "Photo": _thumbnail(photo), "File": upload.name, "Network": runtime.network.key,
    }  # fmt: skip
    for number, guess in enumerate(answer.guesses, 1):
        row[f"Guess {number}"] = guess.label.name
        row[f"Probability {number}"] = guess.probability
    return row | {"Milliseconds": answer.milliseconds}


def _thumbnail(photo: Image.Image) -> str:
    """A small copy, as an address a table can show."""
    small, file = photo.copy(), io.BytesIO()
    small.thumbnail((_SIDE, _SIDE))
    small.save(file, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
