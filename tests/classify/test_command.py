"""``python -m dlplay classify``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dlplay.cli import main

pytestmark = pytest.mark.xdist_group("classify")

Output = pytest.CaptureFixture[str]


def test_json_is_the_last_line(converted: Path, photos: dict[str, Path], capsys: Output) -> None:
    files = [str(photos["coffee"]), str(photos["china"])]
    assert main(["classify", *files, "--top", "2", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["network"] == "efficientnet-lite0"
    assert [photo["file"] for photo in result["photos"]] == files
    first = result["photos"][0]
    assert [guess["label"] for guess in first["top"]] == ["espresso", "cup"]
    assert first["top"][0]["wnid"] == "n07920052"
    assert first["top"][0]["probability"] == pytest.approx(0.951, abs=6e-4)
    assert first["milliseconds"] > 0


def test_a_line_a_photo(converted: Path, photos: dict[str, Path], capsys: Output) -> None:
    assert main(["classify", str(photos["chelsea"])]) == 0
    printed = capsys.readouterr()
    assert "chelsea.png: tiger cat 38.5 %, Egyptian cat 36.3 %, tabby 16.7 %" in printed.out
    assert "EfficientNet-Lite0" in printed.err


def test_a_bad_photo_does_not_keep_the_others_from_an_answer(
    converted: Path, photos: dict[str, Path], tmp_path: Path, capsys: Output
) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    assert main(["classify", str(empty), str(photos["coffee"]), "--json"]) == 2
    printed = capsys.readouterr()
    assert len(json.loads(printed.out)["photos"]) == 1
    assert printed.err.splitlines() == [
        f"{empty}: Expected a photo. Received: an empty file. Choose another file."
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing.jpg"], "can be read"),
        (["nothing.jpg", "--network", "vgg"], "one of the networks"),
        (["nothing.jpg", "--network", "resnet-50"], "DLPLAY_RESNET50_WEIGHTS"),
        ([str(Path(__file__))], "none of these"),
        ([], "arguments are required"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], sentence: str, converted: Path, capsys: Output
) -> None:
    assert main(["classify", *arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and sentence in lines[0]


def test_how_many_guesses(converted: Path, photos: dict[str, Path], capsys: Output) -> None:
    assert main(["classify", str(photos["coffee"]), "--top", "0"]) == 2
    assert "at least one guess" in capsys.readouterr().err
