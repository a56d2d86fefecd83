"""Whatever an archive holds: regular files come out under the caps, or it is refused in one sentence."""

import os
import random
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from checker.batch.archives import RefusedArchiveError, looks_like_archive, unpack
from tests.checker.batch.archives.making import SMALL, WORK, make_tar, make_zip, refused, tar_member, unpacked


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.tar", "w"),
        ("a.tar.gz", "w:gz"),
        ("a.tar.bz2", "w:bz2"),
        ("a.tar.xz", "w:xz"),
        ("gz-named.zip", "w:gz"),
        ("pax.tar", "w"),
    ],
)
def test_tars_of_every_packing(tmp_path, name, mode):
    """The content decides how an archive is read, whatever its name; folders and exact sizes of a block are fine."""
    members = [(tar_member("hw", tarfile.DIRTYPE), b""), ("hw/layers.py", WORK), ("hw/a/block.py", b"x" * 512)]
    archive = make_tar(tmp_path / name, members, mode)

    assert unpacked(archive, tmp_path) == ((), {"hw/layers.py": WORK, "hw/a/block.py": b"x" * 512})


@pytest.mark.parametrize("name", ["a.zip", "zip-named.tar.gz", "noname"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zips(tmp_path, name, method):
    """A zip is read whatever its name is."""
    archive = make_zip(tmp_path / name, [("hw/", b""), ("hw/layers.py", WORK), ("./b.py", b"")], method)

    assert unpacked(archive, tmp_path) == ((), {"hw/layers.py": WORK, "b.py": b""})


def test_modes_of_what_comes_out(tmp_path):
    """Files are 0644 and folders 0755, whatever the archive says and the umask is."""
    info = tarfile.TarInfo("bin/run.py")
    info.mode = 0o6777
    archive = make_tar(tmp_path / "a.tar", [(info, WORK)])
    before = os.umask(0o077)
    try:
        unpacked(archive, tmp_path)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "into/bin/run.py").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "into/bin").stat().st_mode) == 0o755


@pytest.mark.parametrize(("head", "kind"), [(b"Rar!\x1a\x07\x01\x00", "rar"), (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z")])
def test_rar_and_7z(tmp_path, head, kind):
    """The sentence says what is read instead, whatever the file is called."""
    archive = tmp_path / "homework.zip"
    archive.write_bytes(head + bytes(100))

    assert f"is a {kind} archive and only zip and tar are read" in refused(archive, tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"<html>sign in</html>" * 50, b"\x7fELF" + bytes(1000)])
def test_no_archive_at_all(tmp_path, content):
    """A file that only has an archive's name."""
    archive = tmp_path / "homework.tar"
    archive.write_bytes(content)

    assert "is neither a zip nor a tar" in refused(archive, tmp_path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.97])
@pytest.mark.parametrize("mode", ["zip", "w", "w:gz", "w:bz2", "w:xz"])
def test_truncated(tmp_path, mode, share):
    """An upload that broke off: refused, and nothing of it stays."""
    entries = [(f"{number}.bin", os.urandom(20_000)) for number in range(10)]
    whole = make_zip(tmp_path / "a", entries) if mode == "zip" else make_tar(tmp_path / "a", entries, mode)
    content = whole.read_bytes()
    # Of a plain tar the last blocks are padding only.
    whole.write_bytes(content[: int(min(len(content), 206_000) * share)])

    assert "damaged" in refused(whole, tmp_path)


def test_corrupt_content(tmp_path):
    """A flipped byte is found by the checksum (zip, gz), a damaged header by its own (tar)."""
    entries = [("a.py", WORK * 50), ("b.py", os.urandom(3000))]
    for archive, at in (
        (make_zip(tmp_path / "a.zip", entries), 2000),
        (make_tar(tmp_path / "a.tgz", entries, "w:gz"), 2000),
        (make_tar(tmp_path / "a.tar", entries), 512 + 1024 + 5),
    ):
        content = bytearray(archive.read_bytes())
        content[at] ^= 0xFF
        archive.write_bytes(content)
        assert "damaged" in refused(archive, tmp_path)
        (tmp_path / "into").rmdir()


def test_archive_that_is_a_link(tmp_path):
    """A link among the submissions is not followed."""
    make_zip(tmp_path / "secret.zip", [("a.py", WORK)])
    (tmp_path / "a.zip").symlink_to(tmp_path / "secret.zip")

    assert "is not a regular file" in refused(tmp_path / "a.zip", tmp_path)


def test_the_machine_s_own_failure_is_no_fault_of_the_archive(tmp_path, monkeypatch):
    """A full disk is not a damaged archive."""
    archive = make_zip(tmp_path / "a.zip", [("a.py", WORK)])

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("checker.batch.archives.placing.Placing.write", full)
    (tmp_path / "into").mkdir()
    with pytest.raises(OSError, match="No space"):
        unpack(archive, tmp_path / "into")


@pytest.mark.parametrize(
    ("name", "is_one"), [("A.ZIP", True), ("a.tar.gz", True), ("a.rar", True), ("a.npz", False), ("a.gz", False)]
)
def test_what_is_meant_as_an_archive(name, is_one):
    """Weights are zips too, but nobody hands in homework in them."""
    assert looks_like_archive(Path(name).name) is is_one


@pytest.mark.parametrize("mode", ["zip", "w", "w:gz"])
def test_damaged_anyhow(tmp_path, mode):
    """Bytes changed, lost and added at random places: files or a refusal, nothing else, and nothing elsewhere."""
    rng = random.Random(mode)
    entries = [(f"d/{number}.py", bytes([number]) * 300) for number in range(5)]
    archive = make_zip(tmp_path / "a", entries) if mode == "zip" else make_tar(tmp_path / "a", entries, mode)
    whole = archive.read_bytes()
    into = tmp_path / "into"
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(rng.choice([1, 2, 8])):
            at = rng.randrange(len(content))
            content[at : at + rng.randrange(6)] = rng.randbytes(rng.randrange(6))
        archive.write_bytes(content)
        into.mkdir()
        try:
            unpack(archive, into, SMALL)
        except RefusedArchiveError:
            assert not list(into.iterdir())
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "into"]
        shutil.rmtree(into)
