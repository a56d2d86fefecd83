"""Bring the parts of one submission together in an empty folder, and tell one state of them from another."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from checker.batch.archives import STUDENT, RefusedArchiveError, unpack
from checker.batch.archives.entry import CHUNK
from checker.batch.archives.limits import size
from checker.batch.archives.names import EscapingNameError, UnusableNameError, decoded, is_junk, shown
from checker.batch.archives.placing import Placing
from checker.batch.model import Part, Submission

NOT_HANDED_IN = frozenset(
    {".git", ".venv", "venv", "node_modules", "site-packages", "__pycache__", ".ipynb_checkpoints", ".vscode", ".idea"}
)
"""Folders that tools make beside a student's files: never copied, never unpacked, never read."""
MOST_PROBLEMS = 30
_UNPACKING = ".unpacking"


@dataclass(frozen=True)
class Piece:
    """Something in a submission that is no folder: ``place`` is its name inside, ``kind`` as ``kind_of`` says.

    A file or folder that may not be read is ``unreadable``.
    """

    place: str
    path: Path
    kind: str


def gather(submission: Submission, into: Path) -> tuple[str, ...]:
    """Copy and unpack all parts into the empty folder ``into``; each refused archive or file is one sentence.

    Regular files only. Files that were handed in openly count before those of the same name in an archive. OSError
    only when this machine fails (a full disk).
    """
    problems: list[str] = []
    placing = Placing(into, STUDENT)
    archives = [part for part in submission.parts if is_archive(part)]
    loose = _copy(submission, placing, problems)
    for part, folder in zip(archives, _folders(archives), strict=True):
        try:
            _unpack(part, folder, into / _UNPACKING, placing, loose, problems)
        except RefusedArchiveError as error:
            problems.append(str(error))
    if len(problems) > MOST_PROBLEMS:
        problems[MOST_PROBLEMS:] = [f"{len(problems) - MOST_PROBLEMS} more such problems are not listed"]
    return tuple(problems)


def digest(submission: Submission) -> str:
    """SHA-256, in hex, over the names and bytes of everything that ``gather`` would take.

    Archives count by their bytes; links and special files by their kind. A part that is not there counts as such.
    """
    whole = hashlib.sha256()
    for part in sorted(submission.parts, key=lambda part: (part.name, os.fsencode(part.path.name))):
        # A folder's own name decides nothing; an archive's does when there are several.
        _feed(whole, os.fsencode(part.path.name) if is_archive(part) else b"")
        for piece in sorted(pieces(part, submission), key=lambda piece: os.fsencode(piece.place)):
            _feed(whole, os.fsencode(piece.place))
            _feed(whole, piece.kind.encode())
            if piece.kind == "file":
                content = hashlib.sha256()
                for chunk in _chunks(piece.path):
                    content.update(chunk)
                _feed(whole, content.digest())
    return whole.hexdigest()


def is_archive(part: Part) -> bool:
    """Whether a part is to be unpacked: a file whose content lies at the top."""
    return part.name == "" and kind_of(part.path) == "file"


def kind_of(path: Path) -> str:
    """``file``, ``folder``, ``link``, ``special`` or ``missing``; links are not followed."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "missing"
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "special"


def pieces(part: Part, submission: Submission) -> Iterator[Piece]:
    """The files of a part in the order of their names, but for those that are parts of their own."""
    kind = _readable_kind(part.path)
    if kind != "folder":
        yield Piece(part.name, part.path, kind)
        return
    own = {other.path for other in submission.parts if other is not part}
    for path in _walk(part.path):
        if path not in own:
            place = PurePosixPath(part.name) / path.relative_to(part.path).as_posix()
            yield Piece(str(place), path, _readable_kind(path))


def _readable_kind(path: Path) -> str:
    kind = kind_of(path)
    needed = {"file": os.R_OK, "folder": os.R_OK | os.X_OK}.get(kind)
    return kind if needed is None or os.access(path, needed) else "unreadable"


def _walk(top: Path) -> Iterator[Path]:
    """Everything below a folder that is no folder to go into, junk aside; one more than an archive may hold at most."""
    count = 0
    for parent, folders, names in os.walk(top):
        folder = Path(parent)
        too_deep = len(folder.relative_to(top).parts) >= STUDENT.depth
        closed = {name for name in folders if too_deep or _readable_kind(folder / name) != "folder"}
        folders[:] = sorted(
            name for name in folders if name not in closed and name not in NOT_HANDED_IN and not is_junk((name,))
        )
        for name in sorted([*names, *closed]):
            if is_junk((name,)) or name in NOT_HANDED_IN:
                continue
            yield folder / name
            count += 1
            if count > STUDENT.entries:
                return


def _copy(submission: Submission, placing: Placing, problems: list[str]) -> set[str]:
    """Copy what was handed in openly; the names of the files that came through."""
    room = STUDENT.total_bytes
    copied = set()
    loose = (piece for part in submission.parts if not is_archive(part) for piece in pieces(part, submission))
    for count, piece in enumerate(loose):
        if count == STUDENT.entries:
            problems.append(f"there are more than {STUDENT.entries} files: the rest was left out")
            break
        if piece.kind != "file":
            problems.append(_left_out(piece, _KINDS[piece.kind]))
            continue
        try:
            length = piece.path.lstat().st_size
            if length > room:
                raise UnusableNameError(f"does not fit into the {size(STUDENT.total_bytes)} of a submission")
            place = placing.place(piece.place)
            placing.write(place, _chunks(piece.path))
            room -= length
            copied.add(place.name)
        except (EscapingNameError, UnusableNameError) as error:
            problems.append(_left_out(piece, f"it {error}"))
    # Every package has one: that they share a name means nothing.
    return copied - {"__init__.py"}


def _left_out(piece: Piece, reason: str) -> str:
    return f"{shown(decoded(piece.place or piece.path.name))} was left out because {reason}"


_KINDS = {
    "link": "it is a link",
    "folder": "it lies too many folders deep",
    "special": "it is neither a file nor a folder",
    "unreadable": "its permissions forbid to read it",
    "missing": "it is no longer there",
}


def _chunks(path: Path) -> Iterator[bytes]:
    # Never through a link, never waiting for a pipe, whatever became of the path since it was looked at.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _folders(archives: list[Part]) -> list[str]:
    """Where each archive's content goes: at the top when it is the only one, else into a folder of its name."""
    if len(archives) == 1:
        return [""]
    return [f"{number}-{part.path.name.split('.')[0]}" for number, part in enumerate(archives, start=1)]


def _unpack(part: Part, folder: str, scratch: Path, placing: Placing, loose: set[str], problems: list[str]) -> None:
    scratch.mkdir()
    try:
        problems += unpack(part.path, scratch, leave_out=NOT_HANDED_IN)
        for path in list(_walk(scratch)):
            name = PurePosixPath(folder) / path.relative_to(scratch).as_posix()
            if path.name in loose:
                problems.append(
                    f"{shown(part.path.name)}: {shown(str(name))} was left out because {shown(path.name)} was also "
                    "handed in openly, and that one counts"
                )
                continue
            try:
                placing.move(path, placing.place(str(name)))
            except (EscapingNameError, UnusableNameError) as error:
                problems.append(f"{shown(part.path.name)}: {shown(str(name))} was left out because it {error}")
    finally:
        shutil.rmtree(scratch)


def _feed(whole: hashlib._Hash, field: bytes) -> None:
    whole.update(len(field).to_bytes(8, "big"))
    whole.update(field)
