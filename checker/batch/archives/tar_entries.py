"""What a tar holds, entry by entry, in one pass forward."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Generator
from pathlib import Path
from typing import IO, cast

from checker.batch.archives.entry import CHUNK, Entry, Kind
from checker.batch.archives.limits import Meter, RefusedArchiveError

Packing = str
LARGEST_HEADERS = 1 << 18
"""Bytes between the content of two files: headers, long names, padding; tarfile reads them into memory."""
MOST_GLOBAL_HEADERS = 100


def entries(archive: Path, packing: Packing, meter: Meter) -> Generator[Entry, None, None]:
    """The entries in the tar's order; ``packing`` is ``gz``, ``bz2``, ``xz`` or "" for none.

    All bytes that come out of the decompressor are counted. Any exception means a damaged tar.
    """
    with _open(archive, packing) as unpacked:
        source = _Source(unpacked, meter)
        # tarfile asks a stream for nothing but read().
        stream = cast("IO[bytes]", source)
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header, errors="surrogateescape") as opened:
            while (member := opened.next()) is not None:
                # tarfile keeps every header that it has seen.
                opened.members.clear()  # type: ignore[attr-defined]  # not in the stubs
                if len(opened.pax_headers) > MOST_GLOBAL_HEADERS:
                    raise RefusedArchiveError("the tar was refused because it has too many global headers")
                source.begin_content()
                content = _content(opened, member)
                yield Entry(member.name, _kind(member), _chunks(content))
                # What nobody wanted is read past here, so that it counts as content and not as headers.
                for _ in _chunks(content):
                    pass
                source.begin_headers()
            # A checksum of the whole stands at the very end, behind what tarfile reads.
            source.begin_content()
            while source.read(CHUNK):
                pass


def _open(archive: Path, packing: Packing) -> IO[bytes]:
    if packing == "gz":
        return cast("IO[bytes]", gzip.open(archive))
    if packing == "bz2":
        return cast("IO[bytes]", bz2.open(archive))
    if packing == "xz":
        return cast("IO[bytes]", lzma.open(archive))
    return archive.open("rb")


class _Source:
    """The unpacked bytes: all are counted, and headers may not go on without end."""

    def __init__(self, unpacked: IO[bytes], meter: Meter) -> None:
        self._unpacked = unpacked
        self._meter = meter
        self._headers_left: int | None = LARGEST_HEADERS

    def read(self, count: int) -> bytes:
        data = self._unpacked.read(count)
        self._meter.add_bytes(len(data))
        if self._headers_left is not None:
            self._headers_left -= len(data)
            if self._headers_left < 0:
                raise RefusedArchiveError("the tar was refused because its headers are too large")
        return data

    def begin_headers(self) -> None:
        self._headers_left = LARGEST_HEADERS

    def begin_content(self) -> None:
        self._headers_left = None


class _Header(tarfile.TarInfo):
    """A header that is checked before tarfile acts on it."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError:
            # Zeros are the end. tarfile takes a damaged header for the end too: the rest would be lost without a word.
            if any(buf):
                raise ValueError("damaged header") from None
            raise
        if header.size < 0:
            raise ValueError("negative size")
        if header.type == tarfile.GNUTYPE_SPARSE:
            raise RefusedArchiveError("the tar was refused because it holds sparse files: pack it again without them")
        return header


def _content(opened: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes] | None:
    if not member.isreg():
        return None
    if member.issparse():
        raise RefusedArchiveError("the tar was refused because it holds sparse files: pack it again without them")
    return opened.extractfile(member)


def _chunks(content: IO[bytes] | None) -> Generator[bytes, None, None]:
    while content is not None and (chunk := content.read(CHUNK)):
        yield chunk


def _kind(member: tarfile.TarInfo) -> Kind:
    if member.isreg():
        return "file"
    if member.isdir():
        return "folder"
    return "link" if member.issym() or member.islnk() else "special"
