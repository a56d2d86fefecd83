"""What the student's code returned, as plain numbers, without running any of the student's code.

The worker loads this file by its path, so it imports only the standard library and numpy. A value travels as
``[type, dtype, shape, code, note]`` and a buffer; ``code`` is the dtype of the buffer, "" when there are no numbers.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

Described = tuple[str, str, Sequence[int], str, str]
Encoded = tuple[Described, bytes]

_name_of = type.__dict__["__name__"].__get__
_array = np.ndarray
_view = np.ndarray.view
_new_array = np.array
_pack = struct.pack
_product = math.prod
_not_word = re.compile(r"[^A-Za-z0-9_]").sub

# By dtype.char: the name that is reported and the code that is sent; extended precision is sent as double.
_CODES = {char: (np.dtype(char).name, np.dtype(char).newbyteorder("<").str) for char in "?bhilqBHILQefdFD"}
_CODES |= {"g": ("longdouble", "<f8"), "G": ("clongdouble", "<c16")}
_NO_NUMBERS = {"O": "object array", "V": "structured array", "U": "array of strings", "S": "array of strings"}
_SCALARS = frozenset(np.dtype(char).type for char in _CODES)


def type_name(kind: type) -> str:
    """Name of a type in letters, digits and underscores, at most 60 of them."""
    return _not_word("_", _name_of(kind))[:60] or "_"


def encode(value: Any, limit: int) -> Encoded:
    """One value; arrays larger than ``limit`` bytes are described, not copied."""
    kind = type(value)
    if kind is _array:
        return _encode_array("ndarray", value, limit)
    if issubclass(kind, _array):
        return _encode_array(type_name(kind), _view(value, _array), limit)
    if kind is float:
        return ("float", "", (), "<f8", ""), _pack("<d", value)
    if kind is bool:
        return ("bool", "", (), "|b1", ""), _pack("?", value)
    if kind is int:
        if -(1 << 63) <= value < 1 << 63:
            return ("int", "", (), "<i8", ""), _pack("<q", value)
        return ("int", "", (), "", "integer of more than 64 bits"), b""
    if kind is complex:
        return ("complex", "", (), "<c16", ""), _pack("<dd", value.real, value.imag)
    if kind in _SCALARS:
        (_, _, _, code, note), raw = _encode_array("", _new_array(value), limit)
        return (type_name(kind), "", (), code, note), raw
    return (type_name(kind), "", (), "", ""), b""


def _encode_array(kind: str, array: Any, limit: int) -> Encoded:
    dtype = array.dtype
    known = _CODES.get(dtype.char)
    if known is None:
        note = _NO_NUMBERS.get(dtype.kind, "array without numbers")
        return (kind, _not_word("_", str(dtype.name))[:60], array.shape, "", note), b""
    name, code = known
    if _product(array.shape) * dtype.itemsize > limit:
        return (kind, name, array.shape, "", f"larger than {size_text(limit)}"), b""
    if dtype.str != code:
        array = array.astype(code)
    return (kind, name, array.shape, code, ""), array.tobytes()


def split(names: Any, value: Any) -> tuple[list[str], list[Any], str]:
    """The names and values of one step of a driver; or no values, and a note on what is wrong with their number."""
    if type(names) is str:
        return [names], [value], ""
    kind = type(value)
    if not issubclass(kind, (tuple, list)):
        return list(names), [], f"one value instead of {len(names)}"
    # The methods of the base type, since a subclass may lie about its length and items.
    base: Any = tuple if issubclass(kind, tuple) else list
    if (length := base.__len__(value)) != len(names):
        return list(names), [], f"{length} value{'' if length == 1 else 's'} instead of {len(names)}"
    return list(names), list(base.__getitem__(value, slice(None))), ""


def only_described(value: Any, note: str) -> Encoded:
    """A value that is of no use: its type and a note."""
    return (type_name(type(value)), "", (), "", note), b""


def size_text(size: int) -> str:
    """``16 MiB``, ``2 GiB``: a size in bytes in the largest unit that keeps it above 1."""
    for unit, step in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= step:
            return f"{size / step:.3g} {unit}"
    return f"{size} bytes"
