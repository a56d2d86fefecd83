"""The idx format of the MNIST family: magic number, sizes, then the bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checker.datasets.prepared import Split, Which
from checker.errors import RequestError

_UINT8 = 0x08
_STEMS = {"train": "train", "test": "t10k"}


def names(which: Which) -> tuple[str, str]:
    """The files that hold the images and the labels."""
    stem = _STEMS[which]
    return f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte"


def read(which: Which, content: Callable[[str], bytes]) -> Split:
    """One half of a set; ``content`` gives the bytes of a file by name."""
    images, labels = (decode(content(name), name) for name in names(which))
    return Split(images, labels.astype(np.int64))


def decode(content: bytes, name: str) -> NDArray[np.uint8]:
    """The array in an idx file of bytes."""
    if len(content) < 4 or content[:3] != bytes([0, 0, _UINT8]):
        raise RequestError(f"{name} is not an idx file of bytes")
    axes = content[3]
    shape = struct.unpack_from(f">{axes}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def encode(array: NDArray[Any]) -> bytes:
    """The idx file of an array of whole numbers from 0 to 255."""
    header = bytes([0, 0, _UINT8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + np.ascontiguousarray(array, dtype=np.uint8).tobytes()
