"""The cache folder: one folder for each prepared set, with a manifest of what it must contain."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from checker.datasets.catalogue import CATALOGUE, DataSet
from checker.datasets.prepared import Prepared, version_of
from checker.errors import RequestError

MANIFEST = "set.json"


class File(msgspec.Struct, frozen=True):
    """What a prepared file is like."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """Written last, so a set that has one was complete and equal to the published one."""

    name: str
    source: str
    files: dict[str, File]

    @property
    def version(self) -> str:
        """The hash of the set's content."""
        return version_of({name: file.sha256 for name, file in self.files.items()})


def cache_folder() -> Path:
    """``$CHECKER_DATA``, or ``checker`` in the platform's cache folder."""
    if chosen := os.environ.get("CHECKER_DATA"):
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "checker"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "checker"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "checker"


def prepared(name: str, cache: Path | None = None) -> Prepared | None:
    """The full set from the cache; None when it is not there (``checker data`` prepares it)."""
    data_set = CATALOGUE[name]
    folder = (cache or cache_folder()) / name
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    for file, expected in manifest.files.items():
        path = place(data_set, folder, file)
        if not path.is_file() or path.stat().st_size != expected.size:
            return None
    content = functools.partial(read_file, data_set, folder, manifest.files)
    return Prepared(
        name,
        manifest.source,
        manifest.version,
        data_set.classes(content),
        lambda which: data_set.read(which, content),
    )


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a prepared set; None when there is none or it is broken."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError):
        return None


def place(data_set: DataSet, folder: Path, file: str) -> Path:
    """Where a prepared set has a file: as torchvision would."""
    return folder / data_set.folder / file


def read_file(data_set: DataSet, folder: Path, files: Mapping[str, File], file: str) -> bytes:
    """A prepared file's bytes, verified; RequestError when they have changed."""
    path = place(data_set, folder, file)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != files[file].sha256:
        raise RequestError(f"{path} has changed since it was prepared: run `checker data {data_set.name}` again")
    return content
