"""What all tests share: a home of their own, so that none sees another's runs."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from dlplay.runs import Store, open_store

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["DLPLAY_HOME"] = str(Path(tempfile.gettempdir()) / "dlplay-tests")
"""Where what is read while tests are collected is kept; each test has a home of its own."""


@pytest.fixture(autouse=True, scope="module")
def frozen() -> None:
    """Streamlit collects garbage after every run of a page, Keras before every network; what is
    imported by now is set aside, as in the server."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ``DLPLAY_HOME``."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DLPLAY_HOME", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("DLPLAY_FASHION_MNIST_FOLDER", str(tmp_path / "fashion-mnist"))
    return folder


@pytest.fixture
def store() -> Store:
    """An empty run store."""
    return open_store()


@pytest.fixture
def encode() -> Callable[..., bytes]:
    """Makes the content of an image file."""

    def content(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
        file = BytesIO()
        image.save(file, kind, **options)
        return file.getvalue()

    return content
