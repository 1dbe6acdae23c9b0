"""The plain code of every dataset gives the very samples that it loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlplay import uploads
from dlplay.datasets import DATASETS, Dataset
from dlplay.datasets.base import Samples
from dlplay.datasets.synthetic import Moons, Plane, Spirals
from dlplay.errors import UserError

TABLE = "size,weight,text,label\n" + "".join(
    f"{i},{i * i % 17},It's <br /> text 第{i % 20}番 of… WORDS and_{i % 20}’s own,{'ab'[i % 2]}\n"
    for i in range(60)
)
"""Holds what a reader of any kind may stumble over."""


def takes_text(entry: type[Dataset]) -> bool:
    """Whether what a user brings for it, if anything, can be a table or a text."""
    field = entry.model_fields.get("file")
    extra = field.json_schema_extra if field else None
    return not isinstance(extra, dict) or "txt" in str(extra.get("upload", "txt"))


LOADABLE = [
    name
    for name, entry in DATASETS.items()
    if entry.download is Dataset.download and takes_text(entry)
]

KEPT_BY_KERAS = [n for n, entry in DATASETS.items() if entry.download is not Dataset.download]


def is_text(name: str) -> bool:
    """Whether a dataset's samples are words."""
    return DATASETS[name].model_validate({"name": name}).facts().kind == "text"


def executed(code: str) -> dict[str, Any]:
    """What the code leaves behind."""
    assert "dlplay" not in code
    names: dict[str, Any] = {}
    exec(code, names)
    return names


def assert_same(dataset: Dataset) -> None:
    """The code and the loader agree to the last bit, types included."""
    left, samples = executed(dataset.code()), dataset.load()
    np.testing.assert_array_equal(left["X"], samples.inputs, strict=True)
    np.testing.assert_array_equal(left["y"], samples.targets, strict=True)
    assert tuple(left.get("vocabulary", ())) == samples.facts().vocabulary


@pytest.mark.parametrize("name", LOADABLE)
def test_the_code_of_every_dataset_gives_what_it_loads(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = DATASETS[name]
    monkeypatch.chdir(tmp_path)
    for file in ("table.csv", "text.txt"):
        Path(file).write_text(TABLE)
    takes_file = "file" in entry.model_fields
    values = {"file": uploads.keep(TABLE.encode())} if takes_file else {}
    assert_same(entry.model_validate({"name": name, **values}))


@pytest.mark.parametrize(
    "dataset",
    [Moons(samples=61, noise=0.3, points_seed=5), Spirals(turns=2.5), Plane(noise=0.0)],
    ids=str,
)
def test_values_of_the_form_are_written_into_the_code(dataset: Dataset) -> None:
    assert_same(dataset)


def test_a_dataset_without_plain_code_says_so_in_a_sentence() -> None:
    class Odd(Dataset):
        """Loads by a function of its own, and brings no code."""

        name: str = "odd"

        def load(self) -> Samples:
            samples = takes_text(type(self))
            return Samples(np.zeros(3), np.zeros(int(samples)))

    with pytest.raises(UserError, match=r"Odd\.load cannot be written out as plain code\. Rec"):
        Odd().code()


@pytest.mark.xdist_group("datasets-code")
@pytest.mark.parametrize("name", [name for name in KEPT_BY_KERAS if is_text(name)])
def test_word_numbers_that_keras_downloads_are_read_as_they_are_loaded(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    dataset = DATASETS[name].model_validate({"name": name, "words": 20, "length": 5})
    arrays_file, words_file = dataset.files()  # type: ignore[attr-defined]
    arrays_file.parent.mkdir()
    random = np.random.default_rng(0)
    texts: dict[str, Any] = {}
    for part, count in (("train", 30), ("test", 20)):
        rows = np.empty(count, object)
        rows[:] = [random.integers(1, 31, n % 9 + 1).tolist() for n in range(count)]
        texts |= {f"x_{part}": rows, f"y_{part}": random.integers(0, 2, count)}
    np.savez(arrays_file, allow_pickle=True, **texts)
    words_file.write_text(json.dumps({f"word{n}": n for n in range(30, 0, -1)}))
    monkeypatch.setattr(keras.utils, "get_file", lambda n, *_: str(arrays_file.parent / n))
    left, samples = executed(dataset.code()), dataset.load()
    x, y = (np.concatenate([left[a], left[f"test_{a.lower()}"]]) for a in ("X", "y"))
    np.testing.assert_array_equal(x, samples.inputs, strict=True)
    np.testing.assert_array_equal(y, samples.targets, strict=True)
    assert tuple(left["vocabulary"]) == samples.facts().vocabulary


@pytest.mark.xdist_group("datasets-code")
@pytest.mark.parametrize("name", [name for name in KEPT_BY_KERAS if not is_text(name)])
def test_what_keras_downloads_is_divided_as_its_publisher_does(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    dataset = DATASETS[name].model_validate({"name": name})
    shape = dataset.facts().input_shape
    random = np.random.default_rng(0)
    flat = shape[:2] if shape[-1] == 1 else shape
    images = [random.integers(0, 256, (n, *flat), dtype=np.uint8) for n in (5, 3)]
    labels = [random.integers(0, 10, n, dtype=np.uint8) for n in (5, 3)]
    module = getattr(keras.datasets, dataset.code().split("keras.datasets.")[1].split(".")[0])
    monkeypatch.setattr(module, "load_data", lambda: tuple(zip(images, labels, strict=True)))
    left = executed(dataset.code())
    for name_x, name_y, x, y in zip(("X", "test_x"), ("y", "test_y"), images, labels, strict=True):
        np.testing.assert_array_equal(left[name_x], x.reshape(-1, *shape), strict=True)
        np.testing.assert_array_equal(left[name_y], y.astype(np.int32), strict=True)
