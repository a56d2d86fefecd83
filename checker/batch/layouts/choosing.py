"""Which layout a class's submissions have."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from checker.batch.archives import CLASS, RefusedArchiveError, looks_like_archive, unpack
from checker.batch.gathering import pieces
from checker.batch.layouts import blackboard, canvas, folders, github, gradescope, moodle
from checker.batch.layouts.assembling import assemble, plain_names
from checker.batch.layouts.draft import Draft, Drafts, text
from checker.batch.layouts.listing import is_file, is_folder, listed
from checker.batch.model import Intake, LeftOver, Part, Student, Submission
from checker.errors import RequestError

Layout = Callable[[Path, Sequence[str]], Drafts | None]
PLATFORMS: tuple[Layout, ...] = (gradescope.read, moodle.read, blackboard.read, canvas.read, github.read)
DEEPEST_WRAPPER = 3
"""How many folders around a class are looked through: ``export.zip`` holds ``export/`` holds the submissions."""


def discover(path: Path, scratch: Path, files: Sequence[str]) -> Intake:
    """Find the submissions in what a platform gave or a person put together: a folder, or one zip or tar of it.

    An archive is unpacked into ``scratch``; ``files`` are the names that the assignment expects. What can't be placed
    is left over with a reason. RequestError when there is nothing at ``path`` that can be submissions.
    """
    try:
        return _discover(path, scratch, files)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise RequestError(f"{path} can't be read: {error.strerror}{where}") from error


def _discover(path: Path, scratch: Path, files: Sequence[str]) -> Intake:
    root, skipped = _opened(path, scratch)
    if not listed(root):
        raise RequestError(f"{path} is empty: there are no submissions in it")
    found = _read(root, files, path)
    if not found.drafts:
        raise RequestError(
            f"there are no submissions in {path}: it has no folders, archives, source files or notebooks "
            f"({len(found.left_over)} other entries, such as {found.left_over[0].path})"
        )
    left_over = [*found.left_over, *(LeftOver(text(path), sentence) for sentence in skipped)]
    return Intake(found.layout, assemble(found.drafts, files), tuple(left_over))


def _opened(path: Path, scratch: Path) -> tuple[Path, tuple[str, ...]]:
    """The folder of submissions, and what could not be unpacked."""
    if not path.exists():
        raise RequestError(f"there are no submissions at {path}")
    if path.is_dir():
        return path.resolve(), ()
    if not path.is_file():
        raise RequestError(f"{path} is neither a folder nor a zip or tar archive")
    scratch.mkdir(parents=True, exist_ok=True)
    root = Path(tempfile.mkdtemp(prefix="class-", dir=scratch))
    try:
        return root, unpack(path.resolve(), root, CLASS)
    except RefusedArchiveError as error:
        raise RequestError(f"{path} can't be read as a folder of submissions: {error}") from error


def _read(root: Path, files: Sequence[str], given: Path) -> Drafts:
    # First of all: what a student's own folder holds may look like anything.
    if _is_homework(root, files):
        label = folders.stem(text(given))
        return Drafts("one submission", [Draft(label, given.name, [Part(root)], students=(Student(name=label),))], [])
    found = _platform(root, files)
    if found is not None:
        return found
    entries = listed(root)
    inner = _wrapped(entries[0], files, 1) if len(entries) == 1 else None
    return inner or folders.read(root, files)


def _platform(folder: Path, files: Sequence[str]) -> Drafts | None:
    return next((found for read in PLATFORMS if (found := read(folder, files)) is not None), None)


def _wrapped(folder: Path, files: Sequence[str], depth: int) -> Drafts | None:
    """What a folder that stands alone holds, when that is several submissions rather than one."""
    if not is_folder(folder) or depth > DEEPEST_WRAPPER or _is_homework(folder, files):
        return None
    found = _platform(folder, files)
    if found is not None:
        return found
    entries = listed(folder)
    if len(entries) == 1:
        return _wrapped(entries[0], files, depth + 1)
    return folders.read(folder, files) if _several(entries, files) else None


def _is_homework(folder: Path, files: Sequence[str]) -> bool:
    """Whether the expected files lie in this folder itself: in their own folders, or without any."""
    named = [name for name in files if "*" not in name]
    if any("/" in name and is_file(folder / name) for name in named):
        return True
    flat = any(is_file(folder / PurePosixPath(name).name) for name in named)
    return flat and not _several(listed(folder), files)


def _several(entries: Sequence[Path], files: Sequence[str]) -> bool:
    """Whether the same thing is handed in more than once: an expected file in two folders, or two archives."""
    wanted = plain_names(files)
    held: Counter[str] = Counter()
    for entry in entries:
        if is_folder(entry):
            submission = Submission("", (Part(entry),))
            names = {piece.path.name for piece in pieces(submission.parts[0], submission)}
            held.update(names & wanted)
            held["archive"] += any(looks_like_archive(name) for name in names)
        elif looks_like_archive(entry.name):
            held["archive"] += 1
    return any(count > 1 for count in held.values())
