"""Keras layers and models of our own. They import Keras, so only a worker or a helper may import
them, inside a function; a saved network that has one can be read once this package is loaded."""

from __future__ import annotations

from pathlib import Path

import keras

from dlplay.layers import positions, recurrent, trees


def load_model(path: Path) -> keras.Model:
    """A network as a run has kept it, to be asked, not trained."""
    return keras.models.load_model(path, compile=False)
