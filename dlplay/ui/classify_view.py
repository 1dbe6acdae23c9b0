"""The parts of the Classify page about photos: bringing them, and what the network says of one."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from dlplay.classify import Classifier
from dlplay.classify.figures import bars_info, overlay_info, plot_bars
from dlplay.classify.perturbation import Perturbation
from dlplay.classify.runtime import Answer, Runtime
from dlplay.classify.samples import SAMPLES
from dlplay.errors import UserError
from dlplay.photo import EXTENSIONS
from dlplay.ui import classify_network, classify_state
from dlplay.ui.canvas import canvas
from dlplay.ui.chart import chart
from dlplay.ui.classify_state import Upload

_CAMERA, _DRAW = "Camera", "Draw"
_RESETS = "classify_resets"


def choose_photos(network: Classifier) -> list[Upload]:
    """What the user brings: files, a drawing, a photo taken now, or one of the samples."""
    files = st.file_uploader(
        "Photos", type=list(EXTENSIONS), accept_multiple_files=True, key="classify_files",
        help="One photo to look into, or several for a table. They stay in this server's memory "
        "for as long as this page is open, and are not kept.",
    )  # fmt: skip
    if files:
        return [Upload(file.name, file.getvalue()) for file in files]
    offered = [_DRAW, _CAMERA] if network.takes_drawings else [*SAMPLES, _CAMERA]
    choice = st.segmented_control(
        "Or try", offered, default=offered[0], required=True,
        key=f"classify_source.{network.takes_drawings}",
    )  # fmt: skip
    if choice == _DRAW:
        drawing = canvas("classify_canvas")
        return [Upload("Drawing", drawing)] if drawing else []
    if choice == _CAMERA:
        taken = st.camera_input("Camera", key="classify_camera", label_visibility="collapsed")
        return [Upload("Camera", taken.getvalue())] if taken else []
    sample = SAMPLES[choice or offered[0]]
    return [Upload(sample.title, sample.read(), sample.credit)]


def show_photo(runtime: Runtime, network: Classifier, upload: Upload) -> None:
    """One photo: what the network says of it, where it looked, and what it takes to mislead it."""
    try:
        photo = classify_state.photo(upload)
    except UserError as error:
        st.error(f"{upload.name}: {error}", icon=":material/broken_image:")
        return
    if network.takes_drawings:
        words = st.container()
    else:
        picture, words = st.columns([7, 5], gap="large")
    with words:
        guesses = st.container()
        perturbation = _perturbation()
        classify_network.card(network)
    spoilt = perturbation.apply(photo)
    answer = runtime.classify(spoilt)
    if network.takes_drawings:
        with guesses:
            bars = st.container()
            chosen = _given(network, spoilt, answer)
    else:
        bars = guesses
        with picture:
            chosen = _picture(network, spoilt, answer, upload)
    with bars:
        _guesses(network, answer, chosen)


def _picture(network: Classifier, photo: Image.Image, answer: Answer, upload: Upload) -> int:
    """The photo with the map of one guess over it; the number of that guess."""
    shown = st.empty()
    chosen, strength = _which_map(answer)
    pixels = overlay_info(photo, network.framing, answer.guesses[chosen].map, strength)
    shown.image(pixels, width="stretch", output_format="JPEG")
    pale = "" if network.framing.share is None else " The pale border is cut off before it looks."
    st.caption(f"{upload.name}, {photo.width:,}×{photo.height:,} pixels.{pale} {upload.credit}")
    return chosen


def _which_map(answer: Answer) -> tuple[int, float]:
    """Of which guess the map is to be seen, and how strong; the first and not at all without."""
    if answer.guesses[0].map is None:
        return 0, 0.0
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    names = [guess.label.name for guess in answer.guesses]
    chosen = left.segmented_control(
        "Where it looked for", range(len(names)), default=0, key="classify_guess",
        format_func=names.__getitem__, required=True,
        help="The class activation map: the redder a place, the more it speaks for this "
        "class. It is a weighted sum of the last feature map, a few places wide, enlarged.",
    )  # fmt: skip
    strength = right.slider(
        "Strength of the map", 0, 100, 60, 5, format="%d %%", key="classify_strength",
        help="How much the map covers the picture; 0 % shows the picture alone.",
    )  # fmt: skip
    return chosen or 0, strength / 100


def _guesses(network: Classifier, answer: Answer, chosen: int) -> None:
    """Bars, who answered, and how long that took."""
    bars = bars_info(answer.guesses)
    alt = ", ".join(f"{bar.name} {bar.text}" for bar in bars)
    chart(plot_bars(bars, chosen), key="classify_bars", alt=alt, height=56 * len(bars))
    maps = "" if answer.guesses[0].map is None else " and drawing the maps"
    st.caption(
        f"Answered by **{network.title}** in {answer.milliseconds:.1f} ms: the network took "
        f"{answer.network_milliseconds:.1f} ms, scaling the photo{maps} the rest."
    )


def _given(network: Classifier, photo: Image.Image, answer: Answer) -> int:
    """The pixels a small network is given, large enough to count them, and where it looked in
    them; the number of the guess that is shown for."""
    pixels = network.prepare(photo)[..., 0].round().astype(np.uint8)
    enlarged = Image.fromarray(pixels.repeat(8, axis=0).repeat(8, axis=1)).convert("RGB")
    shown = st.container(horizontal=True, vertical_alignment="center")
    chosen, strength = _which_map(answer)
    with shown:
        st.image(
            overlay_info(enlarged, network.framing, answer.guesses[chosen].map, strength),
            width=160,
        )
        st.caption(
            f"What the network is given: {pixels.shape[0]}×{pixels.shape[1]} pixels, drawn as "
            "large and as bright as the samples it has learnt from.",
            width=260,
        )
    return chosen


def _perturbation() -> Perturbation:
    """A slider for everything that can be done to the photo."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Spoil the photo** and see the guess tip over", width="stretch")
            st.button(
                "Reset", key="classify_reset", on_click=_reset, type="tertiary",
                icon=":material/restart_alt:",
            )  # fmt: skip
        columns = st.columns(2, gap="medium")
        values = {}
        for number, name in enumerate(Perturbation.model_fields):
            with columns[number % 2]:
                values[name] = _slider(name)
    return Perturbation.model_validate(values)


def _slider(name: str) -> float:
    info = Perturbation.model_fields[name]
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    low, high = (
        next(getattr(m, side) for m in info.metadata if hasattr(m, side)) for side in ("ge", "le")
    )
    step, key = float(str(extra["step"])), f"classify_{name}.{st.session_state.get(_RESETS, 0)}"
    digits = "%.1f" if step < 1 else "%.0f"
    unit = str(extra["unit"]).replace("%", "%%")
    return float(
        st.slider(
            str(info.title), low, high, info.default, step, key=key, help=info.description,
            format=f"{digits} {unit}",
        )
    )  # fmt: skip


def _reset() -> None:
    """Other keys, so other sliders: they start from the defaults."""
    st.session_state[_RESETS] = st.session_state.get(_RESETS, 0) + 1
