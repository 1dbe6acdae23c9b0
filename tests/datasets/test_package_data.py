"""Data that come with a package: the right file, or a sentence."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from dlplay.datasets.package_data import package_file
from dlplay.errors import UserError

CONTENT = b"1,2,3\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package that breaks if anybody imports it."""
    folder = tmp_path / "site" / "grains"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (folder / "rice.csv").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(str(folder.parent))
    return folder


def test_the_file_is_found_without_importing_the_package(package: Path) -> None:
    assert package_file("grains", "rice.csv", SHA256) == package / "rice.csv"
    assert "grains" not in sys.modules


def test_an_altered_file_is_refused_with_both_checksums(package: Path) -> None:
    (package / "rice.csv").write_bytes(b"1,2,4\n")
    with pytest.raises(UserError, match=f"SHA-256 {SHA256[:12]}") as caught:
        package_file("grains", "rice.csv", SHA256)
    assert hashlib.sha256(b"1,2,4\n").hexdigest()[:12] in str(caught.value)
    assert "pip install --force-reinstall grains" in str(caught.value)


def test_a_missing_package_is_named_as_it_is_installed(package: Path) -> None:
    with pytest.raises(UserError, match="pip install scikit-grains"):
        package_file("no_such_grains", "rice.csv", SHA256, "scikit-grains")


def test_a_missing_file_is_named(package: Path) -> None:
    with pytest.raises(UserError, match=r"file wheat\.csv in the package grains"):
        package_file("grains", "wheat.csv", SHA256)
