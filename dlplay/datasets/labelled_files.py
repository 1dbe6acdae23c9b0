"""Which class each file of a zip belongs to: by its folder, or by a CSV of labels."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import PurePosixPath

from dlplay.datasets.archive import Archive
from dlplay.datasets.csv_text import decoded, separator_of
from dlplay.datasets.report import Remark
from dlplay.errors import UserError

_MOST_CLASSES = 200


@dataclass(frozen=True)
class Labelled:
    """Files and their classes.

    Args:
        classes: the class of every file, by the file's name.
        remarks: files without a class, and labels without a file.
    """

    classes: dict[str, str]
    remarks: tuple[Remark, ...]

    @property
    def class_names(self) -> tuple[str, ...]:
        """Of the classes, in alphabetical order."""
        return tuple(sorted(set(self.classes.values())))


def label_files(archive: Archive) -> Labelled:
    """The files by the CSV of labels, if there is one; else by the folders they are in.

    Raises:
        UserError: there is nothing to tell classes by, or fewer than two classes.
    """
    tables = [name for name in archive.names if is_table(name)]
    if len(tables) > 1:
        raise UserError(
            "Expected one CSV of labels, or none",
            received=", ".join(tables[:3]),
            fix="Keep one of them in the zip",
        )
    found = _by_table(archive, tables[0]) if tables else _by_folder(archive)
    names = found.class_names
    if len(names) < 2:
        raise UserError(
            "Expected images of at least two classes: a folder for each, or a CSV of file names "
            "and labels",
            received=f"only “{names[0]}”" if names else "none",
        )
    if len(names) > _MOST_CLASSES:
        raise UserError(f"Expected at most {_MOST_CLASSES} classes", received=f"{len(names):,}")
    return found


def is_table(name: str) -> bool:
    """Whether a file's name is that of a CSV."""
    return name.lower().endswith((".csv", ".tsv"))


def _by_folder(archive: Archive) -> Labelled:
    folders = {name: PurePosixPath(name).parent.name for name in archive.names}
    outside = tuple(name for name, folder in folders.items() if not folder)
    remarks = (Remark(sentence="In no folder, so of no class: left out.", names=outside),)
    classes = {name: folder for name, folder in folders.items() if folder}
    return Labelled(classes, remarks if outside else ())


def _by_table(archive: Archive, table: str) -> Labelled:
    """File names in the first column, labels in the second; a header may stand above them."""
    text = decoded(archive.read(table))
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator_of(text)))
    except csv.Error as error:
        raise UserError(
            f"Expected a CSV of file names and labels in {table}", received=error
        ) from (error)
    find = _Finder(archive.names, PurePosixPath(table).parent)
    classes, missing = {}, []
    for number, row in enumerate(rows):
        if not any(cell.strip() for cell in row):
            continue
        file, label = (*(cell.strip() for cell in row), "", "")[:2]
        name = find(file)
        if name and label:
            classes[name] = label
        elif name or number:  # the first line may be a header
            missing.append(file if not name else f"{file}, which has no label")
    if not classes:
        raise UserError(
            f"Expected names of files of the zip in the first column of {table}, labels in the "
            "second",
            received=f"“{missing[0]}”, which is not there" if missing else "no rows",
        )
    rest = tuple(name for name in archive.names if name not in classes and name != table)
    remarks = (
        Remark(sentence=f"Named in {table} and not in the zip: left out.", names=tuple(missing)),
        Remark(sentence=f"In the zip and not named in {table}: left out.", names=rest),
    )
    return Labelled(classes, tuple(remark for remark in remarks if remark.names))


class _Finder:
    """Files by the names people write: from the CSV's folder, from the top, or without folders."""

    def __init__(self, names: tuple[str, ...], folder: PurePosixPath) -> None:
        self._names, self._folder = set(names), folder
        self._by_last: dict[str, list[str]] = {}
        for name in names:
            self._by_last.setdefault(PurePosixPath(name).name, []).append(name)

    def __call__(self, written: str) -> str:
        """The file's name in the zip; empty if there is none, or more than one."""
        written = written.replace("\\", "/").removeprefix("./")
        for name in (str(self._folder / written), written):
            if written and name in self._names:
                return name
        alike = self._by_last.get(written, [])
        return alike[0] if len(alike) == 1 else ""
