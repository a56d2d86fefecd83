"""How much an archive may unpack to, counted while it unpacks: what its headers claim is never trusted."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30
RATIO_COUNTS_FROM = 32 * MIB
"""Below this size nothing is a bomb, however well it packs (a weights file of zeros does)."""


class RefusedArchiveError(Exception):
    """The archive is not unpacked at all: the text is one sentence that says why and what to do."""


@dataclass(frozen=True)
class ArchiveLimits:
    """Caps for one archive.

    ``ratio`` is unpacked size over packed size. ``path_bytes`` and ``depth`` are of one entry's path. After
    ``sentences`` skipped entries the rest is only counted. ``strict``: an entry that would leave the folder, or a
    password, refuses the archive; otherwise only that entry is skipped.
    """

    archive_bytes: int = 256 * MIB
    total_bytes: int = 512 * MIB
    file_bytes: int = 128 * MIB
    entries: int = 20_000
    ratio: int = 200
    path_bytes: int = 1024
    depth: int = 32
    sentences: int = 10
    strict: bool = True


STUDENT = ArchiveLimits()
CLASS = ArchiveLimits(
    archive_bytes=64 * GIB,
    total_bytes=128 * GIB,
    file_bytes=1 * GIB,
    entries=300_000,
    ratio=10_000,
    sentences=1000,
    strict=False,
)
"""For what an LMS packed: room for a class, and one student's odd entry costs only that entry."""


class Meter:
    """Counts what one archive unpacks to and stops at its limits."""

    def __init__(self, archive: str, packed_bytes: int, limits: ArchiveLimits) -> None:
        self._archive = archive
        self._packed_bytes = max(packed_bytes, 1)
        self._limits = limits
        self._bytes = 0
        self._entries = 0

    def add_bytes(self, count: int) -> None:
        """Count bytes that came out; RefusedArchiveError beyond the caps."""
        self._bytes += count
        if self._bytes > self._limits.total_bytes:
            raise RefusedArchiveError(
                f"{self._archive} was refused because it unpacks to more than {size(self._limits.total_bytes)}: "
                "hand in your own files only"
            )
        if self._bytes > max(RATIO_COUNTS_FROM, self._limits.ratio * self._packed_bytes):
            raise RefusedArchiveError(
                f"{self._archive} was refused because it unpacks to more than {self._limits.ratio} times its own size, "
                "as archive bombs do"
            )

    def add_entry(self) -> None:
        """Count an entry; RefusedArchiveError beyond the cap."""
        self._entries += 1
        if self._entries > self._limits.entries:
            raise RefusedArchiveError(
                f"{self._archive} was refused because it has more than {self._limits.entries} entries: "
                "hand in your own files only"
            )


def size(count: int) -> str:
    """A number of bytes for people."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (1 << 10, "KiB")):
        if count >= unit:
            return f"{count / unit:.4g} {name}"
    return f"{count} bytes"
