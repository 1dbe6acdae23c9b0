"""Keras layers and models of our own. They import Keras, so only a worker or a helper may import
them, inside a function; a saved network that has one can be read once this package is loaded."""

from __future__ import annotations

from pathlib import Path

import keras

from dlplay.layers import gan as gan
from dlplay.layers import gaussian_code as gaussian_code
from dlplay.layers import positions as positions
from dlplay.layers import recurrent as recurrent
from dlplay.layers import response_normalisation as response_normalisation
from dlplay.layers import trees as trees


def all_layers(model: keras.Model) -> list[keras.Layer]:
    """A network's layers, those of networks within it in their place."""
    nested = (
        all_layers(layer) if isinstance(layer, keras.Model) else [layer] for layer in model.layers
    )
    return [layer for layers in nested for layer in layers]


def load_model(path: Path) -> keras.Model:
    """A network as a run has kept it, to be asked, not trained."""
    return keras.models.load_model(path, compile=False)


def in_plain_layers(model: keras.Model) -> keras.Model:
    """An equal network with Keras' own layers in place of those of ours that are but faster."""
    known = keras.saving.get_custom_objects()  # a scope of others ends at the first inner layer
    ours = {keras.saving.get_registered_name(kind): kind for kind in recurrent.FASTER}
    try:
        known.update({name: kind.written_as for name, kind in ours.items()})
        plain = type(model).from_config(model.get_config())
    finally:
        known.update(ours)
    plain.set_weights(model.get_weights())
    return plain
