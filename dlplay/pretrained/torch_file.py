"""Reads the arrays of a legacy ``torch.save`` file, without torch.

Such a file is a series of pickles and then the raw numbers. A pickle may name any function and
have it called; the reader here knows the four names a state dict needs and refuses all others.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]

_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


class _Storage:
    """A run of numbers; their bytes come after the pickles."""

    def __init__(self, dtype: np.dtype[np.generic], size: int) -> None:
        self.size = size
        self.array: Array = np.empty(0, dtype)

    def read(self, file: IO[bytes]) -> None:
        """Take the numbers from the file."""
        if int.from_bytes(file.read(8), "little") != self.size:
            raise pickle.UnpicklingError("storage sizes disagree")
        dtype = self.array.dtype
        content = file.read(self.size * dtype.itemsize)
        if len(content) != self.size * dtype.itemsize:
            raise pickle.UnpicklingError("the file ends too early")
        self.array = np.frombuffer(content, dtype)


class _Tensor:
    """A view of a storage, which becomes an array once the storages are read."""

    def __init__(
        self, storage: _Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...],
        *_gradient: object,
    ) -> None:  # fmt: skip
        self.storage, self.offset, self.shape, self.stride = storage, offset, shape, stride

    def to_array(self) -> Array:
        """A copy of what the view shows."""
        steps = zip(self.shape, self.stride, strict=True)
        last = self.offset + sum((count - 1) * step for count, step in steps)
        if min(self.offset, *self.stride, 0) < 0 or last >= self.storage.size:
            raise pickle.UnpicklingError("a tensor reaches outside its storage")
        numbers = self.storage.array[self.offset :]
        strides = [step * numbers.itemsize for step in self.stride]
        return np.lib.stride_tricks.as_strided(numbers, self.shape, strides).copy()


class _Unpickler(pickle.Unpickler):
    """Knows an ordered dict, a tensor and two kinds of storage."""

    _known: ClassVar[dict[tuple[str, str], Any]] = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
        ("torch", "FloatStorage"): np.dtype("<f4"),
        ("torch", "LongStorage"): np.dtype("<i8"),
    }

    def __init__(self, file: IO[bytes], storages: dict[str, _Storage]) -> None:
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        """What a pickle may name."""
        if (module, name) not in self._known:
            raise pickle.UnpicklingError(f"not allowed in a file of weights: {module}.{name}")
        return self._known[module, name]

    def persistent_load(self, identity: Any) -> _Storage:
        """The storage a tensor refers to."""
        kind, dtype, key, _device, size, view = identity
        if kind != "storage" or view is not None or not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError("an unexpected kind of reference")
        return self._storages.setdefault(key, _Storage(dtype, size))


def read_state_dict(path: Path) -> Mapping[str, Array]:
    """The arrays of a state dict, by name.

    Raises:
        pickle.UnpicklingError: the file is not one, or holds more than arrays.
    """
    storages: dict[str, _Storage] = {}
    with path.open("rb") as file:
        magic, protocol, system, state, keys = (
            _Unpickler(file, storages).load() for _ in range(5)
        )
        if (magic, protocol) != (_MAGIC, _PROTOCOL) or not system["little_endian"]:
            raise pickle.UnpicklingError("not a legacy torch file of a little-endian machine")
        for key in keys:
            storages[key].read(file)
    return {name: tensor.to_array() for name, tensor in state.items()}
