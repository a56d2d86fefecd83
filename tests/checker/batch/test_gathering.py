"""The parts of a submission come together in one folder, and its digest tells one state from another."""

import io
import os
import stat
import tarfile
import zipfile
from dataclasses import replace

import pytest

from checker.batch import gathering
from checker.batch.gathering import digest, gather
from checker.batch.model import Part, Submission


def write(folder, *names, text="work\n"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def make_zip(path, *names, text="packed\n"):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, text)
    return path


def gathered(tmp_path, *parts):
    """The sentences, and the files that came together with their text."""
    into = tmp_path / "into"
    into.mkdir()
    problems = gather(Submission("key", parts), into)
    everything = [path for path in into.rglob("*") if not path.is_dir()]
    return problems, {path.relative_to(into).as_posix(): path.read_text() for path in everything}


def test_folders_files_and_archives(tmp_path):
    """Each part goes where its name says."""
    folder = write(tmp_path / "hw", "net/a.py", "b.py")
    loose = write(tmp_path, "jane_1_2_c.py") / "jane_1_2_c.py"
    archive = make_zip(tmp_path / "code.zip", "d/d.py")
    problems, files = gathered(tmp_path, Part(folder), Part(loose, "part/c.py"), Part(archive), Part(folder, "text"))

    assert not problems
    assert sorted(files) == ["b.py", "d/d.py", "net/a.py", "part/c.py", "text/b.py", "text/net/a.py"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o644 for path in (tmp_path / "into").rglob("*.py"))


def test_links_and_pipes_are_left_out(tmp_path):
    """Nothing outside the submission is read, and nothing waits for a pipe."""
    secret = write(tmp_path / "outside", "secret.py", text="answers")
    folder = write(tmp_path / "hw", "a.py")
    (folder / "link.py").symlink_to(secret / "secret.py")
    (folder / "linked").symlink_to(secret)
    os.mkfifo(folder / "pipe.py")
    problems, files = gathered(tmp_path, Part(folder))

    assert files == {"a.py": "work\n"}
    assert problems == (
        "link.py was left out because it is a link",
        "linked was left out because it is a link",
        "pipe.py was left out because it is neither a file nor a folder",
    )


def test_part_that_is_a_link_or_gone(tmp_path):
    """Also when the part itself is one."""
    write(tmp_path / "outside", "secret.py")
    (tmp_path / "hw").symlink_to(tmp_path / "outside")
    problems, files = gathered(tmp_path, Part(tmp_path / "hw"), Part(tmp_path / "gone"))

    assert not files
    assert problems == ("hw was left out because it is a link", "gone was left out because it is no longer there")


def test_what_tools_leave_behind_stays_behind(tmp_path):
    """Repositories, environments and caches are no homework."""
    folder = write(tmp_path / "hw", "a.py", ".git/config", "x/venv/b.py", "__pycache__/a.pyc", ".DS_Store", "._a.py")

    assert gathered(tmp_path, Part(folder)) == ((), {"a.py": "work\n"})


def test_refused_archive_costs_only_itself(tmp_path):
    """One sentence, and the other parts are there."""
    folder = write(tmp_path / "hw", "a.py")
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 and no more")
    good = make_zip(tmp_path / "good.zip", "b.py")
    problems, files = gathered(tmp_path, Part(folder), Part(tmp_path / "bad.zip"), Part(good))

    assert problems == ("bad.zip was refused because it is damaged or incomplete: pack it again",)
    assert sorted(files) == ["2-good/b.py", "a.py"]


def test_archive_inside_a_folder(tmp_path):
    """It is unpacked at the top, and not copied."""
    folder = write(tmp_path / "hw", "essay.md")
    archive = make_zip(folder / "hw.zip", "net/a.py")

    assert gathered(tmp_path, Part(folder), Part(archive)) == ((), {"essay.md": "work\n", "net/a.py": "packed\n"})


def test_open_files_count_before_packed_ones(tmp_path):
    """Said, not guessed; what every package has is no second copy."""
    folder = write(tmp_path / "hw", "layers.py", "__init__.py")
    archive = make_zip(folder / "hw.zip", "net/layers.py", "net/optim.py", "net/__init__.py")
    problems, files = gathered(tmp_path, Part(folder), Part(archive))

    assert sorted(files) == ["__init__.py", "layers.py", "net/__init__.py", "net/optim.py"]
    assert files["layers.py"] == "work\n"
    assert problems == (
        "hw.zip: net/layers.py was left out because layers.py was also handed in openly, and that one counts",
    )


def test_several_archives_stay_apart(tmp_path):
    """So that their files don't hide each other."""
    one, two = make_zip(tmp_path / "one.zip", "a.py"), make_zip(tmp_path / "two.zip", "a.py")

    assert sorted(gathered(tmp_path, Part(one), Part(two))[1]) == ["1-one/a.py", "2-two/a.py"]


def test_names_of_files_are_hostile_too(tmp_path):
    """A clone or an unpacked download can hold any name."""
    folder = write(tmp_path / "hw", "a.py", "A.py", "line\nbreak.py", "x\\..\\..\\b.py")
    (folder / os.fsdecode(b"\xff.py")).write_text("bytes\n")
    problems, files = gathered(tmp_path, Part(folder))

    assert files == {"A.py": "work\n", "ÿ.py": "bytes\n"}
    assert problems == (
        "a.py was left out because it is there more than once (A.py)",
        "line\\x0abreak.py was left out because it has control characters in its name",
        "x\\..\\..\\b.py was left out because it leads out of its folder",
    )


def test_caps_for_folders(tmp_path, monkeypatch):
    """What does not fit is left out, and the rest is there."""
    monkeypatch.setattr(gathering, "STUDENT", replace(gathering.STUDENT, total_bytes=1000, file_bytes=900, entries=4))
    folder = write(tmp_path / "hw", "a.py", "f.py", "g.py")
    (folder / "b.bin").write_bytes(bytes(990))
    (folder / "c.bin").write_bytes(bytes(997))
    problems, files = gathered(tmp_path, Part(folder))

    assert sorted(files) == ["a.py", "f.py"]
    assert problems == (
        "b.bin was left out because it is larger than 900 bytes",
        "c.bin was left out because it does not fit into the 1000 bytes of a submission",
        "there are more than 4 files: the rest was left out",
    )


def test_many_problems_are_counted(tmp_path):
    """A report lists no thousand of them."""
    folder = write(tmp_path / "hw", "a.py")
    for number in range(100):
        (folder / f"link{number}").symlink_to("a.py")
    problems, _ = gathered(tmp_path, Part(folder))

    assert len(problems) == gathering.MOST_PROBLEMS + 1
    assert problems[-1] == "70 more such problems are not listed"


def test_folders_without_end(tmp_path):
    """Deeper than an archive may be nothing is read, and it says so."""
    folder = write(tmp_path / "hw", "a.py", f"{'d/' * 40}b.py")
    (problem,), files = gathered(tmp_path, Part(folder))

    assert files == {"a.py": "work\n"}
    assert problem.endswith("was left out because it lies too many folders deep")


def test_unreadable_files_and_folders(tmp_path, monkeypatch):
    """Permissions that an unpacker took over from a student's archive cost only what they hide, and it says so."""
    folder = write(tmp_path / "hw", "a.py", "closed/b.py", "c.py")
    closed = {str(folder / "closed"), str(folder / "c.py")}
    monkeypatch.setattr(gathering.os, "access", lambda path, mode: str(path) not in closed)
    problems, files = gathered(tmp_path, Part(folder))

    assert files == {"a.py": "work\n"}
    assert problems == (
        "c.py was left out because its permissions forbid to read it",
        "closed was left out because its permissions forbid to read it",
    )
    assert len(digest(Submission("key", (Part(folder),)))) == 64


def test_nested_bombs_stay_closed(tmp_path):
    """An archive in an archive is not opened."""
    inner = make_zip(tmp_path / "inner.zip", "a.py")
    with tarfile.open(tmp_path / "outer.tgz", "w:gz") as archive:
        info = tarfile.TarInfo("inner.zip")
        info.size = inner.stat().st_size
        archive.addfile(info, io.BytesIO(inner.read_bytes()))
    into = tmp_path / "into"
    into.mkdir()

    assert gather(Submission("key", (Part(tmp_path / "outer.tgz"),)), into) == ()
    assert [path.name for path in into.iterdir()] == ["inner.zip"]


def test_digest_is_the_same_elsewhere(tmp_path):
    """It depends on names and bytes, not on where they lie or in which order the parts come."""
    for place in ("one", "two"):
        write(tmp_path / place, "net/a.py", "b.py")
        make_zip(tmp_path / f"{place}/x.zip", "c.py")
    first, second = (
        Submission("key", (Part(tmp_path / place), Part(tmp_path / place / "x.zip"))) for place in ("one", "two")
    )

    assert digest(first) == digest(second) == digest(replace(second, parts=second.parts[::-1]))
    assert len(digest(first)) == 64


def test_digest_ignores_what_is_not_taken(tmp_path):
    """A pull into a clone without changes regrades nothing."""
    folder = write(tmp_path / "hw", "a.py", ".git/HEAD")
    submission = Submission("key", (Part(folder),))
    before = digest(submission)
    write(folder, ".git/HEAD", "__pycache__/a.pyc", text="other")

    assert digest(submission) == before


def _append(folder):
    (folder / "a.py").write_text("work\nmore\n")


def _rename(folder):
    (folder / "a.py").rename(folder / "c.py")


def _move(folder):
    (folder / "net").mkdir()
    (folder / "a.py").rename(folder / "net/a.py")


def _swap(folder):
    (folder / "a.py").write_text("other\n")
    (folder / "b.py").write_text("work\n")


def _delete(folder):
    (folder / "b.py").unlink()


def _link(folder):
    (folder / "a.py").unlink()
    (folder / "a.py").symlink_to("/etc/hostname")


@pytest.mark.parametrize("change", [_append, _rename, _move, _swap, _delete, _link])
def test_digest_notices_changes(tmp_path, change):
    """Every change of a name, of bytes, or of which bytes have which name."""
    folder = write(tmp_path / "hw", "a.py")
    (folder / "b.py").write_text("other\n")
    submission = Submission("key", (Part(folder),))
    before = digest(submission)
    change(folder)

    assert digest(submission) != before


def test_digest_does_not_follow_links(tmp_path):
    """What a link points to may change as it likes."""
    folder = tmp_path / "hw"
    folder.mkdir()
    target = write(tmp_path, "target.py") / "target.py"
    (folder / "a.py").symlink_to(target)
    submission = Submission("key", (Part(folder),))
    before = digest(submission)
    target.write_text("changed")

    assert digest(submission) == before
