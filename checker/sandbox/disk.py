"""How much a folder takes up on the disk."""

from __future__ import annotations

import subprocess
from pathlib import Path


def used(folder: Path) -> int:
    """Bytes that a folder takes up with all below, as far as it can be read; a program's work, for any depth."""
    try:
        done = subprocess.run(
            ["du", "-sk", "--", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    first = done.stdout.split(maxsplit=1)
    return int(first[0]) << 10 if first and first[0].isdigit() else 0
