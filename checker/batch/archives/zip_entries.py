"""What a zip holds, entry by entry."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Generator
from pathlib import Path

from checker.batch.archives.entry import CHUNK, Entry, Kind
from checker.batch.archives.limits import MIB, ArchiveLimits, Meter, RefusedArchiveError

ENCRYPTED = 0x1
UTF8 = 0x800
DIRECTORY_BYTES_PER_ENTRY = 256
"""Room in the zip's directory for one entry of usual length; zipfile reads the whole directory at once."""


def entries(archive: Path, meter: Meter, limits: ArchiveLimits) -> Generator[Entry, None, None]:
    """The entries in the zip's order; their bytes are counted as they come out. Any exception means a damaged zip."""
    largest_read = limits.entries * DIRECTORY_BYTES_PER_ENTRY + MIB
    with io.FileIO(archive) as raw, _BoundedReader(raw, largest_read) as file, zipfile.ZipFile(file) as opened:
        for info in opened.infolist():
            kind = _kind(info)
            if info.flag_bits & ENCRYPTED:
                kind = "encrypted"
            elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                kind = "unusual"
            yield Entry(_name(info), kind, _chunks(opened, info, meter))


class _BoundedReader(io.BufferedReader):
    """A file of which no single read is larger than a bound, so that no header makes zipfile read the whole of it."""

    def __init__(self, raw: io.FileIO, largest: int) -> None:
        super().__init__(raw)
        self._largest = largest

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = size if size is not None and size >= 0 else self._largest + 1
        data = super().read(min(wanted, self._largest + 1))
        if len(data) > self._largest:
            raise RefusedArchiveError("the zip was refused because its directory is too large")
        return data


def _chunks(opened: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> Generator[bytes, None, None]:
    with opened.open(info) as file:
        while chunk := file.read(CHUNK):
            meter.add_bytes(len(chunk))
            yield chunk


def _name(info: zipfile.ZipInfo) -> str:
    # zipfile cuts names at NUL; the original is kept. Many tools write UTF-8 without saying so, and zipfile then
    # reads the old DOS code page.
    name = info.orig_filename
    if info.flag_bits & UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _kind(info: zipfile.ZipInfo) -> Kind:
    mode = stat.S_IFMT(info.external_attr >> 16)
    if mode == stat.S_IFLNK:
        return "link"
    if mode == stat.S_IFDIR or info.orig_filename.endswith(("/", "\\")):
        return "folder"
    return "file" if mode in (0, stat.S_IFREG) else "special"
