"""Served data: the folders that student processes read, written once for all submissions of a run."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


@functools.cache
def served(write: Callable[[Path], None]) -> Path:
    """The folder that ``write`` has filled; it is removed when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="data-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # Another user, as which a student's process may run, has to be able to enter.
    folder.chmod(0o755)
    write(folder)
    return folder
