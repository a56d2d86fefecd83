"""Frames between the grader and the student's process: two lengths, a JSON header, raw little-endian buffers.

The worker loads this file by its path, so it imports only the standard library.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable
from typing import Any

# Bound here once: the student's code may replace attributes of these modules later.
_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder().decode
_read, _write = os.read, os.write

PREFIX = struct.Struct("<IQ")


def frame(header: Any, buffers: Iterable[bytes] = ()) -> bytes:
    """One frame: length of the header (4 bytes) and of all buffers (8 bytes), the header, the buffers."""
    text = _encode(header).encode()
    body = b"".join(buffers)
    return b"".join((PREFIX.pack(len(text), len(body)), text, body))


def send(descriptor: int, data: bytes) -> None:
    """Write everything, waiting for the reader; OSError when the other side is gone."""
    done = _write(descriptor, data)
    while done < len(data):
        done += _write(descriptor, memoryview(data)[done:])


def receive(descriptor: int) -> tuple[Any, bytes]:
    """Wait for one frame: its decoded header and its buffers; EOFError when the other side has closed."""
    header, body = PREFIX.unpack(_exactly(descriptor, PREFIX.size))
    return _decode(_exactly(descriptor, header).decode()), _exactly(descriptor, body)


def _exactly(descriptor: int, size: int) -> bytes:
    chunks = []
    while size:
        chunk = _read(descriptor, min(size, 1 << 20))
        if not chunk:
            raise EOFError
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)
