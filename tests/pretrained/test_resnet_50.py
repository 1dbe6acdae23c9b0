"""ResNet-50's file of weights: where it is looked for, and that nothing ever deletes it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from dlplay.classify import network
from dlplay.cli import main
from dlplay.errors import UserError
from dlplay.pretrained import resnet_50 as module
from dlplay.pretrained.resnet_50 import RESNET_50_FILE, RESNET_50_MD5, md5, resnet_50_weights
from dlplay.settings import Settings

CONTENT = b"not really weights"
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def cached() -> Path:
    """A file in Keras' cache."""
    path = Path(os.environ["KERAS_HOME"]) / "models" / RESNET_50_FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def test_without_a_file_the_sentence_says_what_to_do() -> None:
    with pytest.raises(UserError) as caught:
        resnet_50_weights()
    assert "103 MB" in str(caught.value) and "DLPLAY_RESNET50_WEIGHTS" in str(caught.value)


def test_a_cached_file_with_the_wrong_sum_is_refused_and_left_alone(cached: Path) -> None:
    with pytest.raises(UserError, match=f"MD5 {RESNET_50_MD5}. Received: {MD5}"):
        resnet_50_weights()
    chosen = network("resnet-50")
    assert not chosen.is_ready()
    chosen.download()  # there is a file, so Keras must not be asked: it would delete this one
    assert cached.read_bytes() == CONTENT


def test_the_cached_file_is_taken(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESNET_50_MD5", MD5)
    assert resnet_50_weights().path == cached


def test_the_owners_file_goes_first_and_needs_its_own_sum(
    cached: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.h5"
    own.write_bytes(b"trained elsewhere")
    monkeypatch.setenv("DLPLAY_RESNET50_WEIGHTS", str(own))
    with pytest.raises(UserError, match="DLPLAY_RESNET50_MD5"):
        resnet_50_weights()
    monkeypatch.setenv("DLPLAY_RESNET50_MD5", md5(own).upper())
    assert resnet_50_weights().path == own
    assert own.read_bytes() == b"trained elsewhere"


def test_an_owners_file_that_is_not_there(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLPLAY_RESNET50_WEIGHTS", "/nowhere/weights.h5")
    with pytest.raises(UserError, match="no such file"):
        resnet_50_weights()


def test_the_sum_is_taken_again_when_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a")
    first = md5(path)
    path.write_bytes(b"bb")
    assert md5(path) == hashlib.md5(b"bb").hexdigest() != first


def test_settings_and_weights_agree_on_the_published_sum() -> None:
    assert Settings().resnet50_md5 == RESNET_50_MD5


class TestUpload:
    """``python -m dlplay upload FILE --weights resnet-50``."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "mine.h5"
        path.write_bytes(CONTENT)
        return path

    def test_a_file_with_the_wrong_sum_is_one_sentence_and_not_kept(
        self, file: Path, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["upload", str(file), "--weights", "resnet-50"]) == 2
        said = capsys.readouterr().err
        assert f"MD5 {RESNET_50_MD5}. Received: {MD5}." in said and said.count("\n") == 1
        assert not (home / "weights").exists()
        assert file.read_bytes() == CONTENT

    def test_the_right_file_is_used_from_then_on(
        self, file: Path, cached: Path, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DLPLAY_RESNET50_MD5", MD5)
        assert main(["upload", str(file), "--weights", "resnet-50"]) == 0
        file.unlink()
        found = resnet_50_weights()
        assert found.path == home / "weights" / RESNET_50_FILE
        assert found.path.read_bytes() == CONTENT
        assert [path.name for path in found.path.parent.iterdir()] == [RESNET_50_FILE]
        assert network("resnet-50").is_ready()

    def test_a_file_that_is_spoilt_later_is_refused(
        self, file: Path, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DLPLAY_RESNET50_MD5", MD5)
        main(["upload", str(file), "--weights", "resnet-50"])
        (home / "weights" / RESNET_50_FILE).write_bytes(b"spoilt")
        with pytest.raises(UserError, match="Upload it again"):
            resnet_50_weights()

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["/nowhere", "--weights", "resnet-50"], "a file that can be read"),
            ([".", "--weights", "resnet-50"], "a file that can be read"),
            (["x", "--weights", "vgg"], "Expected one of resnet-50"),
            (["x", "--weights", "efficientnet-lite0"], "has its weights already"),
        ],
    )
    def test_what_cannot_be_uploaded(
        self, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["upload", *arguments]) == 2
        assert said in capsys.readouterr().err
