"""The helper process: short questions that need Keras but no training.

Started as ``python -m dlplay.execution.helper``; it is told a question a line, and tells an answer
a line. Whoever imports this module to have one asked imports no framework.
"""

from __future__ import annotations

import json
import os
from typing import Any

from dlplay.errors import UserError
from dlplay.execution.process import Answer, HelperProcess
from dlplay.orders import orders, private_output
from dlplay.settings import Settings


def main() -> None:
    """Answer question after question."""
    questions, output = orders(), private_output()
    from dlplay.training import summary  # noqa: F401  (the first answer is as fast as the next)

    for line in questions:
        kind, question = json.loads(line)
        print(json.dumps(answer(kind, question)), file=output)


def answer(kind: str, question: dict[str, Any]) -> Answer:
    """The answer, or a sentence that says why there is none."""
    try:
        return _ANSWERS[kind](question), ""
    except UserError as error:
        return None, str(error)
    except Exception as error:
        return None, f"This could not be worked out: {type(error).__name__}: {error}"


def ask_once(kind: str, question: dict[str, Any]) -> dict[str, Any]:
    """The answer of a helper process started for this question alone.

    Raises:
        UserError: there is no answer; the reason as a sentence.
    """
    helper = HelperProcess(Settings().folder("logs") / f"helper-{os.getpid()}.log")
    try:
        helper.ask(kind, question)
        values, error = helper.wait()
    finally:
        helper.retire()
    if values is None:
        raise UserError(error)
    return values


def _summary(question: dict[str, Any]) -> dict[str, Any]:
    """Layers, parameters and memory of an experiment's network."""
    from dlplay.experiment import Experiment
    from dlplay.training.summary import summarise

    experiment = Experiment.parse(question["experiment"])
    facts = experiment.dataset.facts()
    experiment.check(facts)
    return summarise(experiment, facts).to_values()


def _download(question: dict[str, Any]) -> dict[str, Any]:
    """Fetch a dataset."""
    from dlplay.experiment import dataset_adapter

    dataset = dataset_adapter.validate_python(question["dataset"])
    dataset.download()
    return {"origin": dataset.origin()}


def _convert(question: dict[str, Any]) -> dict[str, Any]:
    """Make a pre-trained network ready for the server; fetch its weights first if asked to."""
    from dlplay.classify import network
    from dlplay.classify.convert import convert

    chosen = network(question["network"])
    if question["download"]:
        chosen.download()
    return {"folder": convert(chosen).name}


def _view(question: dict[str, Any]) -> dict[str, Any]:
    """Look at an ended run."""
    from dlplay.runs import open_store
    from dlplay.training.answering import look_at

    return {"snapshot": look_at(open_store().get(question["run"]), question["view"])}


def _script(question: dict[str, Any]) -> dict[str, Any]:
    """An experiment as a script and as a notebook."""
    from dlplay.datasets import split
    from dlplay.experiment import Experiment
    from dlplay.export.script import notebook, script, sections
    from dlplay.training.compiling import metrics_of, outline

    experiment = Experiment.parse(question["experiment"])
    facts = experiment.dataset.facts()
    experiment.check(facts)
    samples = facts.samples
    if experiment.regularisation.prior_sigma is not None:  # its strength depends on their number
        samples = len(split(experiment.dataset, experiment.seed).train)
    model = outline(experiment, facts, samples)
    parts = sections(
        experiment, facts, model, metrics_of(experiment.architecture.task(facts), facts)
    )
    head = {"title": question["title"], "parts": parts, "note": question["note"]}
    return {"script": script(**head), "notebook": notebook(**head)}


def _export(question: dict[str, Any]) -> dict[str, Any]:
    """A run's network in another format."""
    from pathlib import Path

    from dlplay.export.models import export_model
    from dlplay.runs import open_store

    run = open_store().get(question["run"])
    return {"file": str(export_model(run, question["format"], Path(question["target"])))}


_ANSWERS = {
    "summary": _summary, "download": _download, "convert": _convert, "script": _script,
    "export": _export, "view": _view,
}  # fmt: skip


if __name__ == "__main__":
    main()
