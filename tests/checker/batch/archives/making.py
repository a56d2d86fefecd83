"""Archives made entry by entry, and what comes out of them."""

import io
import stat
import tarfile
import zipfile
from dataclasses import replace

import pytest

from checker.batch.archives import STUDENT, RefusedArchiveError, unpack

SMALL = replace(STUDENT, total_bytes=1 << 20, file_bytes=1 << 19, entries=20)
WORK = b"print('work')\n"


def make_zip(path, entries, method=zipfile.ZIP_DEFLATED):
    """A zip of pairs of a name (or a ZipInfo) and bytes."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def zip_entry(name, mode=stat.S_IFREG | 0o644, system=3):
    info = zipfile.ZipInfo("placeholder")
    info.filename = info.orig_filename = name
    info.create_system = system
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def make_tar(path, members, mode="w", **options):
    """A tar of pairs of a TarInfo (or a name) and bytes."""
    with tarfile.open(path, mode, **options) as archive:
        for member, content in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            if content:
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def tar_member(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def unpacked(archive, tmp_path, limits=SMALL, **options):
    """The sentences, and every file that came out with its content."""
    into = tmp_path / "into"
    into.mkdir(exist_ok=True)
    sentences = unpack(archive, into, limits, **options)
    return sentences, contents(into)


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(archive, tmp_path, limits=SMALL, **options):
    """The sentence of a refused archive, which leaves nothing behind, inside or outside the folder."""
    into = tmp_path / "into"
    into.mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RefusedArchiveError) as error:
        unpack(archive, into, limits, **options)
    assert sorted(tmp_path.rglob("*")) == before
    sentence = str(error.value)
    assert "\n" not in sentence and sentence.isprintable()
    return sentence
