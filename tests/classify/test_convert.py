"""Conversion in the helper process: killed, repeated, or without room on the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dlplay.classify import convert as module
from dlplay.classify import network
from dlplay.classify.convert import convert
from dlplay.classify.converted import converted_folder, is_converted
from dlplay.errors import UserError
from dlplay.execution import helper

pytestmark = pytest.mark.xdist_group("classify")

EFFICIENTNET = network("efficientnet-lite0")


def wait_for(condition: Callable[[], object]) -> None:
    """Until ``condition`` holds; fails after three minutes."""
    end = time.monotonic() + 180
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_conversion_that_is_killed_leaves_nothing_that_is_used(home: Path) -> None:
    folder = converted_folder(EFFICIENTNET)
    program = (
        "from dlplay.classify import network\n"
        "from dlplay.classify.convert import convert\n"
        "convert(network('efficientnet-lite0'))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: list(folder.parent.glob("partial-*/kernel.npy")))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not is_converted(EFFICIENTNET)
    assert [path.name[:8] for path in folder.parent.iterdir()] == ["partial-"]


def test_what_killed_conversions_left_is_cleared_later(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = converted_folder(EFFICIENTNET)
    folder.mkdir()
    old, new = folder.with_name("partial-old"), folder.with_name("partial-new")
    for path in (old, new):
        path.mkdir()
    long_ago = time.time() - 7_200
    os.utime(old, (long_ago, long_ago))
    assert convert(EFFICIENTNET) == folder
    assert not old.exists() and new.exists()


def fail_with(number: int) -> Callable[..., None]:
    def write(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    return write


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is built: these tests are about files."""
    monkeypatch.setattr(type(EFFICIENTNET), "build", lambda self, weights: None)


def test_a_full_disk_is_a_sentence(
    home: Path, no_model: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_write", fail_with(28))
    with pytest.raises(UserError, match="No space left on device"):
        convert(EFFICIENTNET)
    assert list((home / "classify").iterdir()) == []


def test_another_process_may_be_faster(
    home: Path, no_model: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = converted_folder(EFFICIENTNET)

    def overtaken(_model: object, partial: Path) -> None:
        for path in (partial, folder):
            path.mkdir(exist_ok=True)
            (path / "model.xml").write_text(path.name)

    monkeypatch.setattr(module, "_write", overtaken)
    assert convert(EFFICIENTNET) == folder
    assert (folder / "model.xml").read_text() == folder.name
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_the_helper_answers_with_the_folder(converted: Path) -> None:
    question = {"network": "efficientnet-lite0", "download": False}
    folder = converted_folder(EFFICIENTNET)
    assert helper.answer("convert", question) == ({"folder": folder.name}, "")


def test_the_helper_says_why_it_cannot(home: Path) -> None:
    answer, error = helper.answer("convert", {"network": "resnet-50", "download": False})
    assert answer is None and "DLPLAY_RESNET50_WEIGHTS" in error
