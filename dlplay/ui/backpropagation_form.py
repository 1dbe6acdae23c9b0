"""Parts of the back-propagation lesson: a network one can shape, its sample, its program."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dlplay.lessons.backpropagation import Network, article_network, random_network
from dlplay.lessons.backpropagation_code import MISTAKES, pytorch_code, tensorflow_code
from dlplay.lessons.functions import ACTIVATIONS
from dlplay.ui.controls import Controls

_NETWORKS = {"own": "Your own", "article": "Article 4"}
_PROGRAMS = {"tensorflow": "TensorFlow", "pytorch": "PyTorch", "wrong": "What was wrong"}
_PROGRAM_HEIGHT = 316
_BETWEEN = ("tanh", "sigmoid", "relu")


def choose_network(page: Controls) -> Network:
    """The fourth article's network, or one of the visitor's own shape."""
    kind = page.option("net", "Network", _NETWORKS, "own", side_by_side=True)
    if kind == "article":
        return article_network()
    left, middle, right = st.columns(3)
    with left:
        first = page.slider("h1", "Hidden 1", 1, 4, 2, step=1)
    with middle:
        second = page.slider("h2", "Hidden 2", 0, 4, 0, step=1)
    with right:
        outputs = page.slider("out", "Outputs", 1, 2, 1, step=1)
    titles = {name: ACTIVATIONS[name].title for name in _BETWEEN}
    activation = page.option("f", "Activation", titles, "tanh", side_by_side=True)
    sizes = [2, *(int(units) for units in (first, second) if units), int(outputs)]
    return random_network(sizes, activation, seed=1)


def choose_sample(
    page: Controls, network: Network
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The one sample the network sees: its inputs, and the target of every output."""
    usual = {"x1": 1.0, "x2": -0.5, "t": 1.0}
    if network.sizes[0] == 3:
        usual = {"x1": 1.0, "x2": 2.0, "x3": 3.0, "t": 2.0}
    values = []
    for column, (name, value) in zip(st.columns(len(usual)), usual.items(), strict=True):
        with column:
            title = "Target t" if name == "t" else f"Input {name}"
            control = f"{name}-{len(usual) - 1}"
            values.append(page.slider(control, title, -3.0, 3.0, value, step=0.1))
    return np.array(values[:-1]), np.full(network.sizes[-1], values[-1])


def show_program(
    page: Controls, network: Network, inputs: NDArray[np.float64], targets: NDArray[np.float64],
    rate: float, momentum: float,
) -> None:  # fmt: skip
    """The network and its next update in TensorFlow or PyTorch; what the article had wrong."""
    title = "The same network as a program"
    chosen = page.option("code", title, _PROGRAMS, "tensorflow", side_by_side=True)
    if chosen == "wrong":
        st.container(height=_PROGRAM_HEIGHT, border=False).markdown(MISTAKES)
        return
    write = tensorflow_code if chosen == "tensorflow" else pytorch_code
    code = write(network, inputs, targets, rate=rate, momentum=momentum)
    st.code(code, language="python", height=_PROGRAM_HEIGHT)
