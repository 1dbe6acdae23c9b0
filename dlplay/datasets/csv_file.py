"""The user's own table."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from dlplay.catalogue import Card, Task
from dlplay.datasets.base import Origin, Samples, TableDataset, need_samples
from dlplay.datasets.csv_text import decimal_mark_of, decoded, separator_of
from dlplay.errors import UserError
from dlplay.uploads import UploadName, path_of

if TYPE_CHECKING:
    import pandas as pd

_MOST_CLASSES = 100
_MOST_LEVELS = 50
_FEWEST_ROWS = 20


class CsvFile(TableDataset):
    """A CSV file with a header, one sample a row."""

    card: ClassVar[Card] = Card(
        "Your CSV",
        "A table of your own: a header, then one sample a row. Choose the column to predict; "
        "columns of text become one column per value.",
        "Uploaded by you; it stays on this server",
        "Yours",
    )
    tasks: ClassVar[tuple[Task, ...]] = ("classification", "regression")
    name: Literal["csv"] = "csv"
    file: UploadName = Field(
        default="",
        title="File",
        description="CSV in UTF-8, separated by commas, semicolons or tabs.",
        json_schema_extra={"upload": ["csv", "tsv", "txt"]},
    )
    target: str = Field(
        default="",
        title="Column to predict",
        description="What the network shall learn to tell from the other columns. "
        "The last column unless you choose one.",
        json_schema_extra={"options": True},
    )
    ignore: tuple[str, ...] = Field(
        default=(),
        title="Columns to leave out",
        description="Row numbers, names, or whatever gives the answer away.",
        json_schema_extra={"options": True},
    )
    task: Literal["auto", "classification", "regression"] = Field(
        default="auto",
        title="Task",
        description="Text, or at most 20 different whole numbers, is taken for classes; any "
        "other column of numbers for regression.",
    )
    missing: Literal["refuse", "drop rows"] = Field(
        default="refuse",
        title="Missing values",
        description="What to do with rows that have an empty cell.",
    )

    def origin(self) -> Origin:
        return "yours"

    @classmethod
    def options(cls, field_name: str, values: dict[str, object]) -> Sequence[str]:
        return list(read_table(str(values.get("file", ""))).columns) if values.get("file") else []

    def load(self) -> Samples:
        table = read_table(self.file)
        target = self.target or str(table.columns[-1])
        for column in (target, *self.ignore):
            if column not in table.columns:
                raise UserError(
                    f"Expected a column of the file: {', '.join(map(str, table.columns[:20]))}",
                    received=column,
                )
        table = self._complete(table.drop(columns=[c for c in self.ignore if c != target]))
        if table.shape[1] < 2:
            raise UserError(
                f"Expected a column to learn from beside “{target}”",
                received="none",
                fix="Leave fewer columns out",
            )
        need_samples(len(table), _FEWEST_ROWS, "complete rows")
        features = _as_numbers(table.drop(columns=target))
        if self._is_classification(table[target]):
            return _classes(table[target], features)
        return _values(table[target], features)

    def code(self) -> str:
        table = read_table(self.file)
        target = self.target or str(table.columns[-1])
        ignored = [column for column in self.ignore if column != target]
        lines = [
            "import pandas as pd",
            reading_code(self.file),
            *([f"table = table.drop(columns={ignored!r})"] if ignored else []),
            *(["table = table.dropna()"] if self.missing == "drop rows" else []),
            "# Columns of text become one column per value",
            f'X = pd.get_dummies(table.drop(columns={target!r}), dtype="float32")',
            'X = X.to_numpy("float64").astype("float32")',
        ]
        if self._is_classification(self._complete(table.drop(columns=ignored))[target]):
            lines.append(f'y = pd.factorize(table[{target!r}], sort=True)[0].astype("int32")')
        else:
            lines.append(f'y = table[{target!r}].to_numpy("float32")')
        return "\n".join(lines)

    def _complete(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows without an empty cell, if the user agreed to lose the others."""
        gaps = table.isna().sum()
        if not gaps.any():
            return table
        if self.missing == "drop rows":
            return table.dropna()
        column, most = str(gaps.idxmax()), int(gaps.max())
        others = int(gaps.sum()) - most
        raise UserError(
            "Expected a value in every cell",
            received=f"{most:,} empty cells in column “{column}”"
            + (f" and {others:,} in others" if others else ""),
            fix="Set missing values to “drop rows”, leave the column out, or fill the cells",
        )

    def _is_classification(self, target: pd.Series) -> bool:
        import pandas as pd

        if self.task != "auto":
            return self.task == "classification"
        if not pd.api.types.is_numeric_dtype(target):
            return True
        return bool((target == target.round()).all() and target.nunique() <= 20)


def read_table(name: str) -> pd.DataFrame:
    """The uploaded table as it is, its shape checked."""
    import pandas as pd

    text = decoded(path_of(name).read_bytes())
    if not text.strip():
        raise UserError("Expected a header and rows", received="an empty file")
    separator = separator_of(text)
    _check_first_row(text, separator)
    try:
        decimal = decimal_mark_of(text, separator)
        table = pd.read_csv(
            io.StringIO(text), sep=separator, decimal=decimal, skipinitialspace=True
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise UserError(
            "Expected the same number of cells in every row",
            received=str(error).removeprefix("Error tokenizing data. C error: ").strip(),
            fix="Mend that line and upload the file again",
        ) from error
    table.columns = [str(column).strip() for column in table.columns]
    if table.shape[1] < 2:
        raise UserError(
            "Expected at least two columns: something to learn from and something to predict",
            received=f"{table.shape[1]} column",
            fix="Separate cells by commas, semicolons or tabs",
        )
    need_samples(len(table), _FEWEST_ROWS, "rows below the header")
    return table


def reading_code(name: str) -> str:
    """Plain Python that leaves an uploaded table in ``table``."""
    text = decoded(path_of(name).read_bytes())
    separator = separator_of(text)
    decimal = ', decimal=","' if decimal_mark_of(text, separator) == "," else ""
    return (
        'FILE = "table.csv"  # your file\n'
        f"table = pd.read_csv(FILE, sep={separator!r}{decimal}, skipinitialspace=True, "
        'encoding="utf-8-sig")\n'
        "table.columns = [str(column).strip() for column in table.columns]"
    )


def _check_first_row(text: str, separator: str) -> None:
    """Refuse rows longer than the header: pandas would take their first cells for row names."""
    rows = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    try:
        first_two = list(itertools.islice(filter(None, rows), 2))
    except csv.Error:  # pandas says what is wrong with it
        return
    if len(first_two[-1]) > len(first_two[0]):
        raise UserError(
            "Expected the same number of cells in every row",
            received="rows with more cells than the header",
            fix="Give every column a name in the first line",
        )


def _as_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Columns of numbers as they are, columns of text as one column per value."""
    import pandas as pd

    for column in table.columns:
        if not pd.api.types.is_numeric_dtype(table[column]):
            levels = table[column].nunique()
            if levels > _MOST_LEVELS:
                raise UserError(
                    f"Expected numbers, or text with at most {_MOST_LEVELS} different values, in "
                    f"column “{column}”",
                    received=f"{levels:,} different values",
                    fix="Leave the column out",
                )
    return pd.get_dummies(table, dtype=np.float32)


def _features(table: pd.DataFrame) -> np.ndarray:
    inputs = table.to_numpy(np.float64)
    if not np.isfinite(inputs).all() or np.abs(inputs).max(initial=0) > 1e30:
        column = table.columns[int(np.argmax((~(np.abs(inputs) <= 1e30)).any(axis=0)))]
        raise UserError(
            "Expected finite numbers",
            received=f"infinite or enormous ones in column “{column}”",
            fix="Leave the column out, or mend it",
        )
    return inputs.astype(np.float32)


def _classes(target: pd.Series, table: pd.DataFrame) -> Samples:
    import pandas as pd

    numbers, values = pd.factorize(target, sort=True)
    names = [_class_name(value) for value in values]
    if len(names) < 2:
        raise UserError(
            f"Expected at least two classes in column “{target.name}”",
            received=f"only “{names[0]}”",
            fix="Choose another column to predict",
        )
    if len(names) > _MOST_CLASSES:
        raise UserError(
            f"Expected at most {_MOST_CLASSES} classes in column “{target.name}”",
            received=f"{len(names):,}",
            fix="Choose another column to predict, or set the task to regression",
        )
    inputs = _features(table)
    return Samples(
        inputs, numbers.astype(np.int32), tuple(names), tuple(table.columns), str(target.name)
    )


def _class_name(value: object) -> str:
    """A class as its cells have it; gaps in other rows turn whole numbers into floats."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _values(target: pd.Series, table: pd.DataFrame) -> Samples:
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(target):
        raise UserError(
            f"Expected numbers in column “{target.name}”, for regression",
            received=f"“{target.iloc[0]}”",
            fix="Set the task to classification, or choose another column",
        )
    if target.nunique() < 2:
        raise UserError(
            f"Expected different values in column “{target.name}”",
            received=f"only {target.iloc[0]}",
            fix="Choose another column to predict",
        )
    numbers = _features(target.to_frame())[:, 0]
    return Samples(_features(table), numbers, (), tuple(table.columns), str(target.name))
