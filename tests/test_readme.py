"""What the README says, done literally."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

README = (ROOT / "README.md").read_text()


def additions() -> list[tuple[str, str, str, str]]:
    """Each "one file, one line": the file, its text, the file of the line, the line."""
    block = r"`([\w/]+\.py)`:\n\n```python\n(.*?)```"
    found = re.findall(block, README, re.DOTALL)
    return [(*file, *line) for file, line in zip(found[::2], found[1::2], strict=True)]


@pytest.mark.slow
@pytest.mark.xdist_group("executor")
def test_a_dataset_and_a_network_are_added_with_one_file_and_one_line_each(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for part in ("dlplay", "pages"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    assert len(additions()) == 2
    for file, text, catalogue, line in additions():
        assert line.count("\n") == 1
        (copy / file).write_text(text)
        lines = (copy / catalogue).read_text().splitlines(keepends=True)
        last_import = max(i for i, text in enumerate(lines) if text.startswith("from dlplay."))
        lines.insert(last_import, line)
        (copy / catalogue).write_text("".join(lines))
    experiment = {
        "dataset": {"name": "rings"},
        "architecture": {"name": "bottleneck", "width": 3},
        "training": {"epochs": 60, "optimizer": {"name": "adam", "learning_rate": 0.02}},
    }
    (copy / "rings.json").write_text(json.dumps(experiment))
    command = [sys.executable, "-m", "dlplay", "train", "rings.json", "--json"]
    ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=True)
    outcome = json.loads(ended.stdout.splitlines()[-1])
    assert outcome["status"] == "finished"
    assert outcome["final"]["val_accuracy"] > 0.9


def test_the_commands_of_the_readme_are_those_that_exist() -> None:
    listed = set(re.findall(r"python -m dlplay (\w+)", README))
    help_text = subprocess.run(
        [sys.executable, "-m", "dlplay", "--help"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    commands = set(re.findall(r"^    ([a-z]+)\b", help_text, re.MULTILINE))
    assert listed == commands


def test_every_setting_is_in_the_readme() -> None:
    from dlplay.settings import Settings

    listed = set(re.findall(r"^\| `(DLPLAY_\w+)`", README, re.MULTILINE))
    assert listed == {f"DLPLAY_{name.upper()}" for name in Settings.model_fields}
