"""The arrays that the student's code is given, and what it does to them.

The worker loads this file by its path, so it imports only the standard library and numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_array = np.ndarray
_view = np.ndarray.view
_bytes_of = np.ndarray.tobytes
_share = np.may_share_memory
_from_buffer = np.frombuffer
_dtype = np.dtype


class Arguments:
    """Fresh copies of one case's arrays; ``described`` gives name, dtype and shape of each, in order."""

    def __init__(self, described: Sequence[tuple[str, str, Sequence[int]]], body: memoryview) -> None:
        self.arrays: dict[str, Any] = {}
        self._untouched: dict[str, tuple[Any, bytes]] = {}
        start = 0
        for name, dtype, shape in described:
            kind = _dtype(dtype)
            count = 1
            for length in shape:
                count *= length
            raw = body[start : start + count * kind.itemsize].tobytes()
            start += len(raw)
            self.arrays[name] = _from_buffer(raw, kind).reshape(shape).copy()
            self._untouched[name] = tuple(shape), raw

    def changed(self) -> list[str]:
        """Names of the arrays that are not as they were given, each of them once."""
        names = [
            name
            for name, (shape, raw) in self._untouched.items()
            if self.arrays[name].shape != shape or _bytes_of(self.arrays[name]) != raw
        ]
        for name in names:
            del self._untouched[name]
        return names

    def shared_with(self, value: Any) -> str | None:
        """Name of the first array whose memory a returned array lies in."""
        if not issubclass(type(value), _array):
            return None
        plain = _view(value, _array)
        return next((name for name, array in self.arrays.items() if _share(plain, array)), None)
