"""What learning platforms give is told apart, and everybody's files are found in it."""

import unicodedata
import zipfile
from datetime import UTC, datetime

import pytest

from checker.batch.gathering import gather
from checker.batch.layouts import discover
from checker.batch.model import Student
from checker.errors import RequestError

FILES = ("neuralnet/layers.py", "neuralnet/optim.py", "part1.ipynb", "*.png")


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


def pack(folder, path):
    """A zip of everything in a folder."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder).as_posix())
    return path


def found(path, tmp_path, files=FILES):
    """The intake, and the submissions by key."""
    intake = discover(path, tmp_path / "scratch", files)
    return intake, {submission.key: submission for submission in intake.submissions}


def files_of(submission, tmp_path):
    into = tmp_path / "gathered" / submission.key
    into.mkdir(parents=True)
    assert gather(submission, into) == ()
    return sorted(path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file())


CANVAS = [
    "doejane_1001_5001_layers.py",
    "doejane_1001_5002_optim-3.py",
    "roejoe_LATE_1002_5003_layers-1.py",
    "roejoe_LATE_1002_5004_My homework (final).zip",
    "zhang_2_wei_1003_text.html",
    "anon_7xK2p_5006_layers.py",
    "müllerjürgen_1005_5007_layers.py",
    "solo_1006_link.html",
]


@pytest.mark.parametrize("packed", [False, True])
def test_canvas(tmp_path, packed):
    """Flat files of a bulk download, unpacked or as Canvas gives it."""
    folder = write(tmp_path / "submissions", *[name for name in CANVAS if not name.endswith("zip")])
    make_zip(folder / CANVAS[3], "hw/neuralnet/optim.py")
    intake, by_key = found(pack(folder, tmp_path / "s.zip") if packed else folder, tmp_path)

    assert intake.layout == "Canvas"
    assert not intake.left_over
    assert [key.rsplit("-", 1)[0] if "m-" in key else key for key in by_key] == sorted(by_key)
    assert {"doejane_1001", "roejoe_1002", "zhang_2_wei_1003", "anon_7xK2p", "mullerjurgen_1005", "solo_1006"} == set(
        by_key
    )
    assert [by_key[key].late for key in ("doejane_1001", "roejoe_1002")] == [False, True]
    assert by_key["doejane_1001"].students == (Student(name="doejane", id="1001"),)
    assert by_key["anon_7xK2p"].students == ()
    assert files_of(by_key["doejane_1001"], tmp_path) == ["layers.py", "optim.py"]
    assert by_key["roejoe_1002"].archive == "My homework (final).zip"
    assert files_of(by_key["roejoe_1002"], tmp_path) == ["hw/neuralnet/optim.py", "layers.py"]
    assert by_key["zhang_2_wei_1003"].problems == ("a text was handed in instead of files",)
    assert by_key["solo_1006"].problems == ("a link was handed in instead of files",)


def test_canvas_versions(tmp_path):
    """Of a file that was uploaded twice the newest counts, by attachment and not by the number in its name."""
    folder = write(tmp_path / "s", "a_1_20_layers.py", "a_1_30_layers-1.py", "a_1_9_layers-2.py", "a_1_8_fig-1.png")
    write(folder, "a_1_7_fig-2.png")
    (folder / "a_1_30_layers-1.py").write_text("newest\n")
    (submission,) = found(folder, tmp_path)[1].values()

    assert files_of(submission, tmp_path) == ["fig-1.png", "fig-2.png", "layers.py"]
    assert (tmp_path / "gathered" / submission.key / "layers.py").read_text() == "newest\n"
    assert submission.problems == ("layers.py was uploaded 3 times: the newest counts (attachment 30)",)


def test_canvas_versions_of_archives(tmp_path):
    """An archive beside its re-upload is an older version."""
    make_zip(tmp_path / "s/a_1_20_hw.zip", "old.py")
    make_zip(tmp_path / "s/a_1_30_hw-1.zip", "layers.py")
    (submission,) = found(tmp_path / "s", tmp_path)[1].values()

    assert files_of(submission, tmp_path) == ["layers.py"]
    assert submission.problems == ("hw.zip was uploaded 2 times: the newest counts (attachment 30)",)
    assert submission.archive == "hw-1.zip"


def test_canvas_with_something_else(tmp_path):
    """What is named otherwise belongs to nobody, and is listed."""
    folder = write(tmp_path / "s", "a_1_2_layers.py", "b_3_4_layers.py", "notes.txt", ".DS_Store")
    intake, by_key = found(folder, tmp_path)

    assert list(by_key) == ["a_1", "b_3"]
    assert [(each.path, each.reason) for each in intake.left_over] == [
        ("notes.txt", "is not named as Canvas names downloads")
    ]


GRADESCOPE = """\
submission_11:
  :submitters:
  - :name: Jane Doe
    :sid: '0042'
    :email: jane@x.edu
  :created_at: 2026-03-01 23:59:30.123456000 +01:00
  :score: 7.5
  :status: processed
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests:
    - name: "=cmd()"
      output: !binary aGVsbG8=
  :history: []
submission_12:
  :submitters:
  - :name: "Joe \\e[31mRoe"
    :sid:
    :email: joe@x.edu
  - :name: Ann Poe
  :created_at: '2026-03-02T00:00:00Z'
  :score: .nan
submission_13:
  :submitters:
submission_14: 5
"""


@pytest.mark.parametrize("packed", [False, True])
def test_gradescope(tmp_path, packed):
    """An export, unpacked or as Gradescope gives it; Ruby's own types are read as what they hold."""
    export = tmp_path / "e/assignment_5_export"
    write(export, "submission_11/hw/neuralnet/layers.py", "submission_12/layers.py", "submission_13/layers.py")
    write(export, "submission_99/layers.py", ".DS_Store", "readme.txt")
    write(tmp_path / "e", "__MACOSX/._x")
    (export / "submission_metadata.yml").write_text(GRADESCOPE)
    intake, by_key = found(pack(tmp_path / "e", tmp_path / "e.zip") if packed else tmp_path / "e", tmp_path)

    assert intake.layout == "Gradescope"
    assert list(by_key) == sorted(
        ["Jane-Doe_0042", "Ann-Poe_Joe-x1b-31mRoe_12", "submission_13", "submission_14", "submission_99"]
    )
    jane = by_key["Jane-Doe_0042"]
    assert jane.students == (Student(name="Jane Doe", id="0042", email="jane@x.edu"),)
    assert jane.submitted == datetime(2026, 3, 1, 22, 59, 30, 123456, tzinfo=UTC)
    assert jane.platform_points == 7.5
    group = by_key["Ann-Poe_Joe-x1b-31mRoe_12"]
    assert [student.name for student in group.students] == ["Ann Poe", "Joe \\x1b[31mRoe"]
    assert (group.platform_points, group.submitted) == (None, datetime(2026, 3, 2, tzinfo=UTC))
    assert by_key["submission_14"].problems == ("the export has no folder submission_14",)
    assert by_key["submission_99"].problems == ("submission_metadata.yml says nothing about this submission",)
    assert [each.path for each in intake.left_over] == ["readme.txt"]


@pytest.mark.parametrize(
    "text",
    ["a: [", "- just\n- a list\n", "", "a: !!python/object/apply:os.system ['touch hacked']", "\x00", "[" * 5000],
)
def test_gradescope_metadata_that_is_no_metadata(tmp_path, text):
    """One sentence; nothing is run."""
    (write(tmp_path / "e", "submission_1/a.py") / "submission_metadata.yml").write_text(text)

    with pytest.raises(RequestError, match=r"submission_metadata\.yml (is no valid YAML|lists no submissions)"):
        found(tmp_path / "e", tmp_path)


def test_moodle(tmp_path):
    """Folders per participant, text entries beside, group prefixes kept; and flat files of another setting."""
    folder = write(
        tmp_path / "s",
        "Jane Doe_301_assignsubmission_file_/neuralnet/layers.py",
        "Jane Doe_301_assignsubmission_onlinetext_/onlinetext.html",
        "Group A-Joe Roe_302_assignsubmission_file_/layers.py",
        "Ann Poe_303_assignsubmission_onlinetext_/onlinetext.html",
        "Max Moe_304_assignsubmission_file_layers.py",
        "other.txt",
    )
    make_zip(folder / "Zoë Zoe_305_assignsubmission_file_/homework.tar.gz", "hw/neuralnet/layers.py")
    intake, by_key = found(folder, tmp_path)

    assert intake.layout == "Moodle"
    assert list(by_key) == ["Ann-Poe_303", "Group-A-Joe-Roe_302", "Jane-Doe_301", "Max-Moe_304", "Zoe-Zoe_305"]
    assert by_key["Jane-Doe_301"].students == (Student(name="Jane Doe", id="301"),)
    assert files_of(by_key["Jane-Doe_301"], tmp_path) == ["neuralnet/layers.py", "onlinetext/onlinetext.html"]
    assert files_of(by_key["Max-Moe_304"], tmp_path) == ["layers.py"]
    assert files_of(by_key["Zoe-Zoe_305"], tmp_path) == ["hw/neuralnet/layers.py"]
    assert by_key["Zoe-Zoe_305"].archive == "homework.tar.gz"
    assert by_key["Ann-Poe_303"].problems == ("a text was handed in instead of files",)
    assert [each.path for each in intake.left_over] == ["other.txt"]


def test_blackboard(tmp_path):
    """The newest attempt counts; who is who stays apart also when logins have underscores."""
    folder = write(
        tmp_path / "s",
        "hw_1_hacker_attempt_2026-01-30-20-30-10_layers.py",
        "hw_1_hacker_attempt_2026-01-30-20-30-10.txt",
        "hw_1_hacker_attempt_2026-01-29-20-30-10_layers.py",
        "hw_1_jane_doe_attempt_2026-01-30-20-30-10_layers.py",
        "hw_1_joe_doe_attempt_2026-01-30-20-30-10.txt",
    )
    intake, by_key = found(folder, tmp_path)

    assert intake.layout == "Blackboard"
    assert list(by_key) == ["hacker", "jane_doe", "joe_doe"]
    assert by_key["hacker"].students == (Student(login="hacker"),)
    assert by_key["hacker"].problems == ("there are 2 attempts: the newest counts (2026-01-30-20-30-10)",)
    assert files_of(by_key["hacker"], tmp_path) == ["blackboard.txt", "layers.py"]
    assert by_key["joe_doe"].problems == ("the newest attempt has no files",)


@pytest.mark.parametrize("name", ["hw3-submissions", "clones"])
def test_github_classroom(tmp_path, name):
    """Clones: the login is what follows the assignment's name, and nothing below .git is looked at."""
    folder = write(
        tmp_path / name, "hw3-jane-d/layers.py", "hw3-joe/sub/layers.py", "hw3-joe/.git/config", "grades.csv"
    )
    write(folder, "hw3-jane-d/.git/hooks/post-checkout")
    write(folder, "stray/layers.py")
    intake, by_key = found(folder, tmp_path)

    assert intake.layout == "GitHub Classroom"
    assert by_key["hw3-jane-d"].students == (Student(login="jane-d"),)
    assert by_key["hw3-joe"].students == (Student(login="joe"),)
    assert by_key["stray"].students == (Student(name="stray"),)
    assert files_of(by_key["hw3-joe"], tmp_path) == ["sub/layers.py"]
    assert all(submission.submitted is None for submission in intake.submissions)
    assert [each.path for each in intake.left_over] == ["grades.csv"]


def test_one_clone_says_no_login(tmp_path):
    """Where the assignment's name ends can't be seen from one."""
    write(tmp_path / "c", "hw3-jane/layers.py", "hw3-jane/.git/HEAD")

    assert found(tmp_path / "c", tmp_path)[1]["hw3-jane"].students == (Student(name="hw3-jane"),)


def test_keys_do_not_depend_on_composition(tmp_path):
    """A folder that was copied over macOS is the same student's."""
    name = "Jürgen Öz_301_assignsubmission_file_"
    for place, form in (("a", "NFC"), ("b", "NFD")):
        write(tmp_path / place, f"{unicodedata.normalize(form, name)}/layers.py")

    assert list(found(tmp_path / "a", tmp_path)[1]) == list(found(tmp_path / "b", tmp_path)[1]) == ["Jurgen-Oz_301"]
