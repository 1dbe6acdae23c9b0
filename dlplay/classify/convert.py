"""Keras model → file of the inference runtime. Only the helper process runs this."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlplay.classify.base import Classifier
from dlplay.classify.converted import KERNEL_FILE, MODEL_FILE, TAIL_FILE, converted_folder
from dlplay.classify.ending import find_head, find_tail
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

    head, outputs = find_head(model), [_of_every_class(model.output)]
    if head is not None:
        features, kernel = head
        outputs.append(features)
        np.save(folder / KERNEL_FILE, kernel)
    elif (found := find_tail(model)) is not None:
        features, tail = found
        outputs.append(features)
        tail.save(folder / TAIL_FILE)
    both = keras.Model(model.input, outputs)
    # Left to itself, Keras would export augmentation as if in training.
    predicting = keras.Model(model.input, both(model.input, training=False))
    predicting.export(str(folder / MODEL_FILE), format="openvino", verbose=False)


def _of_every_class(output: keras.KerasTensor) -> keras.KerasTensor:
    """Probabilities ``(batch, classes)``; networks for two classes say only the second's."""
    from keras import layers

    return layers.Concatenate()([1 - output, output]) if output.shape[-1] == 1 else output


def _clear_abandoned(parent: Path) -> None:
    """Remove what conversions that were killed have left."""
    for path in parent.glob("partial-*"):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:  # its conversion has just ended
            continue
