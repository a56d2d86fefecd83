"""One entry of an archive, whatever the format."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

CHUNK = 1 << 16

Kind = Literal["file", "folder", "link", "special", "encrypted", "unusual"]


@dataclass(frozen=True)
class Entry:
    """``chunks`` are the bytes of a file, to be taken before the next entry is asked for; nothing else has any."""

    name: str
    kind: Kind
    chunks: Generator[bytes, None, None]
