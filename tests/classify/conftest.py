"""Photos, and a network converted once for all tests."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from dlplay.classify import network
from dlplay.classify.converted import converted_folder
from dlplay.classify.runtime import Runtime
from dlplay.execution import helper


@pytest.fixture(autouse=True)
def no_owners_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights the machine may have are not the tests' business."""
    monkeypatch.delenv("DLPLAY_RESNET50_WEIGHTS", raising=False)
    monkeypatch.delenv("DLPLAY_RESNET50_MD5", raising=False)


def package_photo(package: str, inside: str) -> Path:
    """A photo an installed package carries."""
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / inside


CHINA = package_photo("sklearn", "datasets/images/china.jpg")
FLOWER = package_photo("sklearn", "datasets/images/flower.jpg")
COFFEE = package_photo("skimage", "data/coffee.png")
CHELSEA = package_photo("skimage", "data/chelsea.png")
ROCKET = package_photo("skimage", "data/rocket.jpg")
CAMERA = package_photo("skimage", "data/camera.png")


@pytest.fixture
def photos() -> dict[str, Path]:
    """Real photos by name; ``camera`` is grey."""
    return {path.stem: path for path in (CHINA, FLOWER, COFFEE, CHELSEA, ROCKET, CAMERA)}


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ``DLPLAY_HOME`` that all workers of a test run share; converting is idempotent."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "converted"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLPLAY_HOME", str(folder))
        chosen = network("efficientnet-lite0")
        if not converted_folder(chosen).is_dir():
            helper.ask_once("convert", {"network": chosen.name, "download": False})
    return folder / "classify"


@pytest.fixture
def converted(shared_folder: Path, home: Path) -> Path:
    """The test's own home, the network converted in it."""
    home.mkdir()
    (home / "classify").symlink_to(shared_folder)
    return home


@pytest.fixture
def runtime(converted: Path) -> Runtime:
    """EfficientNet-Lite0, loaded."""
    return Runtime(network("efficientnet-lite0"))
