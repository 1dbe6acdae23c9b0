"""Files that are whole or not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dlplay.files import load_arrays, replacing, save_arrays


def test_a_file_appears_at_the_end_of_the_block_and_replaces_what_was_there(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new" / "file.txt"
    for content in ("first", "second"):
        with replacing(path) as partial:
            partial.write_text(content)
            assert not path.exists() or path.read_text() == "first"
            assert partial.suffix == ".txt"
        assert path.read_text() == content
    assert list(path.parent.iterdir()) == [path]


def test_of_a_block_that_breaks_off_nothing_stays(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("before")
    with pytest.raises(ValueError, match="half"), replacing(path) as partial:
        partial.write_text("hal")
        raise ValueError("half")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("options", [{}, {"compress": True}, {"sync": True}])
def test_arrays_come_back_as_they_were(options: dict[str, bool], tmp_path: Path) -> None:
    arrays = {"numbers": np.arange(6.0).reshape(2, 3), "words": np.array(["a", "bc"])}
    save_arrays(tmp_path / "kept.npz", arrays, **options)
    loaded = load_arrays(tmp_path / "kept.npz")
    assert loaded is not None
    assert list(loaded) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(loaded[name], array)


def test_what_is_missing_damaged_or_holds_objects_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "kept.npz"
    assert load_arrays(path) is None
    save_arrays(path, {"numbers": np.arange(1_000)})
    path.write_bytes(path.read_bytes()[:500])
    assert load_arrays(path) is None
    path.write_bytes(b"")
    assert load_arrays(path) is None
    np.savez(path, objects=np.array([{}], object))
    assert load_arrays(path) is None


def test_objects_are_not_written_either(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"[Oo]bject"):
        save_arrays(tmp_path / "kept.npz", {"objects": np.array([{}], object)})
    assert list(tmp_path.iterdir()) == []
