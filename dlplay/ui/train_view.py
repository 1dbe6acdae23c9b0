"""The other half of the Train page: what the form means, before anything is launched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dlplay.architectures.figures import layer_title, plot_diagram
from dlplay.architectures.layers import Network
from dlplay.datasets import Dataset, Report, Samples
from dlplay.datasets.base import Origin
from dlplay.datasets.figures import plot_balance, plot_scatter, plot_sheet, telling_features
from dlplay.datasets.reading import passages, reading_note
from dlplay.datasets.series import SeriesDataset
from dlplay.datasets.trees import TreeDataset
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.memory import available_bytes, check_memory, readable_bytes
from dlplay.presets import PRESETS
from dlplay.runs import requests
from dlplay.runs.pace import Pace
from dlplay.ui import previews, state, study_form, study_view
from dlplay.ui.chart import chart
from dlplay.ui.navigation import RUN
from dlplay.ui.text import BadgeColour, about

_BADGES: dict[Origin, tuple[str, BadgeColour, str]] = {
    "bundled": (":material/inventory_2:", "green", "Comes with the app"),
    "cached": (":material/download_done:", "green", "Downloaded to this server already"),
    "needs download": (":material/cloud_download:", "orange", "Fetched once, when needed"),
    "yours": (":material/person:", "violet", "Your own file"),
}


def launch(experiment: Experiment | None, error: UserError | None) -> None:
    """The Train button, and what pressing it costs."""
    if experiment is None:
        st.button("Train", type="primary", width="stretch", disabled=True, key="train")
        if error:
            st.warning(str(error), icon=":material/edit_note:")
        return
    network = state.network(experiment)
    # Poll only while the helper process is at work.
    st.fragment(_launch, run_every=0.4 if network is None else None)(experiment, network is None)


def _launch(experiment: Experiment, waiting: bool) -> None:
    network = state.network(experiment)
    refusal = _refusal(network)
    pressed = st.button(
        "Train", type="primary", width="stretch", key="train", icon=":material/play_arrow:",
        disabled=bool(refusal),
    )  # fmt: skip
    if refusal:
        st.error(refusal, icon=":material/memory:")
    if isinstance(network, Network):
        _costs(experiment, network)
    else:
        st.caption("Working out memory and time …" if network is None else "")
    study_view.offer(study_form.address(experiment))
    if pressed:
        preset = PRESETS[state.preset_name()]
        title = preset.title if preset.experiment == experiment else ""
        run = state.store().create(experiment, title)
        st.switch_page(RUN, query_params={"id": run.id})
    if waiting and network is not None:  # not before the button: a press would be lost
        st.rerun()


def _refusal(network: Network | UserError | None) -> str:
    """Why this must not be launched; empty if it may be."""
    if isinstance(network, UserError):
        return str(network)
    if network is not None:
        try:
            check_memory(network.training_bytes, available_bytes())
        except UserError as error:
            return str(error)
    return ""


def _costs(experiment: Experiment, network: Network) -> None:
    pace, training = Pace.load(), experiment.training
    facts = state.facts(experiment.dataset)
    samples = facts.samples * (1 - experiment.dataset.validation_fraction)
    seconds = pace and pace.seconds(network, int(samples), training.batch_size, training.epochs)
    costs = {
        "Parameters": _parameters(network),
        "Memory": (
            readable_bytes(network.training_bytes),
            "For weights, gradients, the optimiser and the activations of one batch.",
        ),
        "Time": (
            about(seconds) if seconds else "not known yet",
            "Expected from this server's own pace, measured when it first started.",
        ),
    }
    with st.container(horizontal=True, gap="medium"):
        for name, (value, help) in costs.items():
            st.metric(name, value, help=help, width=150)


def _parameters(network: Network) -> tuple[str, str]:
    """How many numbers are learnt, and how many others there are."""
    frozen = network.frozen_parameters
    others = f" Another {frozen:,} were learnt before and stay as they are." if frozen else ""
    return f"{network.parameters - frozen:,}", f"Numbers the network learns.{others}"


def show_dataset(dataset: Dataset, seed: int) -> None:
    """The dataset's card and a look at its samples."""
    card, origin = dataset.card, dataset.origin()
    icon, tint, hint = _BADGES[origin]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(card.title, width="content", anchor=False)
        st.badge(origin, icon=icon, color=tint, help=hint)
    st.write(card.summary)
    st.caption(f"Source: {card.source}. Licence: {card.licence or 'our own, MIT'}.")
    if origin == "needs download":
        _offer_download(dataset)
        return
    samples = state.samples(dataset)
    kind = samples.facts().kind
    first = {"image": "Samples", "text": "Texts", "characters": "Text"}.get(kind, "Scatter")
    views: dict[str, Callable[[], None]] = {
        first: lambda: _reading(samples) if samples.excerpts else _picture(samples),
        "Parts": lambda: _parts(dataset, seed, samples),
    }
    if isinstance(dataset, TreeDataset):
        views = {"Trees": lambda: previews.show_tree(dataset, samples), "Parts": views["Parts"]}
    elif isinstance(dataset, SeriesDataset):
        views = {"Series": lambda: previews.show_series(dataset, state.split(dataset, seed))}
    elif kind == "table":
        views["Table"] = lambda: _table(samples)
    if (report := state.report(dataset)) is not None:
        views["Report"] = lambda: _report(report)
    name = st.segmented_control(
        "View", list(views), default=next(iter(views)), key=f"view.{first}.{len(views)}",
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    views[name or next(iter(views))]()


def _reading(samples: Samples) -> None:
    """The first texts, and what a network makes of them."""
    for passage in passages(samples):
        with st.container(border=True):
            if passage.title:
                st.badge(passage.title, color="gray")
            st.markdown(passage.text)
    st.caption(reading_note(samples.facts()))


def _parts(dataset: Dataset, seed: int, samples: Samples) -> None:
    """Who trains, who validates, who tests."""
    split = state.split(dataset, seed)
    figure = plot_balance(split, samples.targets)
    alt = "How many samples of each class every part has"
    chart(figure, key="balance", alt=alt, height=300, has_bar=False)
    sizes = ", ".join(f"{len(rows):,} for {_PARTS[part]}" for part, rows in split.rows.items())
    st.caption(f"{split.facts.samples:,} samples: {sizes}.")


_PARTS = {"train": "training", "validation": "validation", "test": "test"}


def _picture(samples: Samples) -> None:
    """Images of every class, or two columns against each other."""
    if samples.inputs.ndim == 4:
        alt = "Some samples of each class"
        chart(plot_sheet(samples), key="sheet", alt=alt, height=240, has_bar=False)
        return
    names, x, y = samples.feature_names, 0, len(samples.feature_names) - 1
    if len(names) > 2:
        x, y = telling_features(samples)[:2]
        with st.container(horizontal=True):
            x = st.selectbox("Across", range(len(names)), x, names.__getitem__, key="scatter_x")
            y = st.selectbox("Up", range(len(names)), y, names.__getitem__, key="scatter_y")
    alt = f"{names[x]} and {names[y]} of the samples"
    chart(plot_scatter(samples, x, y), key="scatter", alt=alt, height=320, has_bar=False)


def _table(samples: Samples, rows: int = 100) -> None:
    targets, names = samples.targets[:rows], samples.class_names
    table = {samples.target_name: [names[t] for t in targets] if names else targets}
    table |= dict(zip(samples.feature_names, samples.inputs[:rows].T, strict=True))
    st.dataframe(table, height=320, hide_index=True)


def _report(report: Report) -> None:
    """What was found in a user's own data, and what was left out of them."""
    st.dataframe(list(report.table), hide_index=True, key="report")
    for remark in report.remarks:
        with st.expander(f"{len(remark.names):,} × {remark.sentence}", icon=":material/rule:"):
            st.dataframe({"File": remark.names}, hide_index=True)
    if not report.remarks:
        st.caption("Every file could be used.")


def _offer_download(dataset: Dataset) -> None:
    """Fetch a dataset in the helper process; the page follows it."""
    question = {"dataset": dataset.model_dump(mode="json")}
    following = f"download.{dataset.name}"
    if st.session_state.get(following):
        st.fragment(_follow_download, run_every=0.5)(question, following)
        return
    st.info("Not on this server yet. It is fetched when you train, or now, to look at it.")
    if error := st.session_state.pop(f"{following}.error", ""):
        st.error(error, icon=":material/cloud_off:")
    if st.button("Download", icon=":material/cloud_download:", key="download_now"):
        st.session_state[following] = True
        st.rerun()


def _follow_download(question: dict[str, Any], following: str) -> None:
    request = requests.ask(state.store(), "download", question)
    if request.is_open:
        st.status("Downloading …", state="running")
        return
    requests.forget(state.store(), request.key)
    st.session_state[following] = False
    st.session_state[f"{following}.error"] = request.error
    st.rerun()


def show_network(experiment: Experiment) -> None:
    """The network drawn, and its layers as a table."""
    card = experiment.architecture.card
    st.subheader(card.title, anchor=False)
    st.caption(f"Source: {card.source}.")
    network = state.network(experiment)
    if not isinstance(network, Network):
        st.caption("Working out the layers …" if network is None else "")
        return
    alt = f"The layers of {card.title} from input to output"
    chart(plot_diagram(network.layers), key="diagram", alt=alt, height=230)
    with st.expander("Layer table"):
        rows = [
            {
                "Layer": layer_title(layer), "Name": layer.name,
                "Output": " × ".join(map(str, layer.output_shape)),
                "Parameters": layer.parameters, "Operations per sample": layer.flops,
            }
            for layer in network.layers
        ]  # fmt: skip
        st.dataframe(rows, hide_index=True)
