"""A zip of one's own pictures: classes, report, and every zip that cannot be used."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlplay import uploads
from dlplay.datasets import Report, Samples, image_folder, split
from dlplay.datasets.image_folder import ImageFolder
from dlplay.errors import UserError
from dlplay.photo import decode
from tests.datasets.test_archive import zipped
from tests.test_photo import png_header


def picture(number: int, size: tuple[int, int] = (48, 32), kind: str = "PNG") -> bytes:
    """A picture unlike every other: coloured noise, coarse enough to survive JPEG."""
    noise = np.random.default_rng(number).integers(0, 256, (4, 4, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize(size, Image.Resampling.NEAREST).save(file, kind)
    return file.getvalue()


def folders(**counts: int) -> dict[str, bytes]:
    """Files of a zip: so many pictures in every folder."""
    names = [f"{folder}/{n}.png" for folder, count in counts.items() for n in range(count)]
    return {name: picture(number) for number, name in enumerate(names)}


def dataset(files: Mapping[str, bytes] | bytes, side: int = 32) -> ImageFolder:
    """The zip, uploaded."""
    content = files if isinstance(files, bytes) else zipped(files)
    return ImageFolder.model_validate({"file": uploads.keep(content), "side": side})


def loaded(files: Mapping[str, bytes]) -> tuple[Samples, Report]:
    """Samples, and the report on them."""
    return dataset(files).load(), dataset(files).report()


class TestGoodFiles:
    """Every way people zip pictures."""

    def test_folders_become_classes_and_pictures_squares(self) -> None:
        files = folders(dog=6, cat=5)
        samples, report = loaded(files)
        assert samples.class_names == ("cat", "dog")
        assert samples.inputs.shape == (11, 32, 32, 3) and samples.inputs.dtype == np.uint8
        assert np.bincount(samples.targets).tolist() == [5, 6]
        assert report.remarks == ()
        assert [(row["Class"], row["Pictures"]) for row in report.table] == [
            ("cat", 5),
            ("dog", 6),
        ]

    def test_a_sample_is_its_whole_picture_squeezed_as_classify_does(self) -> None:
        files = folders(dog=5, cat=5)
        samples, _ = loaded(files)
        expected = decode(files["cat/0.png"]).resize((32, 32), Image.Resampling.BICUBIC)
        np.testing.assert_array_equal(samples.inputs[0], np.asarray(expected))

    def test_the_folder_a_picture_is_in_counts_not_those_around_it(self) -> None:
        files = {f"photos/{'train' if n % 2 else 'test'}/{k}": v
                 for n, (k, v) in enumerate(folders(a=6, b=6).items())}  # fmt: skip
        assert loaded(files)[0].class_names == ("a", "b")

    def test_names_may_be_chinese(self) -> None:
        assert loaded(folders(猫=5, 狗=5))[0].class_names == ("狗", "猫")

    @pytest.mark.parametrize("side", [64, 224])
    def test_the_side_can_be_chosen(self, side: int) -> None:
        assert dataset(folders(a=5, b=5), side).facts().input_shape == (side, side, 3)

    def test_formats_and_sizes_may_be_mixed_and_are_reported(self) -> None:
        kinds = ["PNG", "JPEG", "WEBP", "GIF", "BMP"]
        files = {
            f"{folder}/{kind}": picture(10 * n + m, (20 + n, 30 + m), kind)
            for n, kind in enumerate(kinds)
            for m, folder in enumerate(("a", "b"))
        }
        first, second = loaded(files)[1].table
        assert (first["Smallest"], first["Largest"]) == ("20×30", "24×30")
        assert (second["Smallest"], second["Largest"]) == ("20×31", "24×31")

    def test_it_can_be_split_and_the_seed_decides(self) -> None:
        parts = split(dataset(folders(a=10, b=10)), seed=3)
        assert [len(p) for p in (parts.train, parts.validation, parts.test)] == [12, 4, 4]

    def test_what_was_read_is_kept_and_read_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = dataset(folders(a=5, b=5))
        images = first.load().inputs
        monkeypatch.setattr(image_folder, "_decode", None)
        np.testing.assert_array_equal(first.load().inputs, images)


class TestLabels:
    """A CSV in place of folders."""

    def files(self, table: str, name: str = "labels.csv") -> dict[str, bytes]:
        pictures = {f"pictures/{n}.png": picture(n) for n in range(12)}
        return {name: table.encode(), **pictures}

    @pytest.mark.parametrize("header", ["", "file,label\n"])
    @pytest.mark.parametrize("written", ["pictures/{}.png", "{}.png", "./pictures/{}.png"])
    def test_file_names_and_labels(self, header: str, written: str) -> None:
        rows = "".join(f"{written.format(n)},{'odd' if n % 2 else 'even'}\n" for n in range(12))
        samples, report = loaded(self.files(header + rows))
        assert samples.class_names == ("even", "odd")
        assert np.bincount(samples.targets).tolist() == [6, 6]
        assert report.remarks == ()

    def test_names_count_from_the_folder_of_the_csv(self) -> None:
        rows = "".join(f"{n}.png;{n % 2}\n" for n in range(12))
        samples, _ = loaded(self.files(rows, "pictures/which.csv"))
        assert samples.class_names == ("0", "1")

    def test_files_that_are_not_there_and_files_without_a_label_are_named(self) -> None:
        rows = "file,label\n" + "".join(f"{n}.png,{n % 2}\n" for n in range(11))
        _, report = loaded(self.files(rows + "99.png,1\n0.png\n"))
        said = {remark.sentence: remark.names for remark in report.remarks}
        assert said == {
            "Named in labels.csv and not in the zip: left out.": (
                "99.png", "0.png, which has no label",
            ),
            "In the zip and not named in labels.csv: left out.": ("pictures/11.png",),
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("table", "said"),
        [
            ("file,label\n99.png,a\n98.png,b\n", "“99.png”, which is not there"),
            ("", "no rows"),
            ("file,label\n", "no rows"),
            ("".join(f"{n}.png,same\n" for n in range(12)), "only “same”"),
            ("\ufeff".encode("utf-16").decode("latin-1"), "names of files of the zip"),
        ],
    )
    def test_a_csv_that_cannot_be_used(self, table: str, said: str) -> None:
        with pytest.raises(UserError, match=said):
            loaded(self.files(table))

    def test_a_csv_that_is_not_utf_8(self) -> None:
        files = self.files("") | {"labels.csv": "größe".encode("latin-1")}
        with pytest.raises(UserError, match="UTF-8"):
            loaded(files)

    def test_two_tables(self) -> None:
        with pytest.raises(
            UserError, match=r"one CSV of labels, or none\. Received: a\.csv, b\.csv"
        ):
            loaded({"a.csv": b"", "b.csv": b"", **folders(a=5, b=5)})


class TestReport:
    """What was left out, by name."""

    def test_files_that_are_no_pictures_are_named_with_the_reason(self) -> None:
        bad = {
            "a/notes.txt": b"hello", "a/empty.png": b"", "b/cut.png": picture(77)[:60],
            "b/photo.heic": b"\0\0\0\x18ftypheic" + bytes(9),
        }  # fmt: skip
        samples, report = loaded(folders(a=5, b=5) | bad)
        assert len(samples.inputs) == 10
        (remark,) = report.remarks
        assert remark.sentence == "Could not be read: left out."
        assert [name.partition(":")[0] for name in remark.names] == sorted(bad)
        assert "an empty file" in remark.names[0] and "HEIC" in remark.names[3]

    def test_the_same_picture_twice_counts_once_whatever_its_name_format_or_class(self) -> None:
        files = folders(a=6, b=6)
        again = io.BytesIO()
        Image.open(io.BytesIO(files["a/0.png"])).save(again, "BMP")
        copies = {"a/copy.bmp": again.getvalue(), "b/wrong.png": files["a/1.png"]}
        samples, report = loaded(files | copies)
        assert np.bincount(samples.targets).tolist() == [6, 6]
        (remark,) = report.remarks
        assert remark.names == ("a/copy.bmp, as a/0.png", "b/wrong.png, as a/1.png")

    def test_files_in_no_folder_are_named(self) -> None:
        _, report = loaded(folders(a=5, b=5) | {"lonely.png": picture(99)})
        (remark,) = report.remarks
        assert remark.names == ("lonely.png",)


BAD: dict[str, tuple[Mapping[str, bytes] | bytes, str]] = {
    "empty": (b"", "Expected a zip. Received: an empty file"),
    "not a zip": (b"a,b\n1,2\n", "Expected a zip"),
    "no files": ({}, "at least two classes.*Received: none"),
    "one class": (folders(cat=9), "at least two classes.*Received: only “cat”"),
    "no folders": ({f"{n}.png": picture(n) for n in range(9)}, "Received: none"),
    "no pictures": (
        {f"{k}/{n}.txt": b"text" for k in "ab" for n in range(9)},
        "18 files that are none, such as a/0.txt",
    ),
    "too few": (folders(cat=9, dog=4), "at least 5 different pictures.*Received: 4 of “dog”"),
    "one class is no pictures": (folders(cat=9) | {"dog/x.txt": b""}, "Received: 0 of “dog”"),
    "copies only": (
        {f"{k}/{n}.png": picture(ord(k)) for k in "ab" for n in range(9)}, "Received: 1 of “a”",
    ),
    "many classes": ({f"{n}/x.png": b"" for n in range(201)}, "at most 200 classes"),
    "a name outside": (folders(a=5, b=5) | {"../x.png": b""}, "inside the zip"),
    "an absolute name": (folders(a=5, b=5) | {"/etc/x.png": b""}, "inside the zip"),
    "a nested zip": (folders(a=5, b=5) | {"a/x.zip": b""}, "no archive inside"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_zip_that_cannot_be_used_is_one_sentence(case: str, home: Path) -> None:
    files, said = BAD[case]
    with pytest.raises(UserError, match=said) as caught:
        dataset(files).load()
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400
    files_written = [path for path in home.rglob("*") if path.is_file()]
    assert [path.parent.name for path in files_written] == ["uploads"]


def test_more_pictures_than_fit_into_memory_are_refused_before_any_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(image_folder, "_MOST_BYTES", 32 * 32 * 3 * 9)
    with pytest.raises(UserError, match=r"at most 9 pictures of 32×32 pixels\. Received: 10"):
        dataset(folders(a=5, b=5)).load()


def test_a_picture_bomb_is_left_out() -> None:
    _, report = loaded(folders(a=5, b=5) | {"a/bomb.png": png_header(30_000, 30_000)})
    assert "million pixels" in report.remarks[0].names[0]


def test_before_a_file_is_uploaded_it_asks_for_one() -> None:
    with pytest.raises(UserError, match=r"Expected an uploaded file\. Received: none yet"):
        ImageFolder().load()


def test_a_side_that_is_not_offered() -> None:
    with pytest.raises(ValueError, match="32, 64"):
        ImageFolder.model_validate({"side": 5_000})
