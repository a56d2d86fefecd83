"""The seed of a hidden exam, which only the course knows."""

from __future__ import annotations

import hashlib
from pathlib import Path

from checker.errors import RequestError

LARGEST = 1 << 20


def secret_seed(path: Path) -> int:
    """A seed made from the bytes of a file, so that it shows in no process list; RequestError when there are none.

    White space around the content does not count, because editors add line ends.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise RequestError(f"the seed file {path} is larger than {LARGEST >> 20} MB: a line of random text will do")
        content = path.read_bytes().strip()
    except OSError as error:
        raise RequestError(f"the seed file {path} cannot be read: {error.strerror}") from None
    if not content:
        raise RequestError(f"the seed file {path} is empty: write a line of random text into it")
    return int.from_bytes(hashlib.sha256(b"checker: seed of a hidden exam\0" + content).digest(), "big")
