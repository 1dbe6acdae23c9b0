"""The card and the history of a run: words and rows that come from the record alone."""

from __future__ import annotations

import csv
import io

import pytest

from dlplay.export.card import history_csv, model_card
from dlplay.presets import PRESETS
from dlplay.runs import Point, Run, Store

FIRST = next(iter(PRESETS.values()))
SUMMARY = {
    "epochs": 3, "parameters": 1_234, "test": {"loss": 0.5, "accuracy": 0.9},
    "sizes": {"train": 100, "validation": 20, "test": 30},
}  # fmt: skip


@pytest.fixture
def run(store: Store) -> Run:
    """A finished run."""
    run = store.create(FIRST.experiment, FIRST.title)
    store.claim(run.id)
    store.end(run.id, "finished", summary=SUMMARY)
    return store.get(run.id)


def test_a_card_has_data_licence_sizes_scores_seed_and_versions(run: Run) -> None:
    card, data = model_card(run), FIRST.experiment.dataset.card
    assert card.startswith(f"# {FIRST.title}\n")
    for told in (
        data.source, data.licence, "100 train, 20 validation, 30 test", "1,234",
        "| accuracy | 0.9 |", f"**Seed**: {FIRST.experiment.seed}", "keras 3.",
        FIRST.experiment.to_json(indent=2),
    ):  # fmt: skip
        assert told in card


def test_a_card_of_a_run_that_broke_off_says_so(store: Store) -> None:
    run = store.create(FIRST.experiment)
    store.claim(run.id)
    store.end(run.id, "failed", "The disk was full.")
    card = model_card(store.get(run.id))
    assert "the test set was never used" in card
    assert "The disk was full." in card


def test_a_history_has_a_row_per_epoch_and_gaps_where_nothing_was_measured() -> None:
    points = [Point(1, 0.5, {"loss": 1.0}), Point(2, 1.0, {"loss": 0.5, "val_loss": 0.25})]
    rows = list(csv.DictReader(io.StringIO(history_csv(points))))
    assert rows == [
        {"epoch": "1", "seconds": "0.500", "loss": "1.0", "val_loss": ""},
        {"epoch": "2", "seconds": "1.000", "loss": "0.5", "val_loss": "0.25"},
    ]
