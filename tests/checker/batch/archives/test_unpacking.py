"""Whatever an archive holds: regular files come out under the caps, or it is refused in one sentence."""

import bz2
import gzip
import io
import lzma
import os
import random
import shutil
import stat
import struct
import tarfile
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from checker.batch.archives import CLASS, STUDENT, RefusedArchiveError, looks_like_archive, unpack

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


ESCAPES = {
    "../out.py": "leads out of its folder",
    "hw/../../out.py": "leads out of its folder",
    "hw/..": "leads out of its folder",
    "..\\out.py": "leads out of its folder",
    "hw\\..\\..\\out.py": "leads out of its folder",
    "/tmp/out.py": "is an absolute path",
    "\\\\server\\share\\out.py": "is an absolute path",
    "C:\\out.py": "is an absolute path",
    "c:out.py": "is an absolute path",
    "layers.py\0.txt": "has a NUL character in its name",
}


@pytest.mark.parametrize("name", ESCAPES)
def test_escapes_refuse_a_zip(tmp_path, name):
    """A name that leads out refuses the archive whole, also after harmless entries."""
    archive = make_zip(tmp_path / "a.zip", [("layers.py", WORK)])
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(zip_entry(name), b"escaped")

    assert ESCAPES[name] in refused(archive, tmp_path)


@pytest.mark.parametrize("name", ESCAPES)
def test_escapes_refuse_a_tar(tmp_path, name):
    """The same for tars; pax headers can carry any name."""
    info = tarfile.TarInfo("x")
    info.pax_headers = {"path": name}
    archive = make_tar(tmp_path / "a.tar", [("layers.py", WORK), (info, b"escaped")], format=tarfile.PAX_FORMAT)

    assert ESCAPES[name] in refused(archive, tmp_path)


def test_escape_costs_only_itself_in_a_class(tmp_path):
    """What one student smuggled into the platform's archive does not cost the class its submissions."""
    archive = make_zip(tmp_path / "a.zip", [("jane/a.py", WORK), (zip_entry("../x.py"), b"x"), ("joe/a.py", WORK)])
    sentences, files = unpacked(archive, tmp_path, CLASS)

    assert files == {"jane/a.py": WORK, "joe/a.py": WORK}
    assert sentences == ("a.zip: ../x.py was skipped because it leads out of its folder",)


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


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("layers.py", "layers.py", "is there more than once"),
        ("layers.py", "Layers.PY", "is there more than once (layers.py)"),
        ("net/a.py", "NET/b.py", "differs from net in upper and lower case only"),
        ("straße.py", "STRASSE.py", "is there more than once (straße.py)"),
        ("a", "a/b.py", "is a file and a folder at once"),
        ("a/b.py", "a", "is there more than once"),
        ("caf\u00e9.py", "cafe\u0301.py", "is there more than once"),
        ("./x/y.py", "x//y.py", "is there more than once"),
    ],
)
@pytest.mark.parametrize("make", [make_zip, make_tar])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_collisions(tmp_path, make, first, second, reason):
    """Nothing is written over: the second of two names that some system takes for one is skipped, and it says so."""
    sentences, files = unpacked(make(tmp_path / "a", [(first, b"1"), (second, b"2")]), tmp_path)

    assert list(files.values()) == [b"1"]
    assert len(sentences) == 1 and sentences[0].endswith(f"was skipped because it {reason}")


def test_names_are_composed(tmp_path):
    """A name that macOS wrote decomposed is found under its usual form."""
    name = unicodedata.normalize("NFD", "é.py")

    assert list(unpacked(make_zip(tmp_path / "a.zip", [(name, WORK)]), tmp_path)[1]) == ["\u00e9.py"]


def test_backslashes_separate(tmp_path):
    """Windows tools pack folders so."""
    archive = make_zip(tmp_path / "a.zip", [(zip_entry("net\\", 0, 0), b""), (zip_entry("net\\layers.py", 0, 0), WORK)])

    assert unpacked(archive, tmp_path) == ((), {"net/layers.py": WORK})


def test_names_that_are_not_utf8(tmp_path):
    """A tar's bytes are read as Latin-1, a zip's as the DOS code page, or as the UTF-8 that it does not announce."""
    tar = make_tar(tmp_path / "a.tar", [("\udce9.py", WORK)], errors="surrogateescape")
    dos = tmp_path / "dos.zip"
    utf8 = tmp_path / "utf8.zip"
    for path, name in ((dos, b"\x82.py"), (utf8, "é.py".encode())):
        make_zip(path, [("x" * len(name), WORK)])
        path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))

    for archive in (tar, dos, utf8):
        assert unpacked(archive, tmp_path) == ((), {"é.py": WORK})
        (tmp_path / "into/é.py").unlink()


@pytest.mark.parametrize(
    ("name", "shown", "reason"),
    [
        ("a\nb.py", "a\\x0ab.py", "control characters"),
        ("\x1b[31mred.py", "\\x1b[31mred.py", "control characters"),
        ("\u202eyp.exe", "\\u202eyp.exe", "control characters"),
        ("x" * 256 + ".py", "xxx", "has too long a name"),
        ("/".join(["long" * 40] * 8), "long", "has too long a name"),
        ("/".join("d" * 40), "d/d", "lies more than 32 folders deep"),
    ],
)
def test_unusable_names(tmp_path, name, shown, reason):
    """The entry is skipped, and its name breaks no line and turns no text around."""
    sentences, files = unpacked(make_zip(tmp_path / "a.zip", [(name, b"x"), ("a.py", WORK)]), tmp_path)

    assert files == {"a.py": WORK}
    assert len(sentences) == 1
    assert shown in sentences[0] and reason in sentences[0]
    assert sentences[0].isprintable() and len(sentences[0]) < 250


def test_empty_names(tmp_path):
    """An entry without a name is nothing."""
    sentences, files = unpacked(make_zip(tmp_path / "a.zip", [(zip_entry("."), b"x"), ("a.py", WORK)]), tmp_path)

    assert files == {"a.py": WORK}
    assert "has no name" in sentences[0]


def test_what_systems_and_tools_leave_behind(tmp_path):
    """Skipped without a word, as are the folders that the caller does not want."""
    junk = ["__MACOSX/._a.py", ".DS_Store", "hw/Thumbs.db", "hw/desktop.ini", "hw/._a.py", "Icon\r"]
    entries = [(name, b"junk") for name in [*junk, "hw/.git/config", "venv/a.py"]] + [("hw/a.py", WORK)]

    assert unpacked(make_zip(tmp_path / "a.zip", entries), tmp_path, leave_out={".git", "venv"}) == (
        (),
        {"hw/a.py": WORK},
    )


def test_sentences_are_bounded(tmp_path):
    """A thousand odd entries are no thousand sentences."""
    archive = make_tar(tmp_path / "a.tar", [(tar_member(f"l{n}", tarfile.SYMTYPE, "x"), b"") for n in range(19)])
    sentences, _ = unpacked(archive, tmp_path)

    assert len(sentences) == SMALL.sentences + 1
    assert sentences[-1] == "a.tar: 9 more entries were skipped"


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


def test_sparse_files(tmp_path):
    """A terabyte that is a kilobyte in the archive."""
    old = tar_member("a.bin", tarfile.GNUTYPE_SPARSE)
    new = tarfile.TarInfo("b.bin")
    new.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}
    for number, info in enumerate((old, new)):
        archive = make_tar(tmp_path / f"{number}.tar", [(info, b"0\n".ljust(512, b"\0"))], format=tarfile.PAX_FORMAT)
        assert "sparse files" in refused(archive, tmp_path)
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
