"""A run in words: what a model file does not say of itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from dlplay.runs import Point, Run

_PACKAGES = ("keras", "tensorflow", "numpy", "scikit-learn")


def model_card(run: Run) -> str:
    """Data, network, scores, seed and versions of a run that has ended, as Markdown.

    Raises:
        UserError: its experiment is of a version this one cannot read.
    """
    experiment, summary = run.experiment, run.summary
    data, network = experiment.dataset.card, experiment.architecture.card
    parts = summary.get("sizes", {})
    sizes = ", ".join(f"{count:,} {part}" for part, count in parts.items())
    finished = datetime.fromtimestamp(run.finished or run.created, UTC)
    facts = {
        "Run": f"{run.id}, {run.state}, {finished:%Y-%m-%d}",
        "Dataset": f"{data.title}. {data.summary}",
        "Source": data.source,
        "Licence of the data": data.licence or "generated here, MIT",
        "Samples": sizes or "not recorded",
        "Network": f"{network.title}. {network.source}",
        "Parameters": f"{summary['parameters']:,}" if "parameters" in summary else "not recorded",
        "Epochs": f"{summary.get('epochs', 0):,} of {experiment.epochs:,}",
        "Optimiser": f"{experiment.training.optimizer.card.title}, learning rate "
        f"{experiment.training.optimizer.learning_rate:g}",
        "Seed": str(experiment.seed),
        "Written with": ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
    }
    lines = [f"# {run.title}", "", *(f"- **{name}**: {text}" for name, text in facts.items())]
    test = summary.get("test", {})
    lines += ["", "## Scores", ""]
    if test:
        lines += ["| | test |", "|---|---|"]
        lines += [f"| {name} | {value:.6g} |" for name, value in test.items()]
    else:
        lines.append("The run did not reach its end, so the test set was never used.")
    if run.message:
        lines += ["", run.message]
    lines += ["", "## Experiment", "", "```json", experiment.to_json(indent=2), "```", ""]
    return "\n".join(lines)


def history_csv(points: Sequence[Point]) -> str:
    """Every epoch's metrics, a row each."""
    names = list(dict.fromkeys(name for point in points for name in point.metrics))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", "seconds", *names])
    for point in points:
        values = (point.metrics.get(name, "") for name in names)
        writer.writerow([f"{point.epoch:g}", f"{point.seconds:.3f}", *values])
    return text.getvalue()
