"""An archive that is larger than it may be, packed or unpacked, is refused before it costs anything."""

import bz2
import gzip
import lzma
import os
import struct
import tarfile
import zipfile
from dataclasses import replace

import pytest

from checker.batch.archives import STUDENT
from tests.checker.batch.archives.making import (
    SMALL,
    WORK,
    make_tar,
    make_zip,
    refused,
    tar_member,
    unpacked,
    zip_entry,
)


def test_total_size(tmp_path):
    """Bytes are counted as they come out."""
    archive = make_zip(tmp_path / "a.zip", [(f"{number}.bin", os.urandom(1 << 18)) for number in range(6)])

    assert "unpacks to more than 1 MiB" in refused(archive, tmp_path)


@pytest.mark.parametrize("packing", [gzip.compress, bz2.compress, lzma.compress])
def test_total_size_of_tars(tmp_path, packing):
    """Zeros behind one small header, packed a thousand times smaller."""
    info = tarfile.TarInfo("zeros.bin")
    info.size = 1 << 30
    archive = tmp_path / "a.tar.gz"
    archive.write_bytes(packing(info.tobuf() + bytes(1 << 22)))

    assert "unpacks to more than 1 MiB" in refused(archive, tmp_path)


def test_ratio(tmp_path):
    """A bomb is recognised long before the total size; what packs well but stays small is none."""
    roomy = replace(STUDENT, total_bytes=1 << 40, file_bytes=1 << 40)
    bomb = make_zip(tmp_path / "bomb.zip", [("zeros.bin", bytes(50 << 20))])
    zeros = make_zip(tmp_path / "zeros.zip", [("weights.bin", bytes(20 << 20))])

    assert "more than 200 times its own size" in refused(bomb, tmp_path, roomy)
    assert len(unpacked(zeros, tmp_path, roomy)[1]["weights.bin"]) == 20 << 20


def test_overlapping_entries(tmp_path):
    """A directory that lists one packed content many times: it is taken once."""
    archive = make_zip(tmp_path / "a.zip", [("0.bin", bytes(1 << 18))])
    with zipfile.ZipFile(archive, "a") as opened:
        # The name has to be that of the header there, else zipfile finds the zip damaged.
        opened.filelist += opened.filelist * 15
        opened._didModify = True

    sentences, files = unpacked(archive, tmp_path)
    assert list(files) == ["0.bin"]
    assert len(sentences) == SMALL.sentences + 1
    assert "more than once" in sentences[0]


def test_header_that_lies_about_its_size(tmp_path):
    """A zip whose header claims one byte for a megabyte of zeros is damaged, and nothing of it stays."""
    archive = make_zip(tmp_path / "a.zip", [("zeros.bin", bytes(1 << 20))])
    content = bytearray(archive.read_bytes())
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, 1)
    archive.write_bytes(content)

    assert "damaged" in refused(archive, tmp_path)


def test_header_that_points_nowhere(tmp_path):
    """A place before the beginning of the file is the archive's fault."""
    archive = make_zip(tmp_path / "a.zip", [("a.py", WORK)])
    content = bytearray(archive.read_bytes())
    struct.pack_into("<L", content, content.index(b"PK\x05\x06") + 16, len(content) + 100)
    archive.write_bytes(content)

    assert "damaged" in refused(archive, tmp_path)


def test_one_large_file_is_skipped(tmp_path):
    """A data set beside the homework costs only itself."""
    members = [("data.bin", os.urandom(600_000)), ("layers.py", WORK)]
    for archive in (make_zip(tmp_path / "a.zip", members), make_tar(tmp_path / "b.tar.gz", members, "w:gz")):
        sentences, files = unpacked(archive, tmp_path)
        assert files == {"layers.py": WORK}
        assert sentences == (f"{archive.name}: data.bin was skipped because it is larger than 512 KiB",)
        (tmp_path / "into/layers.py").unlink()


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_too_many_entries(tmp_path, make):
    """Also when most of them are folders or empty."""
    archive = make(tmp_path / "a", [(f"{number}.py", b"") for number in range(21)])

    assert "has more than 20 entries" in refused(archive, tmp_path)


def test_zip_directory_beyond_all_bounds(tmp_path):
    """The list of a zip's entries is read at once, so that its size is bounded before."""
    comment = b"x" * 60_000
    infos = [(zip_entry(f"{number}.py"), b"") for number in range(20)]
    for info, _ in infos:
        info.comment = comment
    archive = make_zip(tmp_path / "a.zip", infos)

    assert "directory is too large" in refused(archive, tmp_path)


def test_archive_that_is_itself_too_large(tmp_path):
    """Nothing is read of it."""
    archive = tmp_path / "a.zip"
    with archive.open("wb") as file:
        file.truncate(STUDENT.archive_bytes + 1)

    assert "is larger than 256 MiB" in refused(archive, tmp_path, STUDENT)


def test_sentences_are_bounded(tmp_path):
    """A thousand odd entries are no thousand sentences."""
    archive = make_tar(tmp_path / "a.tar", [(tar_member(f"l{n}", tarfile.SYMTYPE, "x"), b"") for n in range(19)])
    sentences, _ = unpacked(archive, tmp_path)

    assert len(sentences) == SMALL.sentences + 1
    assert sentences[-1] == "a.tar: 9 more entries were skipped"


def test_nested_archives_stay_closed(tmp_path):
    """An archive in an archive is a file like any other."""
    inner = make_zip(tmp_path / "inner.zip", [("a.py", bytes(1 << 19))]).read_bytes()

    assert unpacked(make_zip(tmp_path / "a.zip", [("inner.zip", inner)]), tmp_path) == ((), {"inner.zip": inner})


def test_header_bombs_in_tars(tmp_path):
    """A long name or pax header of gigabytes is not read into memory; headers without end are refused."""
    for kind in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE):
        info = tar_member("x", kind)
        info.size = 1 << 32
        archive = tmp_path / "a.tgz"
        archive.write_bytes(gzip.compress(info.tobuf() + b"a" * (1 << 20)))
        assert "headers are too large" in refused(archive, tmp_path)
        (tmp_path / "into").rmdir()


def test_global_headers_that_pile_up(tmp_path):
    """tarfile copies them into every entry."""
    headers = {f"key{number}": "x" for number in range(200)}
    archive = make_tar(tmp_path / "a.tar", [("a.py", WORK)], format=tarfile.PAX_FORMAT, pax_headers=headers)

    assert "too many global headers" in refused(archive, tmp_path)


def test_chained_headers(tmp_path):
    """Headers of headers of headers end the reading, not the program."""
    info = tar_member("x", tarfile.XHDTYPE)
    archive = tmp_path / "a.tar"
    record = b"10 a=bcde\n".ljust(512, b"\0")
    info.size = 10
    archive.write_bytes((info.tobuf() + record) * 5000)

    sentence = refused(archive, tmp_path)
    assert "damaged" in sentence or "too large" in sentence


@pytest.mark.parametrize("size", [-1, -(1 << 40)])
def test_negative_sizes(tmp_path, size):
    """Which would send a reader round in circles."""
    info = tarfile.TarInfo("a.py")
    info.size = size
    archive = tmp_path / "a.tar"
    archive.write_bytes(info.tobuf(format=tarfile.GNU_FORMAT) + bytes(10240))

    assert "damaged" in refused(archive, tmp_path)


def test_negative_size_in_a_pax_header(tmp_path):
    """The other way to write one."""
    info = tarfile.TarInfo("a.py")
    info.pax_headers = {"size": "-512"}
    archive = make_tar(tmp_path / "a.tar", [(info, b"")], format=tarfile.PAX_FORMAT)

    assert "damaged" in refused(archive, tmp_path)
