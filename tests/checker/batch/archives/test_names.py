"""Names in an archive: none leads out, none hides another, none surprises a file system."""

import tarfile
import unicodedata
import zipfile

import pytest

from checker.batch.archives import CLASS
from tests.checker.batch.archives.making import WORK, make_tar, make_zip, refused, unpacked, zip_entry

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
