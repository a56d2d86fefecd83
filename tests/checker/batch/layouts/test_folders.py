"""What people put together by hand: a folder, an archive or a file per student, in any wrapping."""

import io
import os
import tarfile
import zipfile

import pytest

from checker.batch.gathering import gather
from checker.batch.layouts import discover
from checker.errors import RequestError

FILES = ("neuralnet/layers.py", "neuralnet/optim.py", "part1.ipynb")


def write(folder, *names, text="work\n"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def make_zip(path, *names):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "packed\n")
    return path


def make_tar(path, mode, *names):
    with tarfile.open(path, mode) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 7
            archive.addfile(info, io.BytesIO(b"packed\n"))
    return path


def found(path, tmp_path, files=FILES):
    intake = discover(path, tmp_path / "scratch", files)
    return intake, {submission.key: submission for submission in intake.submissions}


def files_of(submission, tmp_path):
    into = tmp_path / "gathered" / submission.key
    into.mkdir(parents=True)
    assert gather(submission, into) == ()
    return sorted(path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file())


def test_folders_archives_and_files(tmp_path):
    """All at once, as they come by mail; what is none of these is listed with a reason."""
    folder = write(tmp_path / "class", "anna/neuralnet/layers.py", "ben/hw/part1.ipynb", "dora.ipynb", "list.csv")
    make_zip(folder / "carl.zip", "hw1/neuralnet/layers.py")
    make_tar(folder / "emil.tar.gz", "w:gz", "layers.py")
    make_tar(folder / "fred.tgz", "w:gz", "layers.py")
    make_tar(folder / "gina.tar", "w", "layers.py")
    make_tar(folder / "hugo.tar.xz", "w:xz", "layers.py")
    make_tar(folder / "ida.tar.bz2", "w:bz2", "layers.py")
    write(folder, "jan_layers.py", "jan-optim.py", ".hidden/layers.py", "Thumbs.db")
    (folder / "kim").symlink_to(folder / "anna")
    os.mkfifo(folder / "pipe.py")
    intake, by_key = found(folder, tmp_path)

    assert intake.layout == "folders"
    assert list(by_key) == ["anna", "ben", "carl", "dora", "emil", "fred", "gina", "hugo", "ida", "jan"]
    assert by_key["carl"].archive == "carl.zip"
    assert files_of(by_key["carl"], tmp_path) == ["hw1/neuralnet/layers.py"]
    assert files_of(by_key["dora"], tmp_path) == ["part1.ipynb"]
    assert files_of(by_key["jan"], tmp_path) == ["layers.py", "optim.py"]
    for key in ("emil", "fred", "gina", "hugo", "ida"):
        assert files_of(by_key[key], tmp_path) == ["layers.py"]
    assert {each.path: each.reason for each in intake.left_over} == {
        ".hidden": "is hidden",
        "kim": "is a link, and links are not followed",
        "list.csv": "is neither a folder nor an archive nor a source file or notebook",
        "pipe.py": "is neither a folder nor an archive nor a source file or notebook",
    }


@pytest.mark.parametrize("wrap", ["", "export/", "a/b/"])
@pytest.mark.parametrize("make", [make_zip, lambda path, *names: make_tar(path, "w:gz", *names)])
def test_one_archive_of_a_class(tmp_path, wrap, make):
    """Also with folders around, and with one student's odd entry in it."""
    names = [f"{wrap}{who}/neuralnet/layers.py" for who in ("anna", "ben")]
    intake, by_key = found(make(tmp_path / "class.zip", *names, f"{wrap}ben/../../../x.py"), tmp_path)

    assert list(by_key) == ["anna", "ben"]
    assert files_of(by_key["ben"], tmp_path) == ["neuralnet/layers.py"]
    assert len(intake.left_over) == 1
    assert "leads out of its folder" in intake.left_over[0].reason
    assert not (tmp_path / "x.py").exists()


def test_archive_of_archives(tmp_path):
    """One level for the class, one for the student."""
    make_zip(tmp_path / "in/anna.zip", "layers.py")
    make_zip(tmp_path / "in/ben.zip", "layers.py")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for name in ("anna.zip", "ben.zip"):
            archive.write(tmp_path / "in" / name, f"all/{name}")
    by_key = found(tmp_path / "class.zip", tmp_path)[1]

    assert list(by_key) == ["anna", "ben"]
    assert files_of(by_key["anna"], tmp_path) == ["layers.py"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["neuralnet/layers.py", "tests/test.py"], ["neuralnet/layers.py", "tests/test.py"]),
        (["layers.py", "optim.py"], ["layers.py", "optim.py"]),
    ],
)
def test_one_homework_is_one_submission(tmp_path, names, expected):
    """A folder with the expected files in it is a student's, not a class."""
    intake, by_key = found(write(tmp_path / "anna", *names), tmp_path)

    assert intake.layout == "one submission"
    assert files_of(by_key["anna"], tmp_path) == expected


@pytest.mark.parametrize("place", ["", "anna/"])
def test_homework_that_poses_as_an_export(tmp_path, place):
    """A student's own files don't say whose submission it is."""
    folder = write(tmp_path / "anna", f"{place}neuralnet/layers.py")
    (folder / place / "submission_metadata.yml").write_text("submission_1: {':submitters': [{':name': Ben}]}\n")
    intake, by_key = found(folder, tmp_path)

    assert intake.layout != "Gradescope"
    assert [submission.students[0].name for submission in by_key.values()] == ["anna"]


def test_one_homework_in_an_archive(tmp_path):
    """The same when it is packed."""
    _, by_key = found(make_zip(tmp_path / "anna.zip", "neuralnet/layers.py"), tmp_path)

    assert files_of(by_key["anna"], tmp_path) == ["neuralnet/layers.py"]


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (["anna/neuralnet/layers.py"], ["anna"]),
        (["anna/hw1/neuralnet/layers.py", "anna/hw1/backprop/functions.py"], ["anna"]),
        (["anna/neuralnet/layers.py", "anna/backup/layers.py"], ["anna"]),
        (["all/anna/layers.py", "all/ben/layers.py"], ["anna", "ben"]),
        (["all/anna/x/y/layers.py", "all/ben/layers.py"], ["anna", "ben"]),
        (["all/anna/hw.zip", "all/ben/hw.zip"], ["anna", "ben"]),
        (["layers.py", "anna/layers.py", "ben/layers.py"], None),
    ],
)
def test_class_or_student(tmp_path, names, keys):
    """A class of one is told from a folder around a class by whether the same file comes twice."""
    folder = write(tmp_path / "class", *[name for name in names if not name.endswith("zip")])
    for name in names:
        if name.endswith("zip"):
            make_zip(folder / name, "layers.py")
    by_key = found(folder, tmp_path)[1]

    assert list(by_key) == (keys or ["anna", "ben", "layers"])


def test_two_submissions_under_one_name(tmp_path):
    """Both are kept under keys of their own, and both say so."""
    folder = write(tmp_path / "class", "anna/layers.py", "ben/layers.py")
    make_zip(folder / "anna.zip", "layers.py")
    by_key = found(folder, tmp_path)[1]
    annas = [submission for key, submission in by_key.items() if key.startswith("anna-")]

    assert len(by_key) == 3 and len(annas) == 2
    assert sorted(each.problems for each in annas) == [
        ("there is another submission under this name (anna): both are graded",),
        ("there is another submission under this name (anna.zip): both are graded",),
    ]


def test_keys(tmp_path):
    """Folders' names, safe, unique whatever a file system takes for the same, and never one of the output's own."""
    names = ["Ünal, Şebnem", "张伟", "李伟", "a b", "a-b", "grades.csv", "run.json", "=cmd()", "x" * 200, "CON", "con"]
    folder = write(tmp_path / "class", *[f"{name}/layers.py" for name in names])
    (folder / os.fsdecode(b"\xff")).mkdir()
    keys = list(found(folder, tmp_path)[1])

    assert len(keys) == len({key.casefold() for key in keys}) == len(names) + 1
    assert all(key.isascii() and len(key) <= 100 and key[0] not in ".-" for key in keys)
    assert "Unal-Sebnem" in keys and "cmd" in keys
    assert not {"grades.csv", "run.json"} & set(keys)
    assert keys == list(found(folder, tmp_path)[1])


def test_keys_do_not_depend_on_the_order_of_a_folder(tmp_path, monkeypatch):
    """Which file systems give in any."""
    folder = write(tmp_path / "class", "a b/layers.py", "a-b/layers.py", "c/layers.py")
    before = found(folder, tmp_path)[0]
    listing = type(folder).iterdir
    monkeypatch.setattr(type(folder), "iterdir", lambda path: sorted(listing(path), reverse=True))

    assert found(folder, tmp_path)[0] == before


def test_archive_in_a_folder_is_opened_only_for_what_is_missing(tmp_path):
    """A complete submission needs none of its archives."""
    folder = write(tmp_path / "class", "anna/part1.ipynb")
    write(folder / "ben", *FILES)
    make_zip(folder / "anna/code.zip", "neuralnet/layers.py")
    make_zip(folder / "ben/backup.zip", "neuralnet/layers.py")
    by_key = found(folder, tmp_path)[1]

    assert files_of(by_key["anna"], tmp_path) == ["neuralnet/layers.py", "part1.ipynb"]
    assert files_of(by_key["ben"], tmp_path) == ["backup.zip", *FILES]
    assert (by_key["anna"].archive, by_key["ben"].archive) == ("code.zip", "")


def test_many_archives(tmp_path):
    """Only some are opened, and it says so."""
    for number in range(7):
        make_zip(tmp_path / f"class/anna/{number}.zip", f"{number}.py")
    write(tmp_path / "class", "ben/layers.py")
    anna = found(tmp_path / "class", tmp_path)[1]["anna"]

    assert anna.problems == ("there are 7 archives, and only the first 5 are opened: hand in one archive",)


@pytest.mark.parametrize("name", ["layers-1.py", "layers (2).py", "layers(1).py", "neuralnet/layers-12.py"])
def test_names_that_browsers_number(tmp_path, name):
    """A numbered file stands for the expected one when that is not there."""
    folder = write(tmp_path / "class", f"anna/{name}", "ben/layers.py", "ben/layers-1.py")
    by_key = found(folder, tmp_path)[1]

    assert [each.rpartition("/")[2] for each in files_of(by_key["anna"], tmp_path)] == ["layers.py"]
    assert files_of(by_key["ben"], tmp_path) == ["layers-1.py", "layers.py"]


def test_several_numbered_names(tmp_path):
    """Nothing is guessed between them."""
    folder = write(tmp_path / "class", "anna/layers (1).py", "anna/layers (2).py")
    anna = found(folder, tmp_path)[1]["anna"]

    assert files_of(anna, tmp_path) == ["layers (1).py", "layers (2).py"]
    assert anna.problems == (
        "layers.py is there under several names (layers (1).py, layers (2).py): none was taken, hand in one as "
        "layers.py",
    )


def test_empty_folder_of_a_student(tmp_path):
    """It is a submission, of nothing."""
    write(tmp_path / "class", "anna/layers.py")
    (tmp_path / "class/ben").mkdir()

    assert found(tmp_path / "class", tmp_path)[1]["ben"].problems == ("nothing was handed in: there is no file",)


def test_hostile_archive_of_a_student(tmp_path):
    """Discovery reads none of it; it is refused when that student's turn comes, and nobody else's."""
    folder = write(tmp_path / "class", "anna/layers.py")
    make_zip(folder / "ben.zip", "../../layers.py")
    (folder / "carl.rar").write_bytes(b"Rar!\x1a\x07\x00" + bytes(20))
    by_key = found(folder, tmp_path)[1]
    sentences = {}
    for key in ("ben", "carl"):
        (tmp_path / key).mkdir()
        sentences[key] = gather(by_key[key], tmp_path / key)

    assert files_of(by_key["anna"], tmp_path) == ["layers.py"]
    assert "leads out of its folder" in sentences["ben"][0]
    assert "only zip and tar are read" in sentences["carl"][0]


def test_requests_that_can_not_be_carried_out(tmp_path):
    """A sentence each."""
    (tmp_path / "empty").mkdir()
    write(tmp_path / "junk", ".DS_Store")
    write(tmp_path / "texts", "a.txt", "b.csv")
    write(tmp_path, "file.txt")
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04")
    os.mkfifo(tmp_path / "pipe")
    for name, sentence in {
        "missing": "there are no submissions at",
        "empty": "is empty",
        "junk": "is empty",
        "texts": "2 other entries, such as a.txt",
        "file.txt": "neither a zip nor a tar",
        "bad.zip": "damaged",
        "pipe": "neither a folder nor a zip or tar archive",
    }.items():
        with pytest.raises(RequestError, match=sentence):
            found(tmp_path / name, tmp_path)


def test_full_disk(tmp_path, monkeypatch):
    """What this machine lacks is said as such, and nothing half unpacked is taken for a class."""

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    archive = make_zip(tmp_path / "class.zip", "anna/layers.py", "ben/layers.py")
    monkeypatch.setattr("checker.batch.archives.placing.Placing.write", full)
    with pytest.raises(RequestError, match=r"can't be read: No space left on device$"):
        found(archive, tmp_path)


def test_files_that_are_only_patterns(tmp_path):
    """Without expected names an archive is opened when no source lies beside it."""
    make_zip(tmp_path / "class/anna/hw.zip", "a.py")
    write(tmp_path / "class", "ben/a.py")
    make_zip(tmp_path / "class/ben/hw.zip", "a.py")
    by_key = found(tmp_path / "class", tmp_path, ("*.py",))[1]

    assert files_of(by_key["anna"], tmp_path) == ["a.py"]
    assert files_of(by_key["ben"], tmp_path) == ["a.py", "hw.zip"]
