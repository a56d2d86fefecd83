"""Entries that are no regular files, or cannot be read, are skipped with a sentence."""

import stat
import tarfile
import zipfile

import pytest

from tests.checker.batch.archives.making import WORK, make_tar, make_zip, refused, tar_member, unpacked, zip_entry


@pytest.mark.parametrize(
    ("kind", "target", "reason"),
    [
        (tarfile.SYMTYPE, "/etc/passwd", "is a link"),
        (tarfile.SYMTYPE, "../../solution.py", "is a link"),
        (tarfile.LNKTYPE, "layers.py", "is a link"),
        (tarfile.LNKTYPE, "/etc/passwd", "is a link"),
        (tarfile.CHRTYPE, "", "is neither a file nor a folder"),
        (tarfile.BLKTYPE, "", "is neither a file nor a folder"),
        (tarfile.FIFOTYPE, "", "is neither a file nor a folder"),
        (b"Z", "", "is neither a file nor a folder"),
    ],
)
def test_tar_links_and_devices_are_skipped(tmp_path, kind, target, reason):
    """Nothing but files comes out; what was behind a link's name is written into no other place."""
    members = [(tar_member("odd", kind, target), b""), ("layers.py", WORK)]
    sentences, files = unpacked(make_tar(tmp_path / "a.tar", members), tmp_path)

    assert files == {"layers.py": WORK}
    assert sentences == (f"a.tar: odd was skipped because it {reason}",)
    assert not (tmp_path / "into/odd").is_symlink()


def test_file_below_a_link_stays_inside(tmp_path):
    """A link to a folder outside, then a file through it: an ordinary folder is made instead."""
    outside = tmp_path / "outside"
    outside.mkdir()
    archive = make_tar(tmp_path / "a.tar", [(tar_member("d", tarfile.SYMTYPE, str(outside)), b""), ("d/x.py", WORK)])

    assert unpacked(archive, tmp_path)[1] == {"d/x.py": WORK}
    assert not list(outside.iterdir())


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (stat.S_IFLNK, "is a link"),
        (stat.S_IFCHR, "is neither a file nor a folder"),
        (stat.S_IFIFO, "is neither a file nor a folder"),
    ],
)
def test_zip_links_and_devices_are_skipped(tmp_path, mode, reason):
    """The same for zips, whose links are entries with the target as content."""
    archive = make_zip(tmp_path / "a.zip", [(zip_entry("odd", mode | 0o777), b"/etc/passwd"), ("layers.py", WORK)])

    assert unpacked(archive, tmp_path) == (
        (f"a.zip: odd was skipped because it {reason}",),
        {"layers.py": WORK},
    )


def test_encrypted_zip(tmp_path):
    """A password is of no use to anybody."""
    archive = make_zip(tmp_path / "a.zip", [("a.py", WORK)])
    content = bytearray(archive.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1
    archive.write_bytes(content)

    assert "is encrypted: pack it without a password" in refused(archive, tmp_path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_methods_are_skipped(tmp_path, method):
    """Only what every tool writes is unpacked: the others' output can't be bounded while it comes out."""
    sentences, files = unpacked(make_zip(tmp_path / "a.zip", [("a.py", WORK * 100)], method), tmp_path)

    assert not files
    assert "only the usual deflate is" in sentences[0]


def test_sparse_files(tmp_path):
    """A terabyte that is a kilobyte in the archive."""
    old = tar_member("a.bin", tarfile.GNUTYPE_SPARSE)
    new = tarfile.TarInfo("b.bin")
    new.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}
    for number, info in enumerate((old, new)):
        archive = make_tar(tmp_path / f"{number}.tar", [(info, b"0\n".ljust(512, b"\0"))], format=tarfile.PAX_FORMAT)
        assert "sparse files" in refused(archive, tmp_path)
        (tmp_path / "into").rmdir()
