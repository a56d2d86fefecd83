"""Unpack one archive, whatever is in it."""

from __future__ import annotations

import errno
import shutil
import stat
from collections.abc import Generator, Set
from contextlib import closing
from pathlib import Path

from checker.batch.archives import tar_entries, zip_entries
from checker.batch.archives.entry import Entry
from checker.batch.archives.limits import STUDENT, ArchiveLimits, Meter, RefusedArchiveError, size
from checker.batch.archives.names import (
    EscapingNameError,
    UnusableNameError,
    components,
    is_junk,
    shown,
)
from checker.batch.archives.placing import Placing

SUFFIXES = (
    ".zip",
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".rar",
    ".7z",
)
"""Names that people give archives; what is inside decides how one is read, and whether."""

_MAGIC = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"Rar!\x1a\x07": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
}
_REASONS = {
    "link": "is a link",
    "special": "is neither a file nor a folder",
    "encrypted": "is encrypted",
    "unusual": "is packed in a way that is not read (only the usual deflate is)",
}


def looks_like_archive(name: str) -> bool:
    """Whether a file of this name is meant as an archive."""
    return name.casefold().endswith(SUFFIXES)


def unpack(
    archive: Path, into: Path, limits: ArchiveLimits = STUDENT, leave_out: Set[str] = frozenset()
) -> tuple[str, ...]:
    """Unpack the regular files of a zip or tar into the empty folder ``into``, and say what was skipped.

    Files or folders named in ``leave_out`` are skipped without a word, like what operating systems leave behind.
    RefusedArchiveError when nothing can or may be unpacked; nothing stays in ``into`` then. OSError only when this
    machine fails (a full disk).
    """
    name = shown(archive.name)
    status = archive.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise RefusedArchiveError(f"{name} was refused because it is not a regular file")
    if status.st_size > limits.archive_bytes:
        raise RefusedArchiveError(
            f"{name} was refused because it is larger than {size(limits.archive_bytes)}: hand in your own files only"
        )
    into.mkdir(exist_ok=True)
    skipped = _Skipped(name, limits.sentences)
    try:
        _extract(archive, Placing(into, limits), limits, leave_out, skipped)
    except Exception as error:
        _empty(into)
        if isinstance(error, RefusedArchiveError) or _is_ours(error):
            raise
        # Whatever a parser trips over in a hostile file is that file's fault.
        raise RefusedArchiveError(f"{name} was refused because it is damaged or incomplete: pack it again") from error
    except BaseException:
        _empty(into)
        raise
    return skipped.sentences()


def _extract(archive: Path, placing: Placing, limits: ArchiveLimits, leave_out: Set[str], skipped: _Skipped) -> None:
    name = shown(archive.name)
    meter = Meter(name, archive.stat().st_size, limits)
    with closing(_entries(archive, meter, limits)) as entries:
        for entry in entries:
            meter.add_entry()
            try:
                with closing(entry.chunks):
                    _take(entry, name, placing, limits, leave_out)
            except EscapingNameError as error:
                if limits.strict:
                    text = f"{name} was refused because its entry {shown(entry.name)} {error}"
                    raise RefusedArchiveError(text) from None
                skipped.add(entry.name, str(error))
            except UnusableNameError as error:
                skipped.add(entry.name, str(error))


def _take(entry: Entry, archive: str, placing: Placing, limits: ArchiveLimits, leave_out: Set[str]) -> None:
    parts = components(entry.name, limits.path_bytes, limits.depth)
    if is_junk(parts) or not leave_out.isdisjoint(parts) or entry.kind == "folder":
        return
    if entry.kind == "encrypted" and limits.strict:
        raise RefusedArchiveError(f"{archive} was refused because it is encrypted: pack it without a password")
    if entry.kind != "file":
        raise UnusableNameError(_REASONS[entry.kind])
    placing.write(placing.place(entry.name), entry.chunks)


def _entries(archive: Path, meter: Meter, limits: ArchiveLimits) -> Generator[Entry, None, None]:
    kind = _kind(archive)
    if kind == "zip":
        return zip_entries.entries(archive, meter, limits)
    if kind in ("rar", "7z"):
        raise RefusedArchiveError(
            f"{shown(archive.name)} was refused because it is a {kind} archive and only zip and tar are read: "
            "hand in a zip"
        )
    if kind is None:
        raise RefusedArchiveError(
            f"{shown(archive.name)} was refused because it is neither a zip nor a tar: hand in a zip"
        )
    return tar_entries.entries(archive, "" if kind == "tar" else kind, meter)


def _kind(archive: Path) -> str | None:
    with archive.open("rb") as file:
        head = file.read(512)
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    return "tar" if _is_tar_header(head) else None


def _is_tar_header(head: bytes) -> bool:
    """The checksum of a first header fits: old tars have no other mark. An empty tar is zeros."""
    if len(head) < 512:
        return False
    if head.count(0) == 512:
        return True
    field = head[148:156].strip(b" \0")
    if not field or field.strip(b"01234567"):
        return False
    return int(field, 8) == sum(head[:148]) + 8 * ord(" ") + sum(head[156:])


def _is_ours(error: Exception) -> bool:
    # Decompressors raise OSError without a number for bad data, and a seek to a place that a header made up is an
    # invalid argument; anything else is the system's own.
    return isinstance(error, OSError) and error.errno not in (None, errno.EINVAL)


def _empty(folder: Path) -> None:
    for path in list(folder.iterdir()):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


class _Skipped:
    """What was skipped: a sentence each up to a number, the rest counted."""

    def __init__(self, archive: str, most: int) -> None:
        self._archive = archive
        self._most = most
        self._listed: list[str] = []
        self._more = 0

    def add(self, name: str, reason: str) -> None:
        if len(self._listed) < self._most:
            self._listed.append(f"{self._archive}: {shown(name)} was skipped because it {reason}")
        else:
            self._more += 1

    def sentences(self) -> tuple[str, ...]:
        if not self._more:
            return tuple(self._listed)
        return (*self._listed, f"{self._archive}: {self._more} more entries were skipped")
