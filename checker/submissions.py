"""Submissions: find a homework's files in what was handed in, and stage them for the student's process."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

LARGEST_SOURCE = 4 << 20
LARGEST_ATTACHMENT = 128 << 20
MOST_FILES = 2000
MOST_MATCHES = 50
SOURCE = ".py"
STAR = "*"
# layers-1.py (Canvas), layers (1).py and layers(1).py (browsers)
_REUPLOADED = re.compile(r"^(?P<stem>.+?)(?:-\d{1,3}| ?\(\d{1,3}\))(?P<suffix>(?:\.tar)?\.[^.]+)$")
_SKIPPED = {"__pycache__", "__MACOSX", "node_modules", "site-packages", "venv"}


@dataclass(frozen=True)
class Found:
    """Where the files of a homework lie in a submission.

    ``submission`` is what was handed in (a folder or an archive) and ``folder`` its files; ``paths`` maps the
    homework's file name to the submission's file; ``problems`` maps it to one sentence that says why there is none.
    ``notes`` are sentences about files that were taken under another name.
    """

    submission: Path
    folder: Path
    paths: Mapping[str, Path]
    problems: Mapping[str, str]
    notes: tuple[str, ...] = ()


def original_name(name: str) -> str:
    """A file's name before a platform or browser numbered it."""
    matched = _REUPLOADED.match(name)
    return f"{matched['stem']}{matched['suffix']}" if matched else name


def find(folder: Path, files: Iterable[str], submission: Path | None = None) -> Found:
    """Look for each file: at its place, else at the one other place whose path ends most like it.

    A file that was numbered when it was uploaded again, or whose name differs in upper and lower case, stands for one
    that is missing.
    A name with a star is a pattern of file names: all files that match are found, under their own paths.
    ``submission`` is what was handed in when that was not the folder itself.
    """
    there: dict[str, list[PurePosixPath]] = {}
    paths: dict[str, Path] = {}
    problems: dict[str, str] = {}
    notes: list[str] = []
    for name in files:
        suffix = PurePosixPath(name).suffix
        available = there.setdefault(suffix, list(_regular(folder, suffix)))
        if STAR in name:
            matching = [path for path in available if fnmatch.fnmatchcase(path.name, name)]
            paths |= {str(path): folder / path for path in matching[:MOST_MATCHES]}
            continue
        candidates = _candidates(PurePosixPath(name), available)
        if len(candidates) == 1:
            paths[name] = folder / candidates[0]
            if candidates[0].name != PurePosixPath(name).name:
                notes.append(f"{candidates[0]} was taken for {name}")
        elif not candidates:
            problems[name] = f"{name} is missing from the submission"
        else:
            listed = ", ".join(sorted(map(str, candidates)))
            problems[name] = f"{name} is there more than once ({listed}): keep one"
    return Found(submission or folder, folder, paths, problems, tuple(notes))


def _candidates(wanted: PurePosixPath, available: Sequence[PurePosixPath]) -> list[PurePosixPath]:
    if wanted in available:
        return [wanted]
    scored = [(_common_tail(wanted.parts, path.parts), path) for path in available]
    if all(score == 0 for score, _ in scored):
        scored = [
            (1 + _common_tail(wanted.parts[:-1], path.parts[:-1]), path)
            for path in available
            if original_name(path.name).casefold() == wanted.name.casefold()
        ]
    best = max((score for score, _ in scored), default=0)
    return [path for score, path in scored if score == best and best > 0]


def stage(
    found: Found, files: Iterable[str], root: str, into: Path, provided: Mapping[str, Path] | None = None
) -> None:
    """Copy a section's files, and the Python files beside code and notebooks, to the homework's layout below ``into``.

    ``provided`` files are laid over them last, from the hand-out. Links, caches and files that nobody asked for stay
    behind.
    """
    (into / root).mkdir(parents=True, exist_ok=True)
    found_files = [(name, found.paths[name]) for name in _named(files, found.paths) if name in found.paths]
    for name, path in found_files:
        if path.suffix in (SOURCE, ".ipynb"):
            beside, target = path.parent, (into / name).parent
            for source in _regular(beside, SOURCE):
                _copy(beside / source, target / source)
    for name, path in [*found_files, *(provided or {}).items()]:
        _copy(path, into / name)


def _named(files: Iterable[str], paths: Mapping[str, Path]) -> Iterable[str]:
    """The files, with those that match in place of a pattern."""
    for name in files:
        if STAR in name:
            yield from (path for path in paths if fnmatch.fnmatchcase(PurePosixPath(path).name, name))
        else:
            yield name


def differing(found: Found, provided: Mapping[str, Path]) -> tuple[str, ...]:
    """The provided files whose submitted copy is not the hand-out's, line ends and trailing blanks aside."""
    there = find(found.folder, provided).paths
    return tuple(name for name, path in there.items() if _text(path) != _text(provided[name]))


def _text(path: Path) -> list[bytes]:
    return [line.rstrip() for line in path.read_bytes().splitlines()]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target, follow_symlinks=False)


def _regular(folder: Path, suffix: str) -> Iterable[PurePosixPath]:
    largest = LARGEST_SOURCE if suffix == SOURCE else LARGEST_ATTACHMENT
    count = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(parent) / name
            if path.suffix != suffix or name.startswith("."):
                continue
            status = path.lstat()
            if stat.S_ISREG(status.st_mode) and status.st_size <= largest:
                count += 1
                if count > MOST_FILES:
                    return
                yield PurePosixPath(path.relative_to(folder).as_posix())


def _common_tail(wanted: tuple[str, ...], path: tuple[str, ...]) -> int:
    length = 0
    for a, b in zip(reversed(wanted), reversed(path), strict=False):
        if a != b:
            break
        length += 1
    return length
