"""Runs converted networks in the server process, for many people at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import LifoQueue
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dlplay.classify.activation_map import activation_map, grad_cam
from dlplay.classify.base import Classifier
from dlplay.classify.converted import KERNEL_FILE, MODEL_FILE, TAIL_FILE, converted_folder
from dlplay.classify.labels import Label
from dlplay.classify.tail import Tail
from dlplay.errors import UserError

if TYPE_CHECKING:
    from openvino import InferRequest

_REQUESTS = 2
"""Inferences under way at once; each has buffers of its own, and more only share the processor."""


@dataclass(frozen=True, eq=False)
class Guess:
    """A class a network takes a photo for.

    Args:
        label: the class.
        probability: how sure the network is.
        map: how much each place of what the network saw speaks for the class, a few places wide;
            None for networks without one.
    """

    label: Label
    probability: float
    map: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network says of a photo.

    Args:
        guesses: the most probable classes, best first.
        milliseconds: scaling, network and maps together.
        network_milliseconds: the network alone.
    """

    guesses: tuple[Guess, ...]
    milliseconds: float
    network_milliseconds: float

    def to_values(self) -> list[dict[str, str | float]]:
        """The guesses as plain values, for JSON and tables."""
        return [
            {"label": g.label.name, "wnid": g.label.wnid, "probability": g.probability}
            for g in self.guesses
        ]


class Runtime:
    """A converted network, loaded; threads share it.

    Args:
        network: must have been converted.

    Raises:
        UserError: it has not been converted, or the file cannot be read.
    """

    def __init__(self, network: Classifier) -> None:
        import openvino

        self.network = network
        self._labels = network.labels()
        folder = converted_folder(network)
        core = openvino.Core()
        try:
            model = core.read_model(folder / MODEL_FILE)
        except RuntimeError as error:
            raise UserError(
                f"Expected {network.title} converted in {folder}",
                received="none, or a damaged file",
                fix="Delete that folder; it is then converted again",
            ) from error
        shape = model.input(0).partial_shape
        shape[0] = 1
        model.reshape(shape)
        # Half precision, which some processors would choose, changes the fourth digit.
        options = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        self._compiled = core.compile_model(model, "CPU", options)
        # Of what is left out, such as augmentation, conversion may leave a lone number behind.
        ports = enumerate(self._compiled.outputs)
        self._outputs = [index for index, port in ports if len(port.partial_shape)]
        path = folder / KERNEL_FILE
        self._kernel = np.load(path) if path.is_file() else None
        self._tail = Tail.load(folder / TAIL_FILE)
        self._idle: LifoQueue[InferRequest] = LifoQueue()
        self._started = 0
        self._lock = threading.Lock()
        self.classify(Image.new("RGB", (8, 8)))  # the first answer is slow

    def classify(self, photo: Image.Image, top: int = 3) -> Answer:
        """The ``top`` most probable classes of an RGB photo, all of them if there are fewer.

        Raises:
            UserError: ``top`` is less than one.
        """
        if top < 1:
            raise UserError("Expected at least one guess", received=top)
        start = time.perf_counter()
        pixels = self.network.prepare(photo)[np.newaxis]
        before = time.perf_counter()
        probabilities, features = self.infer(pixels)
        after = time.perf_counter()
        order = np.argsort(-probabilities, kind="stable")[:top]
        guesses = tuple(
            Guess(self._labels[index], float(probabilities[index]), self._map(features, index))
            for index in order
        )
        end = time.perf_counter()
        return Answer(guesses, 1e3 * (end - start), 1e3 * (after - before))

    def infer(
        self, pixels: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """Probabilities ``(classes,)`` and feature map ``(height, width, channels)`` of one input.

        Args:
            pixels: ``(1, height, width, channels)``.
        """
        with self._request() as request:
            request.infer([pixels])
            outputs = [request.get_output_tensor(i).data[0] for i in self._outputs]
            copies = [output.copy() for output in outputs]
        return copies[0], copies[1] if len(copies) > 1 else None

    def _map(self, features: NDArray[np.float32] | None, index: int) -> NDArray[np.float32] | None:
        if features is None:
            return None
        if self._tail is not None:
            return grad_cam(features, self._tail.gradient(features, index))
        return None if self._kernel is None else activation_map(features, self._kernel, index)

    @contextmanager
    def _request(self) -> Iterator[InferRequest]:
        """An inference request nobody else uses meanwhile."""
        with self._lock:
            is_new = self._idle.empty() and self._started < _REQUESTS
            self._started += is_new
        request = self._compiled.create_infer_request() if is_new else self._idle.get()
        try:
            yield request
        finally:
            self._idle.put(request)
