"""Which network answers on the Classify page: the choice, its card, and getting it ready."""

from __future__ import annotations

import time

import streamlit as st

from dlplay.classify import NETWORKS, Pretrained, default_network, network
from dlplay.classify.converted import is_converted
from dlplay.classify.runtime import Runtime
from dlplay.errors import UserError
from dlplay.runs import requests
from dlplay.ui import classify_state, state
from dlplay.ui.text import duration, percent

_ASKED = "classify_asked"


def choose_network() -> Pretrained:
    """The network that is to answer; the address names it."""
    wanted, names = st.query_params.get("network", ""), list(NETWORKS)
    first = wanted if wanted in names else default_network().name
    name = st.selectbox(
        "Network", names, names.index(first), key="classify_network",
        format_func=lambda name: NETWORKS[name].card.title,
        help="All have seen the 1.3 million photos of ImageNet, and know its 1,000 classes.",
    )  # fmt: skip
    if wanted != name:
        st.query_params["network"] = name
    return network(name)


def facts(chosen: Pretrained) -> None:
    """How large the network is and how good, in a line; and why it is not the first one."""
    published = not chosen.is_ready() or chosen.weights().checksum == chosen.published
    top_1 = f"{percent(chosen.top_1)} top-1 on ImageNet" if published else "weights of your own"
    st.caption(f"{chosen.parameters / 1e6:.1f} million parameters · {top_1}")
    first = network(next(iter(NETWORKS)))
    if chosen.name != first.name and not first.is_ready():
        st.caption(
            f":material/info: {first.title}'s weights are not on this server; choose it to see "
            f"how they get there. {chosen.title} answers meanwhile."
        )


def card(chosen: Pretrained) -> None:
    """What the network is, and whose."""
    with st.expander(f"About {chosen.title}", icon=":material/id_card:", key="classify_card"):
        st.write(chosen.card.summary)
        st.markdown(
            f"- **Parameters:** {chosen.parameters:,}\n"
            f"- **ImageNet top-1:** {percent(chosen.top_1)} of the validation photos named right "
            f"at once with the published weights ({chosen.top_1_source})\n"
            f"- **Source:** {chosen.card.source}\n"
            f"- **Licence:** {chosen.card.licence}"
        )


def loaded(chosen: Pretrained) -> Runtime | None:
    """The network ready to answer; None while something has to be done first, which it shows."""
    try:
        if is_converted(chosen):
            return classify_state.runtime(chosen)
    except UserError as error:
        _offer_download(chosen, error)
        return None
    st.fragment(_follow_conversion, run_every=0.5)(chosen, download=False)
    return None


def _offer_download(chosen: Pretrained, error: UserError) -> None:
    """Say what is missing; let Keras fetch it where that may help."""
    if st.session_state.get(_ASKED, {}).get("download"):
        st.fragment(_follow_conversion, run_every=0.5)(chosen, download=True)
        return
    st.warning(str(error), icon=":material/key:")
    if chosen.download_megabytes and st.button(
        f"Download it ({chosen.download_megabytes} MB)", key="classify_download",
        icon=":material/cloud_download:",
    ):  # fmt: skip
        st.session_state[_ASKED] = {"download": True, "at": time.time()}
        st.rerun()


def _follow_conversion(chosen: Pretrained, download: bool) -> None:
    """Where the helper process is with it."""
    asked = st.session_state.setdefault(_ASKED, {"download": download, "at": time.time()})
    question = {"network": chosen.name, "download": download}
    request = requests.ask(state.store(), "convert", question)
    if request.error:
        st.error(request.error, icon=":material/error:")
        if st.button("Try again", key="classify_again", icon=":material/refresh:"):
            _start_over(request.key)
    elif request.is_open:
        what = "Downloading and preparing" if download else "Preparing"
        st.info(
            f"{what} {chosen.title} for this server: {duration(time.time() - asked['at'])} so "
            "far. It is done once, mostly in 10 to 30 s"
            f"{' after the download' * download}; then photos take milliseconds.",
            icon=":material/hourglass_top:",
        )
    else:  # answered: just now, or for files that are gone since
        _start_over(request.key)


def _start_over(key: str) -> None:
    requests.forget(state.store(), key)
    st.session_state.pop(_ASKED, None)
    st.rerun()
