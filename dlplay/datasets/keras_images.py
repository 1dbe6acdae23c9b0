"""The image classics that Keras downloads once: MNIST, Fashion-MNIST, CIFAR-10.

Keras fetches, in a worker; the cached files are read here with NumPy, so that the server can
show the images without importing Keras.
"""

from __future__ import annotations

import gzip
import importlib
import os
import pickle
import socket
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dlplay.catalogue import Card
from dlplay.datasets.base import Dataset, Facts, Origin, Samples
from dlplay.errors import UserError
from dlplay.settings import Settings

Pixels = NDArray[np.uint8]


class KerasDownload(Dataset):
    """A dataset with an official test set, kept where Keras keeps it."""

    keras_module: ClassVar[str]
    megabytes: ClassVar[int]
    instead: ClassVar[str] = "mnist-5k"
    """What to choose where there is no network."""

    def files(self) -> list[Path]:
        """The cached files, whether they are there or not."""
        raise NotImplementedError

    def read(self) -> Any:
        """Training inputs and labels, test inputs and labels, from the cached files."""
        raise NotImplementedError

    def origin(self) -> Origin:
        return "cached" if all(path.is_file() for path in self.files()) else "needs download"

    def read_safely(self) -> Any:
        """What `read` gives.

        Raises:
            UserError: the files are not there, or broken.
        """
        if self.origin() == "needs download":
            raise self._missing("it is not on this server yet")
        try:
            return self.read()
        except Exception as error:  # there is no end to what reading a broken file can raise
            raise UserError(
                f"Expected the files of {self.card.title} as Keras downloads them",
                received=f"{type(error).__name__} in {self.files()[0].parent}",
                fix="Delete that folder; it is then downloaded again",
            ) from error

    def fetch(self, module: Any) -> None:
        """Download with the functions of Keras' own module for it."""
        module.load_data()

    def download(self) -> None:
        if self.origin() == "cached":
            return
        before = socket.getdefaulttimeout()
        # Keras sets no timeout: behind a firewall that drops packets it would wait for ever.
        socket.setdefaulttimeout(20)
        try:
            self.fetch(importlib.import_module(f"keras.datasets.{self.keras_module}"))
        except Exception as error:  # Keras raises a bare Exception when it cannot reach the host
            raise self._missing(f"the download failed ({type(error).__name__})") from error
        finally:
            socket.setdefaulttimeout(before)

    def _missing(self, why: str) -> UserError:
        return UserError(
            f"{self.card.title} has to be downloaded once ({self.megabytes} MB), and {why}",
            fix="Give this server a network connection and try again, or choose a dataset marked "
            f"“bundled”, such as {self.instead}",
        )


class KerasImages(KerasDownload):
    """Images."""

    shape: ClassVar[tuple[int, int, int]]
    count: ClassVar[int]
    classes: ClassVar[tuple[str, ...]]

    def facts(self) -> Facts:
        return Facts("image", self.shape, "classification", self.count, self.classes)

    def load(self) -> Samples:
        images, labels, test_images, test_labels = self.read_safely()
        inputs = np.concatenate([images, test_images]).reshape(-1, *self.shape)
        targets = np.concatenate([labels, test_labels]).reshape(-1).astype(np.int32)
        return Samples(inputs, targets, self.classes, official_test=len(test_images))

    def code(self) -> str:
        height, width, channels = self.shape
        return (
            "import keras\n"
            f"(X, y), (test_x, test_y) = keras.datasets.{self.keras_module}.load_data()\n"
            f"X, test_x = (part.reshape(-1, {height}, {width}, {channels}) "
            "for part in (X, test_x))\n"
            'y, test_y = (part.reshape(-1).astype("int32") for part in (y, test_y))'
        )


def keras_folder() -> Path:
    """Keras' own rule for where downloads go, without importing Keras."""
    home = os.environ.get("KERAS_HOME", os.path.join(os.path.expanduser("~"), ".keras"))
    return Path(home) / "datasets"


class Mnist(KerasImages):
    """All of MNIST."""

    card: ClassVar[Card] = Card(
        "MNIST",
        "70,000 handwritten digits of 28×28 pixels: the dataset everyone starts with.",
        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), Proc. IEEE 86(11)",
        "CC BY-SA 3.0",
    )
    name: Literal["mnist"] = "mnist"
    keras_module: ClassVar[str] = "mnist"
    megabytes: ClassVar[int] = 11
    shape: ClassVar[tuple[int, int, int]] = (28, 28, 1)
    count: ClassVar[int] = 70_000
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")

    def files(self) -> list[Path]:
        return [keras_folder() / "mnist.npz"]

    def read(self) -> tuple[Pixels, Pixels, Pixels, Pixels]:
        path = self.files()[0]
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return arrays["x_train"], arrays["y_train"], arrays["x_test"], arrays["y_test"]


class FashionMnist(KerasImages):
    """Clothes in place of digits."""

    card: ClassVar[Card] = Card(
        "Fashion-MNIST",
        "70,000 grey pictures of clothes, 28×28 pixels. Shaped like MNIST, clearly harder.",
        "H. Xiao, K. Rasul, R. Vollgraf (2017), arXiv:1708.07747",
        "MIT, Zalando SE",
    )
    name: Literal["fashion-mnist"] = "fashion-mnist"
    keras_module: ClassVar[str] = "fashion_mnist"
    megabytes: ClassVar[int] = 31
    shape: ClassVar[tuple[int, int, int]] = (28, 28, 1)
    count: ClassVar[int] = 70_000
    classes: ClassVar[tuple[str, ...]] = (
        "T-shirt", "Trousers", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    )  # fmt: skip

    def files(self) -> list[Path]:
        names = [f"{part}-{kind}-ubyte.gz" for part in ("train", "t10k")
                 for kind in ("images-idx3", "labels-idx1")]  # fmt: skip
        folders = [keras_folder() / "fashion-mnist", Settings().fashion_mnist_folder]
        complete = (f for f in folders if all((f / name).is_file() for name in names))
        folder = next(complete, folders[0])
        return [folder / name for name in names]

    def read(self) -> tuple[Pixels, Pixels, Pixels, Pixels]:
        images, labels, test_images, test_labels = (_read_idx(path) for path in self.files())
        return images, labels, test_images, test_labels


def _read_idx(path: Path) -> Pixels:
    """A gzipped IDX file of bytes: a magic number with the rank, the sizes, then the values."""
    content = gzip.decompress(path.read_bytes())
    rank = content[3]
    shape = np.frombuffer(content, ">u4", rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape.astype(int))


class Cifar10(KerasImages):
    """Small colour photos of ten kinds."""

    card: ClassVar[Card] = Card(
        "CIFAR-10",
        "60,000 colour photos of 32×32 pixels: aeroplanes, cats, ships and seven more. "
        "Far harder than digits.",
        "A. Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images",
        "No licence stated by the authors; free for research",
    )
    name: Literal["cifar-10"] = "cifar-10"
    keras_module: ClassVar[str] = "cifar10"
    megabytes: ClassVar[int] = 170
    shape: ClassVar[tuple[int, int, int]] = (32, 32, 3)
    count: ClassVar[int] = 60_000
    classes: ClassVar[tuple[str, ...]] = (
        "aeroplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "lorry",
    )  # fmt: skip

    def files(self) -> list[Path]:
        folder = keras_folder() / "cifar-10-batches-py-target" / "cifar-10-batches-py"
        return [folder / f"data_batch_{number}" for number in range(1, 6)] + [
            folder / "test_batch"
        ]

    def read(self) -> tuple[Pixels, Pixels, Pixels, Pixels]:
        batches = [_read_cifar_batch(path) for path in self.files()]
        images = np.concatenate([pixels for pixels, _ in batches[:-1]])
        labels = np.concatenate([numbers for _, numbers in batches[:-1]])
        return images, labels, *batches[-1]


def _read_cifar_batch(path: Path) -> tuple[Pixels, Pixels]:
    """Pixels ``(10000, 32, 32, 3)`` and labels of one batch; Keras verified the archive's hash."""
    batch: dict[bytes, Any] = pickle.loads(path.read_bytes(), encoding="bytes")
    pixels = np.asarray(batch[b"data"], np.uint8).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return pixels, np.asarray(batch[b"labels"], np.uint8)
