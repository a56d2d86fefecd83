"""Mirror: files that only the grader's user can reach, once more where every user can.

Root's Python often lies in /root, which a student's user cannot enter. What it needs is shown to it in a folder of
hard links, which cost no space and little time, or of copies where the file system is another.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import stat
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Collection
from pathlib import Path

from checker.sandbox.scratch import Scratch

INSTALLED = {"site-packages", "dist-packages"}
_LEFT_OUT = INSTALLED | {"test", "idlelib", "turtledemo"}
_making = threading.RLock()
PYTHON_LIBRARY = Path(sysconfig.get_path("stdlib"))


def enterable(folder: Path) -> bool:
    """Whether every user can get to what lies in a folder, when told its name."""
    folder = folder.resolve()
    return all(above.stat().st_mode & stat.S_IXOTH for above in (folder, *folder.parents))


def reachable(path: Path) -> bool:
    """Whether every user can read what is at a path, as far as the folders above it and its own mode say."""
    path = path.resolve()
    if not enterable(path.parent):
        return False
    needed = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
    return path.stat().st_mode & needed == needed


def shown(path: Path) -> Path:
    """The path itself where every user can reach it, otherwise its place in the mirror."""
    with _making:
        return _shown(path)


@functools.cache
def _shown(path: Path) -> Path:
    if reachable(path):
        return path
    target = Path(tempfile.mkdtemp(dir=_folder()))
    target.chmod(0o755)
    show(path.resolve(), target / path.name)
    return target / path.name


def python_home() -> Path:
    """The folder with ``bin`` and ``lib`` of the Python that the grader runs on, where every user can reach it."""
    with _making:
        return _python_home()


@functools.cache
def _python_home() -> Path:
    executable = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]  # not in the stubs
    if reachable(executable) and reachable(PYTHON_LIBRARY):
        return Path(sys.base_prefix)
    home = _folder() / "python"
    library = home / PYTHON_LIBRARY.relative_to(sys.base_prefix)
    for folder in reversed([library.parent, *library.parent.parents]):
        if folder.is_relative_to(home):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
    show(PYTHON_LIBRARY, library, _LEFT_OUT)
    (home / "bin").mkdir()
    (home / "bin").chmod(0o755)
    show(executable, home / "bin" / executable.name)
    for shared in (Path(sys.base_prefix) / "lib").glob("libpython*"):
        show(shared, home / "lib" / shared.name)
    return home


@functools.cache
def _folder() -> Path:
    scratch = Scratch("shown")
    atexit.register(scratch.remove)
    scratch.path.chmod(0o755)
    inside = scratch.path / "files"
    inside.mkdir()
    inside.chmod(0o755)
    return inside


def show(path: Path, target: Path, left_out: Collection[str] = ()) -> None:
    """Make a path readable for every user at ``target``, but for what is left out at its top."""
    if not path.is_dir():
        if path.exists():
            _link(path, target)
        return
    target.mkdir()
    target.chmod(0o755)
    for entry in os.scandir(path):
        if entry.name not in left_out:
            show(Path(entry.path), target / entry.name)


def _link(path: Path, target: Path) -> None:
    path = path.resolve()
    mode = path.stat().st_mode
    if mode & stat.S_IROTH:
        try:
            os.link(path, target)
            return
        except OSError:
            pass  # another file system, or one without hard links
    shutil.copyfile(path, target)
    target.chmod(0o755 if mode & stat.S_IXUSR else 0o644)
