"""The "Python version" of CIFAR-10: pickled dicts of rows, read without trust and written as Python 2 wrote them."""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from checker.datasets.prepared import Split, Which
from checker.errors import RequestError

FOLDER = "cifar-10-batches-py"
META = "batches.meta"
_TRAINING = tuple(f"data_batch_{number}" for number in range(1, 6))
_TEST = ("test_batch",)
_IMAGE = (3, 32, 32)


def names(which: Which) -> tuple[str, ...]:
    """The files of one half."""
    return _TRAINING if which == "train" else _TEST


def read(which: Which, content: Callable[[str], bytes]) -> Split:
    """One half of a set; ``content`` gives the bytes of a file by name."""
    parts = [_load(content(name), name) for name in names(which)]
    images = np.concatenate([np.asarray(part[b"data"], np.uint8).reshape(-1, *_IMAGE) for part in parts])
    return Split(images, np.concatenate([np.asarray(part[b"labels"], np.int64) for part in parts]))


def read_classes(content: bytes) -> tuple[str, ...]:
    """The names of the classes in a ``batches.meta``."""
    return tuple(name.decode() for name in _load(content, META)[b"label_names"])


class _Unpickler(pickle.Unpickler):
    """Builds arrays and containers, and calls nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "_reconstruct" and module in ("numpy.core.multiarray", "numpy._core.multiarray"):
            return lambda kind, shape, code: np.ndarray.__new__(kind, shape, code)
        if module == "numpy" and name == "ndarray":
            return np.ndarray
        if module == "numpy" and name == "dtype":
            # The published files pass 0 and 1 for align and copy, which newer NumPy releases warn of.
            return lambda code, *_: np.dtype(code)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a batch")


def _load(content: bytes, name: str) -> dict[bytes, Any]:
    try:
        loaded = _Unpickler(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:
        raise RequestError(f"{name} is not a batch of CIFAR-10 ({error})") from error
    if not isinstance(loaded, dict):
        raise RequestError(f"{name} is not a batch of CIFAR-10")
    return loaded


def encode(split: Split, label: str, classes: Sequence[str]) -> bytes:
    """One batch file: ``data`` (n, 3072) uint8, ``labels``, ``filenames`` and ``batch_label``."""
    rows = np.ascontiguousarray(split.images, dtype=np.uint8).reshape(len(split), -1)
    labels = b"".join(b"K" + bytes([value]) for value in split.labels.tolist())
    filenames = b"".join(
        _string(f"{classes[value]}_s_{number:06}.png".encode()) for number, value in enumerate(split.labels.tolist())
    )
    return _dictionary(
        batch_label=_string(label.encode()),
        labels=b"](" + labels + b"e",
        data=_array(rows.shape, rows.tobytes()),
        filenames=b"](" + filenames + b"e",
    )


def encode_meta(classes: Sequence[str], per_batch: int) -> bytes:
    """The file ``batches.meta``."""
    return _dictionary(
        num_cases_per_batch=_integer(per_batch),
        label_names=b"](" + b"".join(_string(name.encode()) for name in classes) + b"e",
        num_vis=_integer(int(np.prod(_IMAGE))),
    )


# Written opcode by opcode: students read these files with encoding="bytes" or "latin1", and only the strings of
# Python 2, which Python 3 no longer writes, come out right in both.


def _dictionary(**entries: bytes) -> bytes:
    return b"\x80\x02}(" + b"".join(_string(key.encode()) + value for key, value in entries.items()) + b"u."


def _string(text: bytes) -> bytes:
    return b"U" + bytes([len(text)]) + text if len(text) < 256 else b"T" + struct.pack("<i", len(text)) + text


def _integer(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def _array(shape: tuple[int, ...], content: bytes) -> bytes:
    kind = b"cnumpy\ndtype\n" + _string(b"u1") + b"\x89\x88\x87R"
    sizes = b"(" + b"".join(map(_integer, shape)) + b"t"
    return b"cnumpy\nndarray\nK\x00\x85\x85R(K\x01" + sizes + kind + b"\x89" + _string(content) + b"tb"
