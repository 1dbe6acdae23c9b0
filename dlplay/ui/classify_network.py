"""Which network answers on the Classify page: the choice, its card, and getting it ready."""

from __future__ import annotations

import time

import streamlit as st

from dlplay.classify import Classifier, default_network, pretrained, usable_runs
from dlplay.classify.converted import is_converted
from dlplay.classify.runtime import Runtime
from dlplay.errors import UserError
from dlplay.runs import requests
from dlplay.ui import classify_state, state
from dlplay.ui.text import duration

_ASKED = "classify_asked."
"""Prefix of the keys that remember, for a network, since when this page waits for what."""


def choose_network() -> Classifier:
    """The network that is to answer; the address names it."""
    wanted = st.query_params.get("network", "")
    known = {chosen.key: chosen for chosen in (*pretrained(), *usable_runs(state.store()))}
    keys = list(known)
    first = wanted if wanted in known else default_network().key
    key = st.selectbox(
        "Network", keys, keys.index(first), key="classify_network",
        format_func=lambda key: known[key].title,
        help="Networks that have seen the 1.3 million photos of ImageNet and know its 1,000 "
        "classes; then those of your own runs on images.",
    )  # fmt: skip
    if wanted != key:
        st.query_params["network"] = key
    chosen = known[key]
    st.caption(chosen.headline())
    best = next(iter(known.values()))
    if chosen.key == default_network().key != best.key:
        st.caption(
            f":material/info: {best.title}'s weights are not on this server; choose it to see "
            f"how they get there. {chosen.title} answers meanwhile."
        )
    return chosen


def card(chosen: Classifier) -> None:
    """What the network is, and whose."""
    with st.expander(f"About {chosen.title}", icon=":material/id_card:", key="classify_card"):
        st.write(chosen.card.summary)
        details = chosen.details()
        st.markdown("\n".join(f"- **{title}:** {text}" for title, text in details.items()))


def loaded(chosen: Classifier) -> Runtime | None:
    """The network ready to answer; None while something has to be done first, which it shows."""
    try:
        if is_converted(chosen):
            return classify_state.runtime(chosen)
    except UserError as error:
        _offer_download(chosen, error)
        return None
    st.fragment(_follow_conversion, run_every=0.5)(chosen, download=False)
    return None


def _offer_download(chosen: Classifier, error: UserError) -> None:
    """Say what is missing; let Keras fetch it where that may help."""
    key = f"{_ASKED}{chosen.key}"
    if st.session_state.get(key, {}).get("download"):
        st.fragment(_follow_conversion, run_every=0.5)(chosen, download=True)
        return
    st.warning(str(error), icon=":material/key:")
    size = chosen.download_megabytes
    if size and st.button(
        f"Download it ({size} MB)", key="classify_download", icon=":material/cloud_download:"
    ):
        st.session_state[key] = {"download": True, "at": time.time()}
        st.rerun()


def _follow_conversion(chosen: Classifier, download: bool) -> None:
    """Where the helper process is with it."""
    key = f"{_ASKED}{chosen.key}"
    asked = st.session_state.setdefault(key, {"download": download, "at": time.time()})
    question = {"network": chosen.key, "download": download}
    request = requests.ask(state.store(), "convert", question)
    if request.error:
        st.error(request.error, icon=":material/error:")
        if st.button("Try again", key="classify_again", icon=":material/refresh:"):
            _start_over(request.key, key)
    elif request.is_open:
        what = "Downloading and preparing" if download else "Preparing"
        st.info(
            f"{what} {chosen.title} for this server: {duration(time.time() - asked['at'])} so "
            "far. It is done once, mostly in 10 to 30 s"
            f"{' after the download' * download}; then photos take milliseconds.",
            icon=":material/hourglass_top:",
        )
    else:  # answered: just now, or for files that are gone since
        _start_over(request.key, key)


def _start_over(request: str, key: str) -> None:
    requests.forget(state.store(), request)
    st.session_state.pop(key, None)
    st.rerun()
