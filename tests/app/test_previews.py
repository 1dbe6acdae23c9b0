"""What the Train page shows of trees and of series."""

from __future__ import annotations

import json

from tests.app.pages import open_page


def test_a_tree_is_drawn_above_its_expression_and_one_may_step_through_them() -> None:
    app = open_page("train", preset="listops-tree-lstm", **{"dataset.samples": "200"})
    assert not app.exception
    first = app.code[0].value
    assert first.startswith("[") and first.endswith("]")
    next(field for field in app.number_input if field.label == "Tree").set_value(2).run()
    assert not app.exception
    assert app.code[0].value != first


def test_a_series_is_drawn_with_its_parts_and_the_naive_error() -> None:
    app = open_page("train", preset="temperature-lstm")
    assert not app.exception
    captions = " ".join(caption.value for caption in app.caption)
    assert "5,558 for training, 1,354 for validation, 1,704 for test" in captions
    assert "the value 24 hours earlier, errs by 0.229" in captions
    figures = [json.loads(chart.proto.json)["figure"] for chart in app.get("bidi_component")]
    names = [[trace.get("name") for trace in json.loads(figure)["data"]] for figure in figures]
    assert ["Training", "Validation", "Test"] in names
