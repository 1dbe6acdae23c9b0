"""Where converted networks are kept: a folder each, under ``DLPLAY_HOME``."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from dlplay.classify.base import Classifier
from dlplay.settings import Settings

MODEL_FILE, KERNEL_FILE, TAIL_FILE = "model.xml", "kernel.npy", "tail.npz"
"""The network, and what the map of a class is made from: the weights of its last layer where they
suffice, or all layers behind the last feature map; neither for networks without such a map."""

_LAYOUT = 2
"""Raise it when converted folders of earlier versions can no longer be used."""


def converted_folder(network: Classifier) -> Path:
    """The folder of a converted network, whether it is there or not.

    Raises:
        UserError: the network's weights are missing or wrong.
    """
    parts = [
        network.key.replace(":", "-"), network.weights().checksum[:12], f"keras{version('keras')}",
        f"openvino{version('openvino')}", str(_LAYOUT),
    ]  # fmt: skip
    return Settings().folder("classify") / "-".join(parts)


def is_converted(network: Classifier) -> bool:
    """Whether the network can be loaded at once."""
    return (converted_folder(network) / MODEL_FILE).is_file()
