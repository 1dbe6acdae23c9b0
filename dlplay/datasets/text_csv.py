"""The user's own texts and their classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets.base import Origin, Samples, SplitDataset
from dlplay.datasets.csv_file import read_table, reading_code
from dlplay.datasets.words import Corpus, Tokenised, words_of
from dlplay.errors import UserError
from dlplay.uploads import UploadName

if TYPE_CHECKING:
    import pandas as pd

_MOST_CLASSES = 100


class TextCsv(Tokenised, SplitDataset):
    """A CSV file with a column of texts and a column of classes."""

    card: ClassVar[Card] = Card(
        "Your texts",
        "A table of your own with a header: one column holds texts, another the class of each.",
        "Uploaded by you; it stays on this server",
        "Yours",
    )
    name: Literal["text-csv"] = "text-csv"
    file: UploadName = Field(
        default="",
        title="File",
        description="CSV in UTF-8, separated by commas, semicolons or tabs; texts that contain "
        "those stand in quotation marks.",
        json_schema_extra={"upload": ["csv", "tsv", "txt"]},
    )
    text: str = Field(
        default="",
        title="Column of texts",
        description="What the network reads. The column with the longest entries unless you "
        "choose one.",
        json_schema_extra={"options": True},
    )
    target: str = Field(
        default="",
        title="Column to predict",
        description="The class of each text. The last other column unless you choose one.",
        json_schema_extra={"options": True},
    )

    def origin(self) -> Origin:
        return "yours"

    @classmethod
    def options(cls, field_name: str, values: dict[str, object]) -> Sequence[str]:
        if not values.get("file"):
            return []
        table = read_table(str(values["file"]))
        text = _longest(table)
        others = [column for column in table.columns if column != text]
        # The form takes the last one for a start.
        return [*others, text] if field_name == "text" else [text, *others]

    def load(self) -> Samples:
        table = read_table(self.file)
        text, target = self._columns(table)
        for column in (text, target):
            if column not in table.columns:
                raise UserError(
                    f"Expected a column of the file: {', '.join(map(str, table.columns[:20]))}",
                    received=column,
                )
        if text == target:
            raise UserError(
                "Expected a column of texts and another one of classes", received=f"twice {text}"
            )
        _refuse_gaps(table, text, target)
        numbers, names = _classes(table, target)
        corpus = Corpus.of(table[text].astype(str).tolist())
        return self.tokenise(corpus, numbers, names, target_name=target)

    def code(self) -> str:
        text, target = self._columns(read_table(self.file))
        return (
            "import pandas as pd\n"
            f"{reading_code(self.file)}\n"
            f"texts = table[{text!r}].astype(str).tolist()\n"
            f'y = pd.factorize(table[{target!r}], sort=True)[0].astype("int32")\n'
            f"{self.numbering_code()}"
        )

    def _columns(self, table: pd.DataFrame) -> tuple[str, str]:
        """Those of texts and of classes."""
        text = self.text or _longest(table)
        return text, self.target or [column for column in table.columns if column != text][-1]


def _longest(table: pd.DataFrame) -> str:
    """The column whose entries are longest on average."""
    lengths = {column: table[column].astype(str).str.len().mean() for column in table.columns}
    return str(max(lengths, key=lambda column: float(lengths[column])))


def _refuse_gaps(table: pd.DataFrame, text: str, target: str) -> None:
    """Raise a `UserError` if a row has no text with a word in it, or no class."""
    for column in (text, target):
        empty = table[column].isna()
        if column == text:
            empty |= ~table[column].astype(str).map(lambda entry: bool(words_of(entry)))
        if empty.any():
            line = int(empty.to_numpy().argmax()) + 1
            raise UserError(
                f"Expected {'a word' if column == text else 'a class'} in every row of column "
                f"“{column}”",
                received=f"none in {int(empty.sum()):,} rows, first in row {line:,}",
                fix="Fill them or take those rows out, and upload the file again",
            )


def _classes(table: pd.DataFrame, target: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Class numbers and class names."""
    import pandas as pd

    numbers, values = pd.factorize(table[target], sort=True)
    if not 2 <= len(values) <= _MOST_CLASSES:
        raise UserError(
            f"Expected 2 to {_MOST_CLASSES} classes in column “{target}”",
            received=f"{len(values):,}",
            fix="Choose another column to predict",
        )
    return numbers.astype(np.int32), tuple(map(str, values))
