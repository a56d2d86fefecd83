"""Served data: the folders that student processes read, written once for all submissions of a run."""

from __future__ import annotations

import atexit
import functools
from collections.abc import Callable
from pathlib import Path

from checker.sandbox.scratch import Scratch


@functools.cache
def served(write: Callable[[Path], None]) -> Path:
    """The folder that ``write`` has filled; it is removed when the run ends."""
    scratch = Scratch("data")
    atexit.register(scratch.remove)
    folder = scratch.path / "files"
    folder.mkdir()
    # Another user, as which a student's process may run, has to be able to enter.
    for entered in (scratch.path, folder):
        entered.chmod(0o755)
    write(folder)
    return folder
