"""``script`` and ``export``: what is written, and one line for every mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dlplay.cli import main
from dlplay.execution import helper
from dlplay.presets import PRESETS
from dlplay.runs import Mark, Store, control

FIRST = next(iter(PRESETS.values()))
Output = pytest.CaptureFixture[str]
Asked = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the helper process is asked; it answers at once."""
    questions: Asked = []

    def answer(kind: str, question: dict[str, Any]) -> dict[str, Any]:
        questions.append((kind, question))
        return {"script": "# code\n", "notebook": "{}\n", "file": question.get("target", "")}

    monkeypatch.setattr(helper, "ask_once", answer)
    return questions


def test_a_preset_a_file_and_a_run_are_written_as_code(
    asked: Asked, store: Store, tmp_path: Path, capsys: Output
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(FIRST.experiment.to_json())
    run = store.create(FIRST.experiment, "A run")
    for name in (FIRST.name, str(file), run.id):
        assert main(["script", name]) == 0
        assert capsys.readouterr().out == "# code\n"
    assert [question["title"] for _, question in asked][::2] == [FIRST.title, "A run"]
    assert all(q["experiment"] == json.loads(FIRST.experiment.to_json()) for _, q in asked)


def test_the_code_of_a_run_says_what_was_changed_while_it_trained(
    asked: Asked, store: Store
) -> None:
    run = store.create(FIRST.experiment, origin={"run": "abcd1234", "epoch": 5})
    control.mark(store, run.id, [Mark(5, "fine-tuning", 1e-4), Mark.of_rate(7, 0.1)])
    for name in (run.id, FIRST.name):
        assert main(["script", name]) == 0
    told = "a start from epoch 5 of run abcd1234, rate 0.1 from epoch 7 on"
    assert [question["note"] for _, question in asked] == [
        f"The run had what this program has not: {told}.",
        "",
    ]


def test_the_ending_of_the_output_decides_between_script_and_notebook(
    asked: Asked, tmp_path: Path, capsys: Output
) -> None:
    for name, content in (("a.py", "# code\n"), ("a.ipynb", "{}\n")):
        assert main(["script", FIRST.name, "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_text() == content
    assert capsys.readouterr().out == ""


def test_export_prints_where_the_network_is(
    asked: Asked, store: Store, tmp_path: Path, capsys: Output
) -> None:
    run = store.create(FIRST.experiment)
    store.claim(run.id)
    store.end(run.id, "finished")
    run.folder.mkdir(parents=True)
    (run.folder / "model.keras").write_bytes(b"")
    assert main(["export", run.id, "--format", "onnx", "-o", str(tmp_path / "m.onnx")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "m.onnx")
    assert asked[0][1]["format"] == "onnx"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["script"], "PRESET|FILE.json|RUN"),
        (["script", "no-such-thing"], "a file of JSON, or a run"),
        (["script", FIRST.name, "-o", "/no/such/folder/x.py"], "could not be written"),
        (["export", "WAITING", "--format", "onnx"], "-o"),
        (["export", "WAITING", "--format", "word", "-o", "x"], "Expected one of the formats"),
        (["export", "00000000", "--format", "onnx", "-o", "x"], "There is no such run"),
        (["export", "WAITING", "--format", "onnx", "-o", "x"], "a run that has ended"),
        (["export", "FAILED", "--format", "onnx", "-o", "x"], "left no network"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str], said: str, asked: Asked, store: Store, capsys: Output
) -> None:
    waiting, failed = (store.create(FIRST.experiment) for _ in range(2))
    store.end(failed.id, "failed", "broke")
    ids = {"WAITING": waiting.id, "FAILED": failed.id}
    assert main([ids.get(argument, argument) for argument in arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
