"""Keras model → file of the inference runtime. Only the helper process runs this."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlplay.classify.base import Classifier
from dlplay.classify.converted import KERNEL_FILE, MODEL_FILE, converted_folder
from dlplay.errors import UserError

if TYPE_CHECKING:
    import keras

_ABANDONED_SECONDS = 3_600.0


def convert(network: Classifier) -> Path:
    """Convert a network unless that was done before; returns its folder.

    The folder gets its name only when everything in it is written: what a killed conversion leaves
    behind is never used.

    Raises:
        UserError: the weights are missing or wrong, or the disk is full.
    """
    folder = converted_folder(network)
    _clear_abandoned(folder.parent)
    if folder.is_dir():
        return folder
    partial = folder.with_name(f"partial-{secrets.token_hex(4)}")
    try:
        partial.mkdir()
        _write(network.build(network.weights().path), partial)
        os.replace(partial, folder)
    except OSError as error:
        if folder.is_dir():  # another process was faster
            return folder
        raise UserError(
            f"{network.title} could not be converted: {error.strerror}",
            fix="Ask the server's owner to free disk space, then try again",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _write(model: keras.Model, folder: Path) -> None:
    # Converting would otherwise report its use to the makers of the runtime.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import keras

    head = find_head(model)
    outputs = [model.output]
    if head is not None:
        features, kernel = head
        outputs.append(features)
        np.save(folder / KERNEL_FILE, kernel)
    both = keras.Model(model.input, outputs)
    # Left to itself, Keras would export augmentation as if in training.
    predicting = keras.Model(model.input, both(model.input, training=False))
    predicting.export(str(folder / MODEL_FILE), format="openvino", verbose=False)


def find_head(model: keras.Model) -> tuple[keras.KerasTensor, NDArray[np.float32]] | None:
    """Last feature map and kernel of a network that ends in global pooling and one dense layer.

    None for any other network: only there is the class activation map a weighted sum.
    """
    from keras import layers

    output, pooling = model.layers[-1], _before(model.layers[-1])
    while isinstance(pooling, layers.Dropout):
        pooling = _before(pooling)
    if not isinstance(output, layers.Dense) or not isinstance(
        pooling, layers.GlobalAveragePooling2D
    ):
        return None
    return pooling.input, np.asarray(output.kernel, np.float32)


def _before(layer: Any) -> Any:
    """The layer whose output ``layer`` takes; None if that is not one layer."""
    source = layer.input
    return source._keras_history.operation if hasattr(source, "_keras_history") else None


def _clear_abandoned(parent: Path) -> None:
    """Remove what conversions that were killed have left."""
    for path in parent.glob("partial-*"):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:  # its conversion has just ended
            continue
