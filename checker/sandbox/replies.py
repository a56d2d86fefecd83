"""Reads the student process's replies, which may be forged, into typed values; trusts no length, name or dtype."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np

from checker.operator import Array
from checker.sandbox.answer import Fault, FaultKind, Value
from checker.sandbox.wire import PREFIX

HEADER_LIMIT = 1 << 20
_STEP_OUTPUTS = 256
_TOTAL_REPLIES = 16

# Dtypes that may arrive, with the name that the reply has to give; extended precision arrives as double.
_DTYPES = {
    code: {np.dtype(code).name}
    for code in (
        "|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16",
    )
}  # fmt: skip
_DTYPES["<f8"].add("longdouble")
_DTYPES["<c16"].add("clongdouble")

Word = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_]{0,60}\Z")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=1100)]
Length = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]


class MalformedError(Exception):
    """A reply that no honest worker sends."""


class Described(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Header of one value."""

    type: Word
    dtype: Word
    shape: Annotated[list[Length], msgspec.Meta(max_length=64)]
    code: str
    note: Annotated[str, msgspec.Meta(max_length=100)]


class DescribedFault(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A fault as the worker describes it; only the grader itself sees time limits and deaths."""

    kind: FaultKind
    message: Text
    type: Word
    where: Annotated[str, msgspec.Meta(max_length=700)]
    module: Annotated[str, msgspec.Meta(max_length=100)]

    def fault(self, importing: bool) -> Fault:
        """The fault for the grader."""
        if self.kind not in ("raised", "memory"):
            raise MalformedError
        return Fault(self.kind, self.message, self.type, self.where, importing, self.module)


class Ready(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="ready"):
    """The worker has fenced itself in; the driver has these functions."""

    calls: list[str]


class Imported(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="imported"):
    """One module of the request is imported, or not."""

    fault: DescribedFault | None


class Outputs(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="outputs"):
    """One step of a driver."""

    names: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=_STEP_OUTPUTS)]
    described: Annotated[list[Described], msgspec.Meta(max_length=_STEP_OUTPUTS)]
    changed: Annotated[list[Name], msgspec.Meta(max_length=_STEP_OUTPUTS)]
    aliases: dict[Name, Name]


class End(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="end"):
    """A case has ended: by itself, by a fault, or because no more steps were asked for."""

    fault: DescribedFault | None
    cut: bool


@dataclass(frozen=True)
class Step:
    """One step of a driver with its values."""

    names: list[str]
    values: list[Value]
    changed: list[str]
    aliases: dict[str, str]


Reply = Ready | Imported | Step | End
_decoder = msgspec.json.Decoder(Ready | Imported | Outputs | End, strict=True)


class Replies:
    """The bytes of one process's replies, taken apart into frames.

    One array may have ``limit`` bytes; all replies between two calls of ``restart`` may have 16 times as many.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._left = 0
        self.restart()

    def restart(self) -> None:
        """A new request begins."""
        self._left = max(self._limit * _TOTAL_REPLIES, 16 * HEADER_LIMIT)

    @property
    def empty(self) -> bool:
        """Whether every byte that arrived has been taken."""
        return not self._buffer

    def feed(self, data: bytes) -> None:
        """Bytes as they arrive."""
        self._buffer += data

    def take(self) -> Reply | None:
        """The next reply, None when it has not arrived as a whole; MalformedError when it cannot be one."""
        if len(self._buffer) < PREFIX.size:
            return None
        header_size, body_size = PREFIX.unpack_from(self._buffer)
        size = PREFIX.size + header_size + body_size
        if header_size > HEADER_LIMIT or size > self._left:
            raise MalformedError
        if len(self._buffer) < size:
            return None
        self._left -= size
        start = PREFIX.size + header_size
        header, body = bytes(self._buffer[PREFIX.size : start]), bytes(self._buffer[start:size])
        del self._buffer[:size]
        return decode(header, body, self._limit)


def decode(header: bytes, body: bytes, limit: int) -> Reply:
    """One reply from its header and buffers; MalformedError when they do not fit together."""
    reply: Ready | Imported | Outputs | End
    try:
        reply = _decoder.decode(header)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise MalformedError from None
    if not isinstance(reply, Outputs):
        if body:
            raise MalformedError
        return reply
    names = reply.names
    if len(names) != len(reply.described) or len(set(names)) != len(names):
        raise MalformedError
    values = []
    offset = 0
    for described in reply.described:
        value, offset = _value(described, body, offset, limit)
        values.append(value)
    if offset != len(body):
        raise MalformedError
    return Step(names, values, reply.changed, reply.aliases)


def _value(described: Described, body: bytes, offset: int, limit: int) -> tuple[Value, int]:
    shape = tuple(described.shape)
    code = described.code
    if not code:
        if shape and not described.dtype:
            raise MalformedError
        return Value(described.type, None, described.dtype, shape, described.note), offset
    names = _DTYPES.get(code)
    if names is None or described.note or (described.dtype not in names if described.dtype else shape):
        raise MalformedError
    dtype = np.dtype(code)
    count = math.prod(shape)
    end = offset + count * dtype.itemsize
    if end - offset > limit or end > len(body):
        raise MalformedError
    try:
        array: Array = np.frombuffer(body[offset:end], dtype).reshape(shape)
    except ValueError:  # an empty array whose other lengths are beyond numpy
        raise MalformedError from None
    if code == "|b1":
        array = array.view(np.uint8) != 0  # a forged byte is neither 0 nor 1
    # Double holds every single exactly.
    array = array.astype(np.float64) if code == "<f4" else array.copy()
    return Value(described.type, array, described.dtype, shape), end
