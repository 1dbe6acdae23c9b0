"""Files of weights are data: whatever else they hold is refused."""

from __future__ import annotations

import os
import pickle
import struct
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dlplay.pretrained.torch_file import read_state_dict

MAGIC, PROTOCOL, SYSTEM = 0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}


class _Global:
    """Pickles as a call of the named function."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.call


def write(path: Path, *pickles: object, raw: bytes = b"") -> Path:
    path.write_bytes(b"".join(pickle.dumps(p, protocol=2) for p in pickles) + raw)
    return path


def torch_bytes(values: NDArray[np.float32], offset: int, shape: tuple[int, ...]) -> bytes:
    """The state dict ``{"w": …}`` in torch's own layout, written opcode by opcode."""
    stride = tuple(int(np.prod(shape[i + 1 :])) for i in range(len(shape)))

    def numbers(items: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(b"J" + struct.pack("<i", item) for item in items) + b"t"

    def text(value: str) -> bytes:
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    storage = (
        b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu")
        + b"J" + struct.pack("<i", values.size) + b"Nt" + b"Q"
    )  # fmt: skip
    tensor = (
        b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"J" + struct.pack("<i", offset)
        + numbers(shape) + numbers(stride) + b"\x89ccollections\nOrderedDict\n)R" + b"tR"
    )  # fmt: skip
    state = b"\x80\x02ccollections\nOrderedDict\n)R" + text("w") + tensor + b"s."
    heads = b"".join(pickle.dumps(p, protocol=2) for p in (MAGIC, PROTOCOL, SYSTEM))
    count = struct.pack("<q", values.size)
    return heads + state + pickle.dumps(["0"], protocol=2) + count + values.tobytes()


def test_arrays_are_read_with_offset_and_shape(tmp_path: Path) -> None:
    values = np.arange(12, dtype="<f4")
    path = tmp_path / "weights.pth"
    path.write_bytes(torch_bytes(values, 4, (2, 3)))
    assert read_state_dict(path)["w"].tolist() == [[4, 5, 6], [7, 8, 9]]


@pytest.mark.parametrize(("offset", "shape"), [(0, (3, 5)), (11, (2,)), (-1, (2,))])
def test_a_tensor_may_not_reach_outside_its_storage(
    tmp_path: Path, offset: int, shape: tuple[int, ...]
) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(torch_bytes(np.arange(12, dtype="<f4"), offset, shape))
    with pytest.raises(pickle.UnpicklingError, match="outside"):
        read_state_dict(path)


def test_a_file_that_ends_too_early(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(torch_bytes(np.arange(12, dtype="<f4"), 0, (12,))[:-5])
    with pytest.raises(pickle.UnpicklingError, match="too early"):
        read_state_dict(path)


@pytest.mark.parametrize("function", [os.system, eval, getattr, open])
def test_functions_are_refused_before_they_are_called(tmp_path: Path, function: object) -> None:
    trace = tmp_path / "called"
    call = _Global(function, f"open({str(trace)!r}, 'w')")
    path = write(tmp_path / "bad.pth", MAGIC, PROTOCOL, SYSTEM, call, [])
    with pytest.raises(pickle.UnpicklingError, match="not allowed"):
        read_state_dict(path)
    assert not trace.exists()


@pytest.mark.parametrize("magic", [0, MAGIC])
def test_other_pickles_are_refused(tmp_path: Path, magic: int) -> None:
    path = write(tmp_path / "bad.pth", magic, 0, SYSTEM, OrderedDict(), [])
    with pytest.raises(pickle.UnpicklingError, match="not a legacy torch file"):
        read_state_dict(path)
