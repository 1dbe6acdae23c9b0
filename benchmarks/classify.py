"""ResNet-50 on one photo: Keras, this package, the bare runtime and ONNX Runtime side by side.

    python -m benchmarks.classify [--rounds 15]

The weights are random: speed does not depend on them. The contenders take turns, so that whatever
else the machine does meets all alike; what counts is the ratios, and on a busy machine those
of the best tenth. ONNX Runtime takes part if onnxruntime, onnx and tf2onnx are installed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from PIL import Image

from dlplay.classify import Classifier, network
from dlplay.classify.convert import convert
from dlplay.classify.converted import MODEL_FILE, converted_folder
from dlplay.classify.runtime import Runtime
from dlplay.classify.samples import SAMPLES
from dlplay.classify.weights import md5
from dlplay.photo import decode

Contender = Callable[[], object]

_BLOCK = 6
_UPLOADERS, _UPLOADS = 8, 25
_RESTART = """
import time
from dlplay.classify import network
from dlplay.photo import decode
from dlplay.classify.runtime import Runtime
from dlplay.classify.samples import SAMPLES
content = next(iter(SAMPLES.values())).read()
start = time.perf_counter()
Runtime(network("resnet-50")).classify(decode(content))
print(time.perf_counter() - start)
"""


def main() -> None:
    """Prepare, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="blocks of each contender")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        model = prepare(Path(folder))
        chosen = network("resnet-50")
        start = time.perf_counter()
        convert(chosen)
        print(f"Conversion to OpenVINO: {time.perf_counter() - start:.1f} s, once")
        compare(contenders(model, chosen, Path(folder)), rounds)
        runtime = Runtime(chosen)
        end_to_end(runtime, rounds)
        uploaders(runtime)
        restart()


def prepare(folder: Path) -> Any:
    """ResNet-50 with random weights, set up as an owner of a server would."""
    import keras

    keras.utils.set_random_seed(0)
    model = keras.applications.ResNet50(weights=None)
    path = folder / "resnet50.h5"
    model.save(path, include_optimizer=False)
    os.environ.update(
        DLPLAY_HOME=str(folder / "home"),
        DLPLAY_RESNET50_WEIGHTS=str(path),
        DLPLAY_RESNET50_MD5=md5(path),
    )
    return model


def contenders(model: Any, chosen: Classifier, folder: Path) -> dict[str, Contender]:
    """The same network on the same pixels; those of other runtimes if they are installed."""
    import openvino

    photo = decode(next(iter(SAMPLES.values())).read())
    pixels = chosen.prepare(photo)[np.newaxis]
    runtime = Runtime(chosen)
    core, file = openvino.Core(), converted_folder(chosen) / MODEL_FILE
    same = core.compile_model(file, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    request = same.create_infer_request()
    found: dict[str, Contender] = {
        "Keras model.predict": lambda: model.predict(pixels, verbose=0),
        "ours": lambda: runtime.infer(pixels),
        "ours, scaling and maps too": lambda: runtime.classify(photo),
        "bare OpenVINO, same file": lambda: request.infer([pixels]),
    }
    session = onnx_session(model, folder)
    if session is not None:
        name = session.get_inputs()[0].name
        found["ONNX Runtime"] = lambda: session.run(None, {name: pixels})
    return found


def onnx_session(model: Any, folder: Path) -> Any:
    """The network in ONNX Runtime; None where that is not installed."""
    missing = [name for name in ("onnxruntime", "onnx", "tf2onnx") if find_spec(name) is None]
    if missing:
        print(f"ONNX Runtime does not take part: {', '.join(missing)} not installed")
        return None
    path = folder / "resnet50.onnx"
    start = time.perf_counter()
    model(np.zeros((1, 224, 224, 3), np.float32))  # Keras refuses to export what never ran
    model.export(str(path), format="onnx", verbose=False)
    print(f"Conversion to ONNX: {time.perf_counter() - start:.1f} s")
    return import_module("onnxruntime").InferenceSession(path, providers=["CPUExecutionProvider"])


def compare(found: dict[str, Contender], rounds: int) -> None:
    """Blocks in turn; the median of each contender, and its ratio to Keras and to the runtime."""
    times: dict[str, list[float]] = {name: [] for name in found}
    for contender in found.values():
        for _ in range(3):
            contender()
    for _ in range(rounds):
        for name, contender in found.items():
            contender()  # threads of the one before may still be spinning
            times[name] += [seconds(contender) for _ in range(_BLOCK)]
    for title, share in (("median", 0.5), ("best tenth", 0.1)):
        typical = {
            name: sorted(values)[int(share * len(values))] for name, values in times.items()
        }
        keras, bare = typical["Keras model.predict"], typical["bare OpenVINO, same file"]
        print(f"\n{f'One photo, {title} of {rounds * _BLOCK}':32}      ms  × Keras  × bare")
        for name, value in typical.items():
            print(f"  {name:30} {1e3 * value:7.1f}  {value / keras:7.2f}  {value / bare:6.2f}")


def end_to_end(runtime: Runtime, rounds: int) -> None:
    """From the bytes of a photo to the three guesses with their maps."""
    sample = next(iter(SAMPLES.values())).read()
    large = BytesIO()
    decode(sample).resize((4000, 3000), Image.Resampling.BICUBIC).save(large, "JPEG", quality=90)
    print("\nPhoto to top 3, end to end: decode, scale, infer, maps")
    for name, content in (("640×427 JPEG", sample), ("4000×3000 JPEG", large.getvalue())):
        times = sorted(
            seconds(lambda c=content: runtime.classify(decode(c)))  # type: ignore[misc]
            for _ in range(rounds * _BLOCK)
        )
        print(f"  {name:30} p50 {1e3 * statistics.median(times):6.1f} ms, "
              f"p95 {1e3 * times[int(0.95 * len(times))]:6.1f} ms")  # fmt: skip


def uploaders(runtime: Runtime) -> None:
    """Many people at once, each with one photo after another."""
    content = next(iter(SAMPLES.values())).read()

    def person(_number: int) -> list[float]:
        return [seconds(lambda: runtime.classify(decode(content))) for _ in range(_UPLOADS)]

    with ThreadPoolExecutor(_UPLOADERS) as pool:
        start = time.perf_counter()
        times = sorted(value for values in pool.map(person, range(_UPLOADERS)) for value in values)
        elapsed = time.perf_counter() - start
    print(f"\n{_UPLOADERS} concurrent uploaders, {len(times)} photos, no error")
    p50, p95 = statistics.median(times), times[int(0.95 * len(times))]
    print(f"  p50 {1e3 * p50:.0f} ms, p95 {1e3 * p95:.0f} ms, {len(times) / elapsed:.0f} photos/s")


def restart() -> None:
    """The first answer of a new process whose network has been converted before."""
    ended = subprocess.run(
        [sys.executable, "-c", _RESTART], capture_output=True, text=True, check=True
    )
    print(f"\nFirst answer after a restart: {float(ended.stdout.split()[-1]):.2f} s")


def seconds(work: Contender) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
