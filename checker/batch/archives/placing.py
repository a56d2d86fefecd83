"""Put files into a folder under names that others chose: nothing outside it, nothing written over, nothing merged."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from checker.batch.archives.limits import ArchiveLimits, size
from checker.batch.archives.names import UnusableNameError, components, folded, shown


class Placing:
    """The files of one submission, below ``root``; names that differ in case or composition only count as the same."""

    def __init__(self, root: Path, limits: ArchiveLimits) -> None:
        self._root = root
        self._limits = limits
        self._taken: dict[tuple[str, ...], tuple[str, bool]] = {}

    def place(self, name: str) -> PurePosixPath:
        """Claim a file's place; EscapingNameError and UnusableNameError when there is none under that name."""
        parts = components(name, self._limits.path_bytes, self._limits.depth)
        if not parts:
            raise UnusableNameError("has no name")
        keys = [tuple(folded(part) for part in parts[: length + 1]) for length in range(len(parts))]
        for key, part in zip(keys, parts, strict=True):
            whole = key == keys[-1]
            there, is_folder = self._taken.get(key, (part, not whole))
            if whole and key in self._taken:
                raise UnusableNameError(f"is there more than once{'' if there == part else f' ({shown(there)})'}")
            if there != part:
                raise UnusableNameError(f"differs from {shown(there)} in upper and lower case only")
            if not is_folder and not whole:
                raise UnusableNameError("is a file and a folder at once")
        for key, part in zip(keys, parts, strict=True):
            self._taken.setdefault(key, (part, key != keys[-1]))
        return PurePosixPath(*parts)

    def write(self, place: PurePosixPath, chunks: Iterable[bytes]) -> None:
        """Write a placed file; UnusableNameError when it is too large, and then nothing of it stays."""
        target = self.prepare(place)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        try:
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, 0o644)
                written = 0
                for chunk in chunks:
                    written += len(chunk)
                    if written > self._limits.file_bytes:
                        raise UnusableNameError(f"is larger than {size(self._limits.file_bytes)}")
                    file.write(chunk)
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    def move(self, source: Path, place: PurePosixPath) -> None:
        """Move a file that was written here before to its place."""
        source.replace(self.prepare(place))

    def prepare(self, place: PurePosixPath) -> Path:
        """Where a placed file goes; the folders above it are made."""
        folder = self._root
        for part in place.parts[:-1]:
            folder = folder / part
            if not folder.is_dir():
                folder.mkdir()
                folder.chmod(0o755)
        return folder / place.name
