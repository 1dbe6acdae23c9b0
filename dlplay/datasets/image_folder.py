"""The user's own pictures: a zip of one folder per class, or of pictures and a CSV of labels."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.cache import kept
from dlplay.catalogue import Card
from dlplay.datasets.archive import Archive
from dlplay.datasets.base import Facts, Origin, Samples, SplitDataset
from dlplay.datasets.labelled_files import Labelled, is_table, label_files
from dlplay.datasets.report import Remark, Report
from dlplay.errors import UserError
from dlplay.files import Arrays
from dlplay.uploads import UploadName, path_of

_FEWEST_OF_A_CLASS = 5
_MOST_BYTES = 1_000_000_000
_LAYOUT = 2
"""Raise it when pictures kept by earlier versions can no longer be used."""

_CODE = """
import io
import zipfile
from pathlib import PurePosixPath
import numpy as np
from PIL import Image, ImageOps
X, labels = [], []
with zipfile.ZipFile(FILE) as archive:
    for name in sorted(set(archive.namelist()) - left_out):
        folder = PurePosixPath(name).parent.name
        if name.endswith("/") or name.startswith("__MACOSX/") or not folder:
            continue
        picture = Image.open(io.BytesIO(archive.read(name)))
        picture.draft(None, (1024, 1024))  # a large JPEG is reduced as it is decoded
        picture = ImageOps.exif_transpose(picture)
        if picture.has_transparency_data:
            opaque = Image.new("RGBA", picture.size, "white")
            opaque.alpha_composite(picture.convert("RGBA"))
            picture = opaque
        picture = picture.convert("RGB")
        factor = min(picture.size) // 1024
        picture = picture.reduce(factor) if factor > 1 else picture
        size = SIDE, SIDE
        X.append(np.asarray(picture.resize(size, Image.Resampling.BICUBIC)))
        labels.append(folder)
X, y = np.stack(X), np.unique(labels, return_inverse=True)[1].astype("int32")
""".strip()


class ImageFolder(SplitDataset):
    """Pictures of a user, squeezed into squares."""

    card: ClassVar[Card] = Card(
        "Your images",
        "Pictures of your own: a zip with one folder per class, or with a CSV of file names and "
        "labels. Five of a class are enough to begin with.",
        "Uploaded by you; they stay on this server",
        "Yours",
    )
    name: Literal["image-folder"] = "image-folder"
    file: UploadName = Field(
        default="",
        title="Zip",
        description="One folder per class with JPEG, PNG, WebP or other pictures in it; or "
        "pictures and a CSV whose first column has file names and whose second has labels.",
        json_schema_extra={"upload": ["zip"]},
    )
    side: Literal[32, 64, 96, 128, 160, 192, 224] = Field(
        default=160,
        title="Height and width (pixels)",
        description="Every picture is squeezed into a square of this size. Large squares show "
        "more and take longer; pre-trained networks want 96 or more.",
    )

    def origin(self) -> Origin:
        return "yours"

    def load(self) -> Samples:
        arrays = self._arrays()
        return Samples(arrays["images"], arrays["targets"], _strings(arrays["class_names"]))

    def facts(self) -> Facts:
        about = self._about()
        shape = (self.side, self.side, 3)
        classes = _strings(about["class_names"])
        return Facts("image", shape, "classification", len(about["targets"]), classes)

    def code(self) -> str:
        every = Archive(path_of(self.file).read_bytes()).names
        if any(is_table(name) for name in every):
            raise UserError(
                "A CSV of labels inside a zip is not written as plain code",
                fix="Zip the pictures in one folder per class",
            )
        used = _strings(self._about()["files"])
        left_out = "".join(f"    {name!r},\n" for name in every if name not in used)
        listed = f"left_out = {{\n{left_out}}}" if left_out else "left_out = set()"
        file = 'FILE = "pictures.zip"  # yours, with one folder per class'
        return f"{file}\nSIDE = {self.side}\n{listed}\n{_CODE}"

    def report(self) -> Report:
        return Report.model_validate_json(str(self._about()["report"]))

    def _about(self) -> Arrays:
        """All but the pictures themselves, which are large."""
        return kept(
            f"{self._key}-about",
            lambda: {name: a for name, a in self._arrays().items() if name != "images"},
        )

    def _arrays(self) -> Arrays:
        """Pictures ``(n, side, side, 3)`` uint8, their targets and files, names of classes,
        report as JSON."""
        path = path_of(self.file)
        return kept(self._key, lambda: _decode(Archive(path.read_bytes()), self.side))

    @property
    def _key(self) -> str:
        return f"image-folder-{self.file}-{self.side}-{_LAYOUT}"


def _strings(array: NDArray[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in array)


def _decode(archive: Archive, side: int) -> Arrays:
    """All pictures of a zip, those that cannot be used named in the report."""
    from PIL import Image

    from dlplay.photo import decode, stored_size

    labelled = label_files(archive)
    _check_size(len(labelled.classes), side)
    seen: dict[bytes, str] = {}
    images, labels, sizes, files = [], [], [], []
    unreadable: list[str] = []
    copies: list[str] = []
    for name, label in labelled.classes.items():
        try:
            content = archive.read(name)
            photo, size = decode(content), stored_size(content)
        except UserError as error:
            unreadable.append(f"{name}: {error}")
            continue
        pixels = np.asarray(photo.resize((side, side), Image.Resampling.BICUBIC))
        first = seen.setdefault(hashlib.sha256(pixels.tobytes()).digest(), name)
        if first != name:
            copies.append(f"{name}, as {first}")
            continue
        images.append(pixels)
        labels.append(label)
        sizes.append(size)
        files.append(name)
    _check_counts(labelled, labels, unreadable)
    remarks = (
        *labelled.remarks,
        Remark(sentence="Could not be read: left out.", names=tuple(unreadable)),
        Remark(sentence="The same picture as another: left out.", names=tuple(copies)),
    )
    report = Report(
        table=_table(labels, sizes), remarks=tuple(remark for remark in remarks if remark.names)
    )
    numbers = {name: number for number, name in enumerate(labelled.class_names)}
    return {
        "images": np.stack(images),
        "targets": np.array([numbers[label] for label in labels], np.int32),
        "class_names": np.array(labelled.class_names),
        "files": np.array(files),
        "report": np.array(report.model_dump_json()),
    }


def _check_size(count: int, side: int) -> None:
    """Refuse what would not fit into memory, before anything is decoded."""
    if count * side * side * 3 > _MOST_BYTES:
        raise UserError(
            f"Expected at most {_MOST_BYTES // (side * side * 3):,} pictures of {side}×{side} "
            "pixels",
            received=f"{count:,}",
            fix="Choose a smaller height and width, or fewer pictures",
        )


def _check_counts(labelled: Labelled, labels: list[str], unreadable: list[str]) -> None:
    """Every class needs some pictures to learn from, some to validate and some to test."""
    counts = Counter(labels)
    if not counts:
        raise UserError(
            "Expected pictures (JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF)",
            received=f"{len(unreadable):,} files that are none, such as {unreadable[0]}",
        )
    least = min(labelled.class_names, key=lambda name: counts[name])
    if counts[least] < _FEWEST_OF_A_CLASS:
        raise UserError(
            f"Expected at least {_FEWEST_OF_A_CLASS} different pictures of every class",
            received=f"{counts[least]} of “{least}”",
            fix="Add some, or take that class out",
        )


def _table(labels: list[str], sizes: list[tuple[int, int]]) -> tuple[dict[str, str | int], ...]:
    """A row a class: how many pictures, and how large they came."""
    rows = []
    for name, count in sorted(Counter(labels).items()):
        own = sorted(
            (size for size, label in zip(sizes, labels, strict=True) if label == name),
            key=lambda size: size[0] * size[1],
        )
        smallest, largest = (f"{width}×{height}" for width, height in (own[0], own[-1]))
        row: dict[str, str | int] = {
            "Class": name, "Pictures": count, "Smallest": smallest, "Largest": largest,
        }  # fmt: skip
        rows.append(row)
    return tuple(rows)
