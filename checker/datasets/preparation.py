"""Prepare a data set: find it, verify it, and put it into the cache whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from checker.datasets.cache import MANIFEST, File, Manifest, place, prepared, read_file, read_manifest
from checker.datasets.catalogue import DataSet, Sum
from checker.datasets.download import Progress, fetch
from checker.datasets.prepared import Prepared
from checker.datasets.sources import Found, look
from checker.errors import RequestError

DOWNLOADS = "downloads"


def prepare(
    data_set: DataSet, cache: Path, source: Path | None, tell: Callable[[str], None], progress: Progress
) -> Prepared:
    """The set, from the first place that has it: the cache, ``source``, Debian's package, the published address.

    RequestError says in one sentence why it cannot be had, or which file is not the published one.
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache, tell):
            _sweep(data_set, cache)
            if not _verifies(data_set, cache, tell, progress):
                _install(data_set, _find(data_set, cache, source, tell, progress), cache, progress)
                shutil.rmtree(cache / DOWNLOADS / data_set.name, ignore_errors=True)
    except OSError as error:
        raise RequestError(f"{data_set.title} cannot be put into {cache} ({error.strerror or error})") from error
    ready = prepared(data_set.name, cache)
    assert ready is not None
    return ready


@contextlib.contextmanager
def _alone(cache: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """Only one run at a time works in a cache; the lock goes with the process, however it ends."""
    with (cache / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(f"waiting for another run that works in {cache}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sweep(data_set: DataSet, cache: Path) -> None:
    """Remove what killed runs left behind; downloads stay, to be continued."""
    for left in cache.glob(f".{data_set.name}-*"):
        shutil.rmtree(left)


def _verifies(data_set: DataSet, cache: Path, tell: Callable[[str], None], progress: Progress) -> bool:
    folder = cache / data_set.name
    manifest = read_manifest(folder)
    if manifest is None:
        if folder.exists() and any(folder.iterdir()):
            raise RequestError(
                f"{folder} was not made by `checker data`: move it away, and give the new place as --source"
            )
        return False
    try:
        for number, file in enumerate(data_set.files, start=1):
            read_file(data_set, folder, manifest.files, file)
            progress(f"verifying {data_set.title}", number, len(data_set.files))
    except (RequestError, FileNotFoundError, KeyError):
        tell(f"{data_set.title} in {folder} is damaged and is prepared again")
        return False
    return True


def _find(
    data_set: DataSet, cache: Path, source: Path | None, tell: Callable[[str], None], progress: Progress
) -> Found:
    advice = [f"put its files in a folder and give that as --source ({_expected(data_set)})"]
    if source is not None:
        if found := look(data_set, source):
            return found
        tell(f"{source} holds no file of {data_set.title} (looked for {_expected(data_set)})")
    if data_set.package is not None:
        package = Path(data_set.package)
        if package.is_dir() and (found := look(data_set, package)):
            return Found(f"Debian's {data_set.package_name}", found.contents)
        advice.append(f"install Debian's package {data_set.package_name}")
    folder = cache / DOWNLOADS / data_set.name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        downloads = data_set.downloads()
        for wanted in downloads:
            fetch(wanted, folder, progress)
    except RequestError as error:
        raise RequestError(f"{data_set.title} could not be downloaded ({error}): {', or '.join(advice)}") from error
    found = look(data_set, folder)
    assert found is not None
    return Found(downloads[0].urls[0].rpartition("/")[0], found.contents)


def _expected(data_set: DataSet) -> str:
    if data_set.archive is not None:
        return f"{data_set.archive}, or {data_set.folder}/"
    return f"{data_set.files[0]} and the {len(data_set.files) - 1} others, .gz or unpacked"


def _install(data_set: DataSet, found: Found, cache: Path, progress: Progress) -> None:
    sums = data_set.sums()
    staging = Path(tempfile.mkdtemp(dir=cache, prefix=f".{data_set.name}-"))
    try:
        files = {}
        (staging / data_set.folder).mkdir(parents=True)
        for number, (name, content, origin) in enumerate(found.contents(), start=1):
            _verify(data_set, name, content, origin, sums[name])
            _write(place(data_set, staging, name), content)
            files[name] = File(len(content), hashlib.sha256(content).hexdigest())
            progress(f"preparing {data_set.title}", number, len(data_set.files))
        _write(staging / MANIFEST, msgspec.json.encode(Manifest(data_set.name, found.source, files)))
        staging.chmod(0o755)
        target = cache / data_set.name
        if target.exists():
            shutil.rmtree(target)
        staging.replace(target)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _verify(data_set: DataSet, name: str, content: bytes, origin: Path, expected: Sum) -> None:
    digest = hashlib.new(expected.algorithm, content, usedforsecurity=False).hexdigest()
    if digest != expected.digest:
        inside = "" if origin.name == name else f" ({name} in it has another {expected.algorithm} sum)"
        raise RequestError(f"{origin} is not the published file of {data_set.title}{inside}: get it again")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o444)
