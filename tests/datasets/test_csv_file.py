"""The user's own table: good files however they are written, bad ones as one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from dlplay import uploads
from dlplay.datasets import Samples, split
from dlplay.datasets.csv_file import CsvFile
from dlplay.errors import UserError
from dlplay.experiment import Experiment


def load(content: str | bytes, **values: Any) -> Samples:
    """Upload a file and read it."""
    text = content.encode() if isinstance(content, str) else content
    return CsvFile(file=uploads.keep(text), **values).load()


def lines(header: str, rows: Iterable[str]) -> str:
    """A file of a header and rows."""
    return "\n".join([header, *rows]) + "\n"


LEAVES = [f"{i},{2 * i},{'oak' if i % 2 else 'elm'}" for i in range(30)]
"""Length, width and tree of thirty leaves."""


class TestGoodFiles:
    """Every way people write a table."""

    def test_numbers_and_a_text_target_become_inputs_and_classes(self) -> None:
        samples = load(lines("length,width,tree", LEAVES))
        assert samples.class_names == ("elm", "oak")
        assert samples.targets.tolist() == [i % 2 for i in range(30)]
        assert samples.feature_names == ("length", "width")
        assert samples.inputs[7].tolist() == [7.0, 14.0]
        assert samples.target_name == "tree"

    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_any_common_separator_is_found_out(self, separator: str) -> None:
        text = lines("length,width,tree", LEAVES).replace(",", separator)
        assert load(text).inputs.shape == (30, 2)

    @pytest.mark.parametrize("separator", [";", "\t"])
    def test_numbers_may_have_a_decimal_comma(self, separator: str) -> None:
        rows = [f"{i},25;{2 * i},5;{['elm', 'oak'][i % 2]}" for i in range(30)]
        samples = load(lines("length;width;tree", rows).replace(";", separator))
        assert samples.inputs[7].tolist() == [7.25, 14.5]

    def test_a_point_anywhere_means_that_commas_are_no_decimal_marks(self) -> None:
        rows = [f"{i}.25;{i % 3},{i % 2};{['elm', 'oak'][i % 2]}" for i in range(30)]
        samples = load(lines("length;pair;tree", rows))
        assert samples.inputs[7, 0] == 7.25
        assert samples.feature_names[1] == "pair_0,0"

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_lines_may_end_as_on_any_system(self, end: str) -> None:
        assert load(lines("length,width,tree", LEAVES).replace("\n", end)).inputs.shape == (30, 2)

    def test_a_byte_order_mark_is_no_part_of_the_first_name(self) -> None:
        samples = load(b"\xef\xbb\xbf" + lines("length,width,tree", LEAVES).encode())
        assert samples.feature_names == ("length", "width")

    def test_names_and_cells_may_be_chinese(self) -> None:
        rows = [f"{i},{'红蓝'[i % 2]},{'山鸢尾' if i < 15 else '变色鸢尾'}" for i in range(30)]
        samples = load(lines("花萼长度,颜色,品种", rows))
        assert samples.target_name == "品种"
        assert set(samples.class_names) == {"山鸢尾", "变色鸢尾"}
        assert samples.feature_names == ("花萼长度", "颜色_红", "颜色_蓝")

    def test_a_column_of_text_becomes_a_column_a_value(self) -> None:
        rows = [f"{['red', 'green', 'blue'][i % 3]},{i},{i % 2}" for i in range(30)]
        samples = load(lines("colour,size,kind", rows))
        columns = dict(zip(samples.feature_names, samples.inputs.T, strict=True))
        for index, colour in enumerate(["red", "green", "blue"]):
            expected = [float(i % 3 == index) for i in range(30)]
            assert columns[f"colour_{colour}"].tolist() == expected

    def test_a_comma_in_quotes_parts_nothing(self) -> None:
        rows = [f'"Lima, Peru",{i},{i % 2}' for i in range(30)]
        assert load(lines("city,size,kind", rows)).feature_names == ("size", "city_Lima, Peru")

    def test_spaces_around_names_and_cells_do_not_count(self) -> None:
        samples = load(lines(" length , tree ", [f" {i} , {i % 2}" for i in range(30)]))
        assert samples.feature_names == ("length",)
        assert samples.inputs[3, 0] == 3.0

    def test_any_column_can_be_the_target(self) -> None:
        samples = load(lines("length,width,tree", LEAVES), target="length")
        assert not samples.class_names
        assert samples.targets.tolist() == list(range(30))
        assert samples.feature_names == ("width", "tree_elm", "tree_oak")

    def test_columns_can_be_left_out(self) -> None:
        samples = load(lines("length,width,tree", LEAVES), ignore=("length",))
        assert samples.feature_names == ("width",)

    def test_the_columns_are_offered_to_choose_from(self) -> None:
        name = uploads.keep(lines("length,width,tree", LEAVES).encode())
        assert list(CsvFile.options("target", {"file": name})) == ["length", "width", "tree"]
        assert list(CsvFile.options("target", {"file": ""})) == []

    def test_rows_with_gaps_can_be_dropped(self) -> None:
        rows = [f"{'' if i in (3, 8) else i},{i % 2}" for i in range(30)]
        samples = load(lines("length,tree", rows), missing="drop rows")
        assert samples.inputs[:, 0].tolist() == [i for i in range(30) if i not in (3, 8)]

    def test_dropping_rows_leaves_the_names_of_classes_as_they_are(self) -> None:
        rows = [f"{i},{'' if i == 4 else i % 2}" for i in range(30)]
        assert load(lines("length,tree", rows), missing="drop rows").class_names == ("0", "1")

    def test_what_was_read_can_be_split_and_trained_on(self) -> None:
        parts = split(CsvFile(file=uploads.keep(lines("l,w,t", LEAVES).encode())), seed=1)
        assert (len(parts.train), len(parts.validation), len(parts.test)) == (19, 5, 6)


class TestTask:
    """What is asked of the network: found out, and changeable."""

    @pytest.mark.parametrize(
        ("cells", "task"),
        [
            (["yes", "no"], "classification"),
            (["True", "False"], "classification"),
            (["0", "1", "2"], "classification"),
            (["1.0", "2.0"], "classification"),
            (["0.5", "1.5", "2.5"], "regression"),
            ([str(i) for i in range(20)], "classification"),
            ([str(i) for i in range(21)], "regression"),
        ],
    )
    def test_text_or_few_whole_numbers_are_classes(self, cells: list[str], task: str) -> None:
        rows = [f"{i},{cells[i % len(cells)]}" for i in range(42)]
        assert load(lines("size,target", rows)).facts().task == task

    def test_few_whole_numbers_can_be_regression(self) -> None:
        samples = load(
            lines("size,stars", [f"{i},{1 + i % 5}" for i in range(30)]), task="regression"
        )
        assert samples.targets.dtype == np.float32
        assert samples.targets[:5].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]

    def test_many_numbers_can_be_classes_in_the_order_of_their_size(self) -> None:
        samples = load(
            lines("size,month", [f"{i},{1 + i % 12}" for i in range(60)]), task="classification"
        )
        assert samples.class_names == tuple(str(month) for month in range(1, 13))
        assert samples.targets[:12].tolist() == list(range(12))


BAD_FILES: dict[str, tuple[str | bytes, dict[str, Any], list[str]]] = {
    "empty": (b"", {}, ["a header and rows", "an empty file"]),
    "only blank lines": (b"\n\n  \n", {}, ["an empty file"]),
    "only a header": ("a,b\n", {}, ["at least 20 rows", "Received: 0"]),
    "one column": (lines("a", map(str, range(30))), {}, ["two columns", "commas, semicolons"]),
    "a longer row": (
        lines("a,b", ["1,2"] * 20 + ["1,2,3"] + ["1,2"] * 20), {}, ["line 22", "Mend that line"],
    ),
    "only longer rows": (
        lines("a,b", [f"{i},{i % 2},9" for i in range(30)]), {}, ["more cells than the header"],
    ),
    "a longer first row": (
        lines("a,b", ["1,2,3", *["1,2"] * 30]), {}, ["more cells than the header", "first line"],
    ),
    "a shorter row": (
        lines("a,b,c", [*["1,2,3"] * 30, "1,2"]), {}, ["empty cells in column “c”", "drop rows"],
    ),
    "an open quote": (lines("a,b", ['1,"2', *["1,2"] * 30]), {}, ["same number of cells"]),
    "not UTF-8": (
        "größe,art\n".encode("latin-1") + b"1,2\n" * 30, {}, ["UTF-8", "position 2", "Save it as"],
    ),
    "UTF-16": (lines("a,b", ["1,2"] * 30).encode("utf-16"), {}, ["UTF-8", "position 0"]),
    "no text at all": (bytes(range(256)) * 20, {}, ["UTF-8", "position 128"]),
    "a constant target": (
        lines("a,b", [f"{i},7" for i in range(30)]), {},
        ["two classes", "only “7”", "Choose another column"],
    ),
    "a constant number": (
        lines("a,b", [f"{i},7.5" for i in range(30)]), {}, ["different values", "only 7.5"],
    ),
    "one class": (lines("a,b", [f"{i},x" for i in range(30)]), {}, ["two classes", "only “x”"]),
    "10,000 classes": (
        lines("a,b", [f"{i},k{i}" for i in range(10_000)]), {},
        ["at most 100 classes", "Received: 10,000", "regression"],
    ),
    "empty cells": (
        lines("a,b", [f"{'' if i < 3 else i},{i % 2}" for i in range(30)]), {},
        ["a value in every cell", "3 empty cells in column “a”", "drop rows"],
    ),
    "NaN cells": (
        lines("a,b", [f"{'NaN' if i < 3 else i},{i % 2}" for i in range(30)]), {},
        ["3 empty cells in column “a”"],
    ),
    "too few rows left": (
        lines("a,b", [f"{i if i % 2 else ''},{i % 2}" for i in range(30)]),
        {"missing": "drop rows"}, ["20 complete rows", "Received: 15"],
    ),
    "infinite numbers": (
        lines("a,b", [f"{'inf' if i == 3 else i},{i % 2}" for i in range(30)]), {},
        ["finite numbers", "column “a”"],
    ),
    "enormous numbers": (
        lines("a,b", [f"{'1e300' if i == 3 else i},{i % 2}" for i in range(30)]), {},
        ["finite numbers", "column “a”"],
    ),
    "free text": (
        lines("a,b", [f"sentence {i},{i % 2}" for i in range(60)]), {},
        ["column “a”", "60 different values", "Leave the column out"],
    ),
    "text for regression": (
        lines("a,b", [f"{i},x{i % 2}" for i in range(30)]), {"task": "regression"},
        ["numbers in column “b”", "“x0”", "classification"],
    ),
    "no such column": (
        lines("a,b", [f"{i},{i % 2}" for i in range(30)]), {"target": "c"},
        ["a column of the file: a, b", "Received: c"],
    ),
    "no such column to leave out": (
        lines("a,b", [f"{i},{i % 2}" for i in range(30)]), {"ignore": ("c",)}, ["Received: c"],
    ),
    "nothing left to learn from": (
        lines("a,b", [f"{i},{i % 2}" for i in range(30)]), {"ignore": ("a",)},
        ["column to learn from", "fewer columns out"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_a_sentence_that_says_what_came_and_what_to_do(case: str) -> None:
    content, values, said = BAD_FILES[case]
    with pytest.raises(UserError) as caught:
        load(content, **values)
    message = str(caught.value)
    for part in said:
        assert part in message
    assert "\n" not in message
    assert len(message) < 400


def test_fifty_megabytes_are_the_most_a_file_may_have() -> None:
    with pytest.raises(UserError, match=r"at most 50 MB\. Received: 51 MB\. Upload a part of it"):
        uploads.keep(bytes(51_000_000))


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../../etc/passwd", "iris.csv", "0123456789ABCDEF", "0" * 17]
)
def test_an_experiment_cannot_name_a_file_of_the_server(name: str) -> None:
    values = {"dataset": {"name": "csv", "file": name}, "architecture": {"name": "mlp"}}
    with pytest.raises(UserError, match=r"dataset\.file: Expected the name of an uploaded file"):
        Experiment.parse(values)


def test_before_a_file_is_uploaded_it_asks_for_one() -> None:
    with pytest.raises(UserError, match=r"Expected an uploaded file\. Received: none yet"):
        CsvFile().load()


def test_a_file_that_is_gone_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"Received: 0123456789abcdef\. Upload one"):
        CsvFile(file="0123456789abcdef").load()
