"""A run's network as a file that other programs open."""

from __future__ import annotations

import contextlib
import io
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from dlplay.errors import UserError, shortened
from dlplay.runs import Run

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Format:
    """A kind of model file.

    Args:
        title: as people say it.
        ending: of the file's name; empty for a folder.
        summary: who opens it, and how.
        keras_name: what Keras' ``export`` calls it; empty for Keras' own.
    """

    title: str
    ending: str
    summary: str
    keras_name: str


FORMATS = {
    "keras": Format(
        "Keras", ".keras", "To train on, or to look into: `keras.models.load_model(file)`.", ""
    ),
    "savedmodel": Format(
        "SavedModel", "", "For TensorFlow Serving: `tf.saved_model.load(folder).serve(x)`.",
        "tf_saved_model",
    ),
    "onnx": Format(
        "ONNX", ".onnx", "For any language: `onnxruntime.InferenceSession(file)`.", "onnx"
    ),
    "litert": Format(
        "LiteRT", ".tflite", "For phones and small devices; formerly TensorFlow Lite.", "litert"
    ),
}  # fmt: skip
"""Every format by its name on the command line."""


def format_of(name: str) -> Format:
    """A format by its name.

    Raises:
        UserError: there is none.
    """
    if name not in FORMATS:
        raise UserError(f"Expected one of the formats {', '.join(FORMATS)}", received=name)
    return FORMATS[name]


def check_exportable(run: Run) -> None:
    """Raise a `UserError` unless the run has ended and left a network."""
    if run.is_active:
        raise UserError(
            "Expected a run that has ended", received=run.state, fix="Wait for it, or stop it"
        )
    if not run.model_file.is_file():
        raise UserError(
            f"Run {run.id} left no network", received=run.state, fix="Train it again to the end"
        )


def export_model(run: Run, name: str, target: Path) -> Path:
    """Write a run's network in the format of that ``name``; the ending is added if it is missing.

    Needs the framework.

    Raises:
        UserError: the run has no network, the format cannot express a layer, or there is
            something else at ``target``.
    """
    form = format_of(name)
    check_exportable(run)
    if form.ending and target.suffix != form.ending:
        target = target.with_name(target.name + form.ending)
    if target.is_dir() and (form.ending or any(target.iterdir())):
        raise UserError("Expected a path where there is nothing yet", received=target)
    model = _load(run)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(model, form, target)
    except OSError as error:
        raise UserError(
            f"{target} could not be written: {error.strerror}", fix="Choose another path"
        ) from error
    return target


def _load(run: Run) -> keras.Model:
    from dlplay.layers import in_plain_layers, load_model

    try:
        return in_plain_layers(load_model(run.model_file))
    except Exception as error:  # Keras raises whatever a file it cannot read leads to
        raise UserError(
            f"The network of run {run.id} could not be read: {shortened(error)}",
            fix="Train it again",
        ) from error


def _write(model: keras.Model, form: Format, target: Path) -> None:
    """Write beside the target and move: what is there is complete."""
    with TemporaryDirectory(dir=target.parent, prefix="partial-") as folder:
        partial = Path(folder) / f"model{form.ending}"
        if form.keras_name:
            _convert(model, form, partial)
        else:
            model.save(partial)
        if target.is_dir():
            target.rmdir()
        shutil.move(partial, target)


def _convert(model: Any, form: Format, path: Path) -> None:
    try:
        _export(model, form, path)
    except OSError:
        raise
    except Exception as error:
        reason = str(error).strip().splitlines()
        raise UserError(
            f"{form.title} cannot express {_culprit(model, form)}",
            received=reason[0] if reason else type(error).__name__,
            fix="Choose another format",
        ) from error


def _export(model: Any, form: Format, path: Path) -> None:
    """Write a network as it predicts: left to itself, Keras would export augmentation, too."""
    import keras

    outputs = model(model.input, training=False)
    predicting = keras.Model(model.input, outputs, name=model.name)
    predicting(keras.tree.map_structure(_one, model.input))  # Keras exports what has been called
    options = {}
    if form.keras_name == "litert":  # else it would leave operations to a library few have
        import tensorflow as tf

        options = {"target_spec": {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}}
    with contextlib.redirect_stdout(io.StringIO()):  # converters are talkative
        predicting.export(str(path), format=form.keras_name, verbose=False, **options)
    if form.keras_name == "onnx":  # its converter writes what it could not translate as it is
        import onnx

        onnx.checker.check_model(path)


def _culprit(model: Any, form: Format) -> str:
    """The first layer that cannot be exported by itself."""
    import keras

    for layer in (
        layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)
    ):
        try:
            given = keras.tree.map_structure(_input_like, layer.input)
            alone = keras.Model(given, layer(given))
            with TemporaryDirectory() as folder:
                _export(alone, form, Path(folder) / f"model{form.ending}")
        except Exception:  # whatever a converter raises, this is the layer it stumbles over
            return f"the layer “{layer.name}” ({type(layer).__name__})"
    return f"the network {model.name} as a whole"


def _input_like(tensor: Any) -> Any:
    import keras

    return keras.Input(tensor.shape[1:], dtype=tensor.dtype)


def _one(tensor: Any) -> Any:
    """A sample of zeros."""
    import keras

    return keras.ops.zeros((1, *(size or 1 for size in tensor.shape[1:])), tensor.dtype)
