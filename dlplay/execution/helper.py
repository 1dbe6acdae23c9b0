"""The helper process: short questions that need Keras but no training.

The functions here are sent to a process of their own; only there do they import the framework.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from dlplay.errors import UserError
from dlplay.settings import Settings


def prepare() -> None:
    """Import what answering needs; the first answer then takes as long as the next."""
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    with (Settings().folder("logs") / "helper.log").open("ab") as log:
        os.dup2(log.fileno(), 2)  # the framework is talkative; the server's terminal is for people
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="2", CUDA_VISIBLE_DEVICES="")
    from dlplay.training import summary  # noqa: F401


def _end_with_the_server() -> None:
    """A pool's process would outlive a server that is killed."""
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os._exit(1)


def answer(kind: str, question: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
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
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=prepare) as pool:
        try:
            values, error = pool.submit(answer, kind, question).result()
        except BrokenProcessPool as broken:
            raise UserError("The helper process ended while it worked on this") from broken
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
