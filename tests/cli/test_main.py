"""The command line, but for training itself: lists, uploads, and one line for every mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dlplay.architectures import ARCHITECTURES
from dlplay.cli import main
from dlplay.datasets import DATASETS
from dlplay.presets import PRESETS
from dlplay.runs import Store
from dlplay.uploads import path_of

Output = pytest.CaptureFixture[str]


def test_catalogue_lists_names_as_json(capsys: Output) -> None:
    assert main(["catalogue", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "datasets": list(DATASETS),
        "architectures": list(ARCHITECTURES),
        "presets": list(PRESETS),
    }


def test_catalogue_for_people_has_names_and_titles(capsys: Output) -> None:
    assert main(["catalogue"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for entry in (*DATASETS.values(), *ARCHITECTURES.values()):
        assert any(entry.card.title in line for line in lines)
    for name, preset in PRESETS.items():
        assert any(line.split() == [name, *preset.title.split()] for line in lines)


def test_it_runs_as_a_module_with_the_json_on_the_last_line() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "dlplay", "catalogue", "--json"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout.splitlines()[-1])["presets"] == list(PRESETS)


def test_runs_of_an_empty_store_are_none(capsys: Output) -> None:
    assert main(["runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"runs": []}


def test_runs_are_listed_newest_first_with_how_they_ended(store: Store, capsys: Output) -> None:
    preset = next(iter(PRESETS.values()))
    waiting = store.create(preset.experiment, "waits")
    done = store.create(preset.experiment, "done")
    store.claim(done.id)
    summary = {
        "seconds": 1.5, "epochs": 3, "final": {"loss": 0.5}, "test": {"loss": 0.6},
        "best": {"val_loss": 0.55},
    }  # fmt: skip
    store.end(done.id, "finished", summary=summary)
    assert main(["runs", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["runs"]
    assert first == {
        "run": done.id, "status": "finished", "title": "done", "seconds": 1.5, "epochs": 3,
        "final": {"loss": 0.5}, "test": {"loss": 0.6},
    }  # fmt: skip
    assert (second["run"], second["status"], second["seconds"]) == (waiting.id, "queued", None)
    assert main(["runs"]) == 0
    newest, oldest = capsys.readouterr().out.splitlines()
    assert newest.split()[:3] == [done.id, "finished", "done"]
    assert newest.endswith("val_loss 0.55")
    assert oldest.split()[:3] == [waiting.id, "queued", "waits"]


def test_upload_prints_the_name_by_which_experiments_know_the_file(
    tmp_path: Path, capsys: Output
) -> None:
    file = tmp_path / "leaves.csv"
    file.write_text("a,b\n1,2\n")
    assert main(["upload", str(file)]) == 0
    assert path_of(capsys.readouterr().out.strip()).read_text() == "a,b\n1,2\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["dance"], "invalid choice: 'dance'"),
        (["catalogue", "--xml"], "nrecognized arguments: --xml"),
        (["train"], "PRESET|FILE.json"),
        (["train", "no-such-preset"], "Expected a preset (iris-mlp, "),
        (["train", "."], "Expected a preset"),
        (["train", "iris-mlp", "--set", "training.epochs"], "Expected FIELD=VALUE"),
        (["train", "iris-mlp", "--set", "training.epoch=5"], "there is no such field"),
        (["train", "iris-mlp", "--set", "training.epochs=0"], "greater than or equal to 1"),
        (["train", "iris-mlp", "--set", "seed=x"], "seed: should be a valid integer"),
        (["train", "iris-mlp", "--set", "architecture=lenet-5"], "data of this kind: image"),
        (["train", "iris-mlp", "--set", "dataset=csv"], "Expected an uploaded file"),
        (["train", "iris-mlp", "--set", 'training.loss="mse 2"'], "training.loss: should be"),
        (["train", "diabetes-regression", "--set", "training.loss=kl divergence"], "auto or mse"),
        (["upload"], "FILE"),
        (["upload", "no/such/file.csv"], "a file that can be read"),
        (["upload", "."], "a file that can be read"),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_code_2(
    arguments: list[str], said: str, store: Store, capsys: Output
) -> None:
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert said in output.err
    assert output.err.count("\n") == 1
    assert output.err.endswith("\n")
    assert store.runs() == []  # nothing was begun


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "experiment: "),
        (b"{", "experiment: "),
        (b"\xff\xfe", "experiment: "),
        (b"[1, 2]", "experiment: "),
        (b'{"dataset": {"name": "iris"}}', "architecture: "),
        (b'{"dataset": {"name": "iris"}, "architecture": {"name": "mlp"}, "x": 1}', "x: there is"),
    ],
)
def test_a_bad_experiment_file_is_one_line_too(
    content: bytes, said: str, tmp_path: Path, capsys: Output
) -> None:
    file = tmp_path / "experiment.json"
    file.write_bytes(content)
    assert main(["train", str(file), "--json"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(said)
    assert output.err.count("\n") == 1


def test_a_bad_setting_of_the_owner_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("DLPLAY_SLOTS", "none")
    assert main(["runs"]) == 2
    assert capsys.readouterr().err.startswith("DLPLAY_SLOTS: ")


def test_a_home_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DLPLAY_HOME", str(tmp_path / "file"))
    assert main(["runs"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_is_there_for_every_command(capsys: Output) -> None:
    for command in ("catalogue", "train", "runs", "upload"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert command in capsys.readouterr().out
