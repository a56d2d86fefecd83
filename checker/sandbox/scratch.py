"""Scratch folders: temporary folders that say whether their owner still lives.

A grader that is killed cannot remove its folders. Each has a marker file that its owner holds locked as long as it
lives, so that a later grader can tell what belongs to nobody, and removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

PREFIX = "checker-"
MARKER = ".checker-scratch"
_CONTENT = b"a temporary folder of checker: it may be removed when no process holds this file locked\n"


class Scratch:
    """A folder of its own (mode 0700) until ``remove``; what dead graders left is removed first."""

    def __init__(self, kind: str) -> None:
        clean(tempfile.gettempdir())
        self.path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
        try:
            self._lock = _mark(self.path)
        except BaseException:
            remove(self.path)
            raise

    def remove(self) -> None:
        """Remove the folder with all that is in it, however it was left."""
        if self._lock >= 0:
            remove(self.path)
            os.close(self._lock)
            self._lock = -1


def _mark(folder: Path) -> int:
    """Put a marker in the folder that is locked before it has its name: nobody sees it without its lock."""
    nameless = folder / f"{MARKER}.new"
    descriptor = os.open(nameless, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(descriptor, _CONTENT)
        nameless.rename(folder / MARKER)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@functools.cache
def clean(temporary: str) -> None:
    """Remove the scratch folders of dead graders: once a process, and only folders of the same user with our marker."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(temporary):
            if entry.name.startswith(PREFIX):
                _remove_if_dead(Path(entry.path))


def _remove_if_dead(folder: Path) -> None:
    try:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            return
        descriptor = os.open(folder / MARKER, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return
    try:
        marker = os.fstat(descriptor)
        if not stat.S_ISREG(marker.st_mode) or marker.st_uid != os.geteuid():
            return
        if os.read(descriptor, len(_CONTENT) + 1) != _CONTENT:
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove(folder)
    except OSError:
        return
    finally:
        os.close(descriptor)


def remove(folder: Path) -> None:
    """Remove a folder that a student's process may have filled; links are removed, never followed."""
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        # Folders without permissions or deeper than a path may be long: these programs manage both.
        subprocess.run(["chmod", "-R", "u+rwX", "--", str(folder)], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["rm", "-rf", "--", str(folder)], stderr=subprocess.DEVNULL, check=False)
