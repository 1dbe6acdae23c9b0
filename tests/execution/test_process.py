"""The helper process, asked directly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlplay.errors import UserError
from dlplay.execution import helper
from dlplay.execution.process import HelperProcess

pytestmark = pytest.mark.xdist_group("executor")

QUESTION = {"experiment": {"dataset": {"name": "iris"}, "architecture": {"name": "mlp"}}}


@pytest.fixture
def process(tmp_path: Path) -> Iterator[HelperProcess]:
    """A helper that has just been started."""
    process = HelperProcess(tmp_path / "helper.log")
    yield process
    process.retire()


def test_one_question_after_another_is_answered(process: HelperProcess) -> None:
    assert process.answer() is None
    process.ask("summary", QUESTION)
    values, error = process.wait()
    assert (values and values["parameters"], error) == (4 * 10 + 10 + 10 * 3 + 3, "")
    process.ask("summary", {"experiment": {}})
    values, error = process.wait()
    assert values is None and "dataset" in error
    process.ask("riddle", {})
    assert process.wait() == (
        None, "This could not be worked out: KeyError: 'riddle'",
    )  # fmt: skip


def test_a_helper_that_is_killed_at_work_says_so(process: HelperProcess) -> None:
    process.ask("summary", QUESTION)
    process.kill()
    assert process.wait() == (
        None,
        "The helper process was ended by signal SIGKILL (often: the machine ran out of memory).",
    )


def test_the_command_line_gets_the_sentence_as_an_error_and_leaves_no_log(home: Path) -> None:
    with pytest.raises(UserError, match="could not be worked out: KeyError: 'riddle'"):
        helper.ask_once("riddle", {})
    assert list((home / "logs").iterdir()) == []
