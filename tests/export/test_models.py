"""Model files, each opened again by the program it is made for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from dlplay.datasets import split
from dlplay.errors import UserError
from dlplay.execution import helper
from dlplay.experiment import Experiment
from dlplay.export.models import FORMATS, export_model
from dlplay.layers.recurrent import FusedGRU, FusedLSTM
from dlplay.runs import Run, Store, open_store
from dlplay.training.trainer import train

pytestmark = [
    pytest.mark.xdist_group("export-models"),
    pytest.mark.filterwarnings("ignore:In the future `np.object`:FutureWarning"),  # tf2onnx
]

Array = NDArray[Any]


def by_keras(path: Path, x: Array) -> Array:
    """Keras' answer."""
    return np.asarray(keras.models.load_model(path).predict(x, verbose=0))


def by_tensorflow(path: Path, x: Array) -> Array:
    """TensorFlow's answer, without Keras."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))
    return np.asarray(loaded.serve(x).numpy())


def by_onnx(path: Path, x: Array) -> Array:
    """ONNX Runtime's answer."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    return np.asarray(session.run(None, {session.get_inputs()[0].name: x})[0])


def by_litert(path: Path, x: Array) -> Array:
    """LiteRT's answer."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path))
    (given,), (answer,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(given["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(given["index"], x)
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(answer["index"]))


RUNTIMES: dict[str, Callable[[Path, Array], Array]] = {
    "keras": by_keras, "savedmodel": by_tensorflow, "onnx": by_onnx, "litert": by_litert,
}  # fmt: skip


def trained(store: Store, **values: Any) -> Run:
    """A run at its end."""
    training = {"epochs": 1, "batch_size": 256, "schedule": {"name": "cosine"}}
    run = store.create(Experiment.parse({**values, "training": training}))
    store.claim(run.id)
    return train(store, run)


EXPERIMENTS: dict[str, dict[str, Any]] = {
    "images": {
        "dataset": {"name": "digits"},
        "architecture": {"name": "lenet-5", "padding": "same", "activation": "leaky relu"},
        "regularisation": {"batch_norm": True, "dropout": 0.3, "augment": ["shift", "rotate"]},
    },
    "numbers": {"dataset": {"name": "diabetes"}, "architecture": {"name": "mlp"}},
}


@pytest.mark.parametrize("kind", EXPERIMENTS)
def test_every_format_gives_the_same_answers_on_the_test_set(
    kind: str, store: Store, tmp_path: Path
) -> None:
    run = trained(store, **EXPERIMENTS[kind])
    x = split(run.experiment.dataset, run.experiment.seed).test.inputs.astype(np.float32)
    model = keras.models.load_model(run.model_file, compile=False)
    expected = model.predict(x, verbose=0)
    assert set(RUNTIMES) == set(FORMATS)
    for name, runtime in RUNTIMES.items():
        path = export_model(run, name, tmp_path / name)
        assert path.suffix == FORMATS[name].ending
        np.testing.assert_allclose(runtime(path, x), expected, atol=1e-4, err_msg=name)


NO_DLPLAY = """
import sys
import keras
import numpy as np
answers = keras.models.load_model(sys.argv[1]).predict(np.load(sys.argv[2]), verbose=0)
assert "dlplay" not in sys.modules
np.save(sys.argv[3], answers)
"""


def test_layers_of_ours_are_exported_as_those_keras_has(store: Store, tmp_path: Path) -> None:
    """By a process that has not met ours, and opened again by one that never will."""
    inputs = keras.Input((12,), dtype="int32")
    x = keras.layers.Embedding(200, 3)(inputs)
    x = FusedGRU(4)(FusedLSTM(4, return_sequences=True)(x))
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    dataset = {"name": "imdb-25k", "words": 200, "length": 12}
    experiment = Experiment.parse({"dataset": dataset, "architecture": {"name": "lstm"}})
    run = ended(store, experiment, model)
    x = np.random.default_rng(0).integers(0, 200, (20, 12), np.int32)
    question = {"run": run.id, "format": "keras", "target": str(tmp_path / "keras")}
    paths = {"keras": Path(helper.ask_once("export", question)["file"])}
    paths |= {name: export_model(run, name, tmp_path / name) for name in ("savedmodel", "onnx")}
    answers = {name: RUNTIMES[name](path, x) for name, path in paths.items()}
    given, saved = tmp_path / "x.npy", tmp_path / "answers.npy"
    np.save(given, x)
    command = [sys.executable, "-c", NO_DLPLAY, *map(str, (paths["keras"], given, saved))]
    done = subprocess.run(command, cwd=tmp_path, timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answers["stranger"] = np.load(saved)
    for name, found in answers.items():
        np.testing.assert_allclose(found, np.asarray(model(x)), atol=1e-4, err_msg=name)


@pytest.mark.parametrize("layer", [FusedLSTM, FusedGRU])
def test_litert_names_a_recurrent_layer_it_would_leave_to_another_library(
    layer: type[FusedLSTM | FusedGRU], store: Store, tmp_path: Path
) -> None:
    inputs = keras.Input((12, 3))
    experiment = Experiment.parse({"dataset": {"name": "iris"}, "architecture": {"name": "mlp"}})
    run = ended(store, experiment, keras.Model(inputs, layer(4)(inputs)))
    kind = layer.written_as.__name__
    with pytest.raises(UserError, match=f"LiteRT cannot express the layer .*{kind}"):
        export_model(run, "litert", tmp_path / "phone")


def ended(store: Store, experiment: Experiment, model: keras.Model) -> Run:
    """A run that has left a network."""
    run = store.create(experiment)
    store.claim(run.id)
    store.end(run.id, "finished")
    run.folder.mkdir(parents=True)
    model.save(run.model_file)
    return store.get(run.id)


@pytest.fixture
def run(store: Store) -> Run:
    """A run that left a network of three layers, one of which ONNX has no operator for."""
    inputs = keras.Input((4,), name="table")
    x = keras.layers.Dense(3, name="fine")(inputs)
    x = keras.layers.Discretization(bin_boundaries=[0.0, 1.0], name="binning")(x)
    experiment = Experiment.parse({"dataset": {"name": "iris"}, "architecture": {"name": "mlp"}})
    return ended(store, experiment, keras.Model(inputs, x, name="odd"))


def test_a_layer_that_a_format_cannot_express_is_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ONNX cannot express the layer “binning”"):
        export_model(run, "onnx", tmp_path / "odd")
    assert list(tmp_path.glob("odd*")) == list(tmp_path.glob("partial-*")) == []


def test_what_is_in_the_way_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(UserError, match="nothing yet"):
        export_model(run, "savedmodel", tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "precious"


def test_runs_without_a_network_and_unknown_formats_are_sentences(
    run: Run, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="one of the formats keras, savedmodel, onnx, litert"):
        export_model(run, "word", tmp_path / "x")
    waiting = store.create(run.experiment)
    with pytest.raises(UserError, match="a run that has ended"):
        export_model(waiting, "keras", tmp_path / "x")
    store.claim(waiting.id)
    store.end(waiting.id, "failed", "broke")
    with pytest.raises(UserError, match="left no network"):
        export_model(open_store().get(waiting.id), "keras", tmp_path / "x")
    (run.model_file).write_bytes(b"PK damaged")
    with pytest.raises(UserError, match="could not be read"):
        export_model(run, "keras", tmp_path / "x")
