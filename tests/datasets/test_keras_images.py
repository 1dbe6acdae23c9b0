"""The image classics: read from the files Keras leaves behind, and plain words without them."""

from __future__ import annotations

import gzip
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dlplay.datasets import split_samples
from dlplay.datasets.keras_images import Cifar10, FashionMnist, KerasImages, Mnist
from dlplay.errors import UserError

Pixels = NDArray[np.uint8]
Written = tuple[Pixels, Pixels, Pixels, Pixels]
"""Training images and labels, test images and labels."""

TRAIN, TEST = 60, 20


def some_images(shape: tuple[int, ...]) -> Written:
    """Random images, two labels of each kind and more."""
    random = np.random.default_rng(3)
    return (
        random.integers(0, 256, (TRAIN, *shape), np.uint8),
        (np.arange(TRAIN) % 10).astype(np.uint8),
        random.integers(0, 256, (TEST, *shape), np.uint8),
        (np.arange(TEST) % 10).astype(np.uint8),
    )


def keras_datasets() -> Path:
    """Where Keras keeps what it downloads, in this test."""
    folder = Path(os.environ["KERAS_HOME"]) / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_mnist() -> Written:
    """``mnist.npz`` as Keras has it."""
    written = some_images((28, 28))
    images, labels, test_images, test_labels = written
    np.savez(
        keras_datasets() / "mnist.npz",
        x_train=images, y_train=labels, x_test=test_images, y_test=test_labels,
    )  # fmt: skip
    return written


def write_fashion_mnist(folder: Path | None = None) -> Written:
    """The four IDX files of Zalando Research."""
    folder = folder or keras_datasets() / "fashion-mnist"
    folder.mkdir(parents=True)
    written = some_images((28, 28))
    names = (
        "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
    )  # fmt: skip
    for name, array in zip(names, written, strict=True):
        header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        (folder / name).write_bytes(gzip.compress(header + array.tobytes()))
    return written


def write_debian_fashion_mnist() -> Written:
    """The same files where Debian's package puts them."""
    return write_fashion_mnist(Path(os.environ["DLPLAY_FASHION_MNIST_FOLDER"]))


def write_cifar() -> Written:
    """Five pickled batches and a test batch, planes of red, green and blue one after the other."""
    images, labels, test_images, test_labels = written = some_images((32, 32, 3))
    folder = keras_datasets() / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    batches = [
        (f"data_batch_{number + 1}", images[part], labels[part])
        for number, part in enumerate(np.split(np.arange(TRAIN), 5))
    ]
    for name, pixels, numbers in [*batches, ("test_batch", test_images, test_labels)]:
        planes = pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1)
        content = {b"data": planes, b"labels": numbers.tolist(), b"batch_label": b"a batch"}
        (folder / name).write_bytes(pickle.dumps(content))
    return written


CACHED: dict[str, tuple[KerasImages, Callable[[], Written]]] = {
    "mnist": (Mnist(), write_mnist),
    "fashion-mnist": (FashionMnist(), write_fashion_mnist),
    "fashion-mnist of Debian": (FashionMnist(), write_debian_fashion_mnist),
    "cifar-10": (Cifar10(), write_cifar),
}


@pytest.mark.parametrize("case", CACHED)
class TestCached:
    """With the files there."""

    def test_it_says_so(self, case: str) -> None:
        dataset, write = CACHED[case]
        assert dataset.origin() == "needs download"
        write()
        assert dataset.origin() == "cached"

    def test_what_was_written_is_what_is_loaded(self, case: str) -> None:
        dataset, write = CACHED[case]
        images, labels, test_images, test_labels = write()
        samples = dataset.load()
        expected = np.concatenate([images, test_images]).reshape(-1, *dataset.shape)
        np.testing.assert_array_equal(samples.inputs, expected)
        assert samples.targets.tolist() == [*labels.tolist(), *test_labels.tolist()]
        assert samples.inputs.dtype == np.uint8
        assert samples.targets.dtype == np.int32

    def test_its_test_part_is_the_publishers(self, case: str) -> None:
        dataset, write = CACHED[case]
        write()
        parts = split_samples(dataset, dataset.load(), seed=1)
        assert parts.rows["test"].tolist() == list(range(TRAIN, TRAIN + TEST))
        assert len(parts.validation) == round(0.2 * TRAIN)

    def test_samples_have_the_shape_and_classes_its_facts_promise(self, case: str) -> None:
        dataset, write = CACHED[case]
        write()
        real, promised = dataset.load().facts(), dataset.facts()
        assert real.input_shape == promised.input_shape
        assert real.class_names == promised.class_names
        assert (real.kind, real.task) == (promised.kind, promised.task)

    def test_a_download_leaves_it_alone(self, case: str) -> None:
        dataset, write = CACHED[case]
        write()
        before = [path.stat().st_mtime_ns for path in dataset.files()]
        dataset.download()
        assert [path.stat().st_mtime_ns for path in dataset.files()] == before

    def test_a_broken_file_is_a_sentence(self, case: str) -> None:
        dataset, write = CACHED[case]
        write()
        for content in (b"", b"<html>Not found</html>", dataset.files()[0].read_bytes()[:100]):
            dataset.files()[0].write_bytes(content)
            with pytest.raises(UserError, match="Delete that folder"):
                dataset.load()

    def test_one_missing_file_makes_it_incomplete(self, case: str) -> None:
        dataset, write = CACHED[case]
        write()
        dataset.files()[-1].unlink()
        assert dataset.origin() == "needs download"


@pytest.mark.parametrize("dataset", [Mnist(), FashionMnist(), Cifar10()], ids=lambda d: d.name)
class TestNotCached:
    """Without the files, and without a network."""

    def test_loading_says_that_it_has_to_be_downloaded_and_what_else_there_is(
        self, dataset: KerasImages
    ) -> None:
        said = rf"{dataset.card.title} has to be downloaded once \({dataset.megabytes} MB\)"
        with pytest.raises(UserError, match=said) as caught:
            dataset.load()
        assert "network connection" in str(caught.value)
        assert "bundled" in str(caught.value)

    def test_its_facts_are_known_all_the_same(self, dataset: KerasImages) -> None:
        facts = dataset.facts()
        assert facts.samples in (60_000, 70_000)
        assert facts.classes == 10


OFFLINE = """
import socket

def nowhere(*_, **__):
    raise socket.gaierror(-2, "Name or service not known")

socket.getaddrinfo = nowhere
from dlplay.errors import UserError
from dlplay.experiment import dataset_adapter

for name in ("mnist", "fashion-mnist", "cifar-10"):
    try:
        dataset_adapter.validate_python({"name": name}).download()
    except UserError as error:
        print(error)
print(socket.getdefaulttimeout())
"""


@pytest.mark.slow
def test_a_download_without_a_network_says_so_in_a_sentence(tmp_path: Path) -> None:
    """In a process of its own: Keras must stay out of this one, and that one knows no host."""
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"}
    ended = subprocess.run(
        [sys.executable, "-c", OFFLINE], cwd=Path(__file__).parents[2], env=environment,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    said = [line for line in ended.stdout.splitlines() if "downloaded once" in line]
    assert [line.partition(" has to")[0] for line in said] == [
        "MNIST", "Fashion-MNIST", "CIFAR-10",
    ]  # fmt: skip
    assert all("the download failed" in line for line in said)
    assert ended.stdout.splitlines()[-1] == "None"  # the time limit is put back as it was


def test_a_complete_set_of_debian_is_found_beside_an_incomplete_download() -> None:
    written = write_debian_fashion_mnist()
    partial = keras_datasets() / "fashion-mnist"
    partial.mkdir()
    (partial / "train-images-idx3-ubyte.gz").write_bytes(b"half")
    assert FashionMnist().origin() == "cached"
    np.testing.assert_array_equal(FashionMnist().load().inputs[:TRAIN, :, :, 0], written[0])


def test_red_green_and_blue_are_where_they_belong() -> None:
    images, *_ = write_cifar()
    assert Cifar10().load().inputs[5, 3, 7].tolist() == images[5, 3, 7].tolist()
