"""ResNet-50 on one photo: Keras, this package, the bare runtime and ONNX Runtime side by side.

Each is a process of its own, and they take turns. The weights are random: speed does not depend
on them. ONNX Runtime takes part if onnxruntime, onnx and tf2onnx are installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.sides import Figures, Measure, Side, take_turns
from benchmarks.table import Row, below, times_faster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROUNDS, _BLOCK, _PHOTOS = 15, 6, 40
_UPLOADERS, _UPLOADS = 8, 25
_WEIGHTS, _MD5 = "DLPLAY_RESNET50_WEIGHTS", "DLPLAY_RESNET50_MD5"
_KERAS_SHARE, _BARE_SHARE = 0.3, 1.1
_RESTART = """
import time
from dlplay.classify import network
from dlplay.classify.runtime import Runtime
from dlplay.classify.samples import SAMPLES
from dlplay.photo import decode
content = next(iter(SAMPLES.values())).read()
start = time.perf_counter()
Runtime(network("resnet-50")).classify(decode(content))
print(time.perf_counter() - start)
"""


def rows() -> Iterator[Row]:
    """Everything about photos."""
    with _weights():
        with closing(Side(conversion)) as side:
            seconds = side.measure()["seconds"]
        os.environ[_MD5] = _md5_of_weights()
        yield Row("ResNet-50: conversion, once", f"{seconds:.1f} s")
        yield from _one_photo()
        yield from _whole_path()
        restarts = [_seconds_after_restart() for _ in range(3)]
        yield below("first answer after a restart", median(restarts), 2.0, "s")


@contextmanager
def _weights() -> Iterator[None]:
    """A home of its own, and a place for random weights, as an owner of a server sets them up."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="dlplay-benchmark-") as folder:
        os.environ["DLPLAY_HOME"] = f"{folder}/home"
        os.environ[_WEIGHTS] = f"{folder}/resnet50.h5"
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _one_photo() -> Iterator[Row]:
    """The network alone, on the same pixels."""
    functions: dict[str, Callable[[], Measure]] = {
        "ours": ours, "Keras predict": keras_predict, "bare OpenVINO": bare_openvino,
    }  # fmt: skip
    if all(find_spec(name) for name in ("onnxruntime", "onnx", "tf2onnx")):
        functions["ONNX Runtime"] = onnx_runtime
    sides = {name: Side(function) for name, function in functions.items()}
    taken = {name: figures["ms"] for name, figures in take_turns(sides, _ROUNDS).items()}
    for side in sides.values():
        side.close()
    mine = taken.pop("ours")
    wanted = {"Keras predict": 1 / _KERAS_SHARE, "bare OpenVINO": 1 / _BARE_SHARE}
    for name, theirs in taken.items():
        at_least = wanted.get(name)
        rounded = round(at_least, 2) if at_least else None
        yield times_faster(
            "ResNet-50, one photo", f"{mine:.1f} ms", f"{name} {theirs:.1f} ms", theirs / mine,
            rounded,
        )  # fmt: skip


def _whole_path() -> Iterator[Row]:
    """From the bytes of a photo to the three guesses with their maps."""
    with closing(Side(end_to_end)) as side:
        found = side.measure()
    for size in ("640×427", "4000×3000"):
        yield below(f"photo of {size} to top 3 with maps, p50", found[size], 150, "ms", 1)
    yield Row(
        f"{_UPLOADERS} concurrent uploaders, no error",
        f"p50 {found['p50']:.0f} ms, p95 {found['p95']:.0f} ms, {found['rate']:.0f} photos/s",
    )


def conversion() -> Measure:
    """Random weights in the file the environment names, and how long converting them takes."""
    import keras

    from dlplay.classify import network
    from dlplay.classify.convert import convert

    keras.utils.set_random_seed(0)
    keras.applications.ResNet50(weights=None).save(os.environ[_WEIGHTS], include_optimizer=False)
    os.environ[_MD5] = _md5_of_weights()
    return lambda: {"seconds": _seconds(lambda: convert(network("resnet-50")))}


def ours() -> Measure:
    """The network as the server runs it."""
    from dlplay.classify import network
    from dlplay.classify.runtime import Runtime

    runtime, pixels = Runtime(network("resnet-50")), _pixels()
    return _block(lambda: runtime.infer(pixels))


def keras_predict() -> Measure:
    """What the article does."""
    import keras

    model, pixels = keras.applications.ResNet50(weights=os.environ[_WEIGHTS]), _pixels()
    return _block(lambda: model.predict(pixels, verbose=0))


def bare_openvino() -> Measure:
    """The runtime on the very file that ours runs, without anything of ours around it."""
    import openvino

    from dlplay.classify import network
    from dlplay.classify.converted import MODEL_FILE, converted_folder

    file = converted_folder(network("resnet-50")) / MODEL_FILE
    compiled = openvino.Core().compile_model(file, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    request, pixels = compiled.create_infer_request(), _pixels()
    return _block(lambda: request.infer([pixels]))


def onnx_runtime() -> Measure:
    """The same weights in the other runtime one would think of."""
    import keras

    model, pixels = keras.applications.ResNet50(weights=os.environ[_WEIGHTS]), _pixels()
    path = Path(os.environ[_WEIGHTS]).with_name("resnet50.onnx")
    model(pixels)  # Keras refuses to export what never ran
    model.export(str(path), format="onnx", verbose=False)
    runtime = import_module("onnxruntime")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return _block(lambda: session.run(None, {name: pixels}))


def end_to_end() -> Measure:
    """Decode, scale, infer, maps: a small photo, a large one, and many people at once."""
    from PIL import Image

    from dlplay.classify import network
    from dlplay.classify.runtime import Runtime
    from dlplay.photo import decode

    runtime, sample, large = Runtime(network("resnet-50")), _photo(), BytesIO()
    decode(sample).resize((4000, 3000), Image.Resampling.BICUBIC).save(large, "JPEG", quality=90)
    contents = {"640×427": sample, "4000×3000": large.getvalue()}

    def answer(content: bytes) -> float:
        return 1e3 * _seconds(lambda: runtime.classify(decode(content)))

    def measure() -> Figures:
        figures = {
            size: median(answer(content) for _ in range(_PHOTOS))
            for size, content in contents.items()
        }
        start = time.perf_counter()
        with ThreadPoolExecutor(_UPLOADERS) as pool:
            times = sorted(pool.map(answer, [sample] * _UPLOADERS * _UPLOADS))
        rate = len(times) / (time.perf_counter() - start)
        return figures | {
            "p50": median(times), "p95": times[int(0.95 * len(times))], "rate": rate,
        }  # fmt: skip

    return measure


def _block(work: Callable[[], object]) -> Measure:
    """The median of some calls in a row, the first of which does not count."""
    for _ in range(3):
        work()

    def measure() -> Figures:
        work()
        return {"ms": 1e3 * median(_seconds(work) for _ in range(_BLOCK))}

    return measure


def _photo() -> bytes:
    from dlplay.classify.samples import SAMPLES

    return next(iter(SAMPLES.values())).read()


def _pixels() -> NDArray[np.float32]:
    """A photo as the network takes it: ``(1, 224, 224, 3)``."""
    from dlplay.classify import network
    from dlplay.photo import decode

    pixels: Any = network("resnet-50").prepare(decode(_photo()))
    return pixels[None]  # type: ignore[no-any-return]


def _md5_of_weights() -> str:
    from dlplay.pretrained.resnet_50 import md5

    return md5(Path(os.environ[_WEIGHTS]))


def _seconds_after_restart() -> float:
    """The first answer of a new process whose network has been converted before."""
    ended = subprocess.run(
        [sys.executable, "-c", _RESTART], capture_output=True, text=True, check=True
    )
    return float(ended.stdout.split()[-1])


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
