"""Where the files of a data set can lie, and what is in them."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from checker.datasets.catalogue import DataSet
from checker.errors import RequestError


@dataclass(frozen=True)
class Found:
    """A complete set of files.

    ``source`` says where; ``contents`` gives each file's name, bytes, and the place to name when they are wrong.
    """

    source: str
    contents: Callable[[], Iterator[tuple[str, bytes, Path]]]


def look(data_set: DataSet, place: Path) -> Found | None:
    """The set in a folder or archive, in any layout it is known in; None when nothing of it is there.

    RequestError when only some of its files are.
    """
    if not place.exists():
        raise RequestError(f"there is no folder {place}")
    if place.is_file():
        if data_set.archive is not None and place.name.endswith((".tar.gz", ".tgz")):
            return _in_archive(data_set, place)
        place = place.parent
    folders = _folders(data_set, place)
    unpacked = {folder: _files(data_set, folder) for folder in folders}
    for folder, paths in unpacked.items():
        if len(paths) == len(data_set.files):
            return Found(str(folder), partial(_contents, paths))
    if data_set.archive is not None:
        for folder in folders:
            if (folder / data_set.archive).is_file():
                return _in_archive(data_set, folder / data_set.archive)
    for folder, paths in unpacked.items():
        if paths:
            missing = next(name for name in data_set.files if name not in paths)
            raise RequestError(f"{folder} holds only a part of {data_set.title}: {missing} is missing")
    return None


def _folders(data_set: DataSet, place: Path) -> list[Path]:
    parts = PurePosixPath(data_set.folder).parts
    tails = [Path(*parts[start:]) for start in range(len(parts))]
    return [folder for folder in (place, *(place / tail for tail in tails), place / data_set.name) if folder.is_dir()]


def _files(data_set: DataSet, folder: Path) -> dict[str, Path]:
    endings = ("", ".gz") if data_set.gzipped else ("",)
    choices = ((name, folder / f"{name}{ending}") for name in data_set.files for ending in reversed(endings))
    return {name: path for name, path in choices if path.is_file()}


def _contents(paths: dict[str, Path]) -> Iterator[tuple[str, bytes, Path]]:
    for name, path in paths.items():
        try:
            content = path.read_bytes()
            yield name, gzip.decompress(content) if path.suffix == ".gz" else content, path
        except (EOFError, zlib.error, OSError) as error:
            raise RequestError(f"{path} cannot be read ({error}): get it again") from error


def _in_archive(data_set: DataSet, path: Path) -> Found:
    return Found(str(path), partial(_members, data_set, path))


def _members(data_set: DataSet, path: Path) -> Iterator[tuple[str, bytes, Path]]:
    missing = set(data_set.files)
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                name = PurePosixPath(member.name).name
                file = archive.extractfile(member) if member.isfile() and name in missing else None
                if file is not None:
                    missing.remove(name)
                    yield name, file.read(), path
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise RequestError(f"{path} cannot be read ({error}): get it again") from error
    if missing:
        raise RequestError(f"{path} holds only a part of {data_set.title}: {min(missing)} is missing")
