"""On Gradescope: valid results from the first moment to the last, whatever happens."""

from __future__ import annotations

import dataclasses
import json
import zipfile

import msgspec
import pytest

from checker.grading import Grader
from checker.release import on_gradescope
from checker.release.settings import Settings
from checker.sandbox import isolation
from checker.sandbox.plain import Plain
from tests.checker import toy
from tests.checker.exports.test_gradescope import decoded

SCALE_IGNORED = toy.RIGHT.replace("return x * scale", "return x")
COURSE = """
[assignments.toy]
due = 2026-01-01T12:00:00Z
late = { per = "1 day", penalty = 1 }
"""


def two_sections(home):
    """The toy homework, twice: toy.py and other.py."""
    made = toy.assignment(home)
    (section,) = made.sections
    tasks = tuple(dataclasses.replace(task, id=f"other.{task.id}") for task in section.tasks)
    other = dataclasses.replace(section, id="other", title="Other", files=("other.py",), tasks=tasks)
    return dataclasses.replace(made, sections=(section, other))


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Gradescope's folders with a release of the toy homework and a right submission."""
    for name in ("home", "source", "submission", "results"):
        (tmp_path / name).mkdir()
    made = two_sections(tmp_path / "home")
    monkeypatch.setattr(on_gradescope.assignments, "load", lambda name: made)
    release(tmp_path)
    for name in ("toy.py", "other.py"):
        (tmp_path / "submission" / name).write_text(toy.RIGHT)
    return tmp_path


def release(root, **settings) -> None:
    """Write the settings."""
    chosen = Settings(assignment="toy", profile="quick", **settings)
    (root / "source/release.json").write_bytes(msgspec.json.encode(chosen))


def results(root) -> dict:
    """What stands in the file, checked against the specification."""
    document = msgspec.json.decode((root / "results/results.json").read_bytes(), type=on_gradescope.gradescope.Results)
    return decoded(document)


def test_grades_a_submission(root):
    """All points, and the maxima add up to those of the assignment."""
    assert on_gradescope.main([str(root)]) == 0

    made = results(root)
    assert made["score"] == 10
    assert sum(test["max_score"] for test in made["tests"]) == 10
    assert made["output"] == "10 of 10 points"


def test_a_wrong_submission_is_told_why(root):
    """With the smallest failing case."""
    (root / "submission/toy.py").write_text(SCALE_IGNORED)
    on_gradescope.main([str(root)])

    made = results(root)
    assert made["score"] == 8
    assert "expected y = " in made["tests"][0]["output"]


def test_secret_exams_show_no_case(root):
    """Neither the seed nor what was expected."""
    (root / "source/seed.txt").write_text("words that nobody knows")
    release(root, secret=True)
    (root / "submission/toy.py").write_text(SCALE_IGNORED)
    on_gradescope.main([str(root)])

    text = (root / "results/results.json").read_text()
    assert results(root)["score"] == 8
    assert "expected y" not in text
    assert str(on_gradescope.secret_seed(root / "source/seed.txt")) not in text


def test_the_log_is_not_the_students(root, capsys):
    """A platform keeps all of it: it names tasks, and not what their code prints."""
    (root / "submission/toy.py").write_text(
        f"{toy.RIGHT}\nprint('spam\\n' * 9)\n".replace("return x", "print('spam'); return x")
    )
    on_gradescope.main([str(root)])
    said = capsys.readouterr().out

    assert "scale.forward" in said
    assert "spam" not in said


def test_a_zip_in_the_submission_is_opened(root):
    """As students hand it in."""
    with zipfile.ZipFile(root / "submission/work.zip", "w") as archive:
        for name in ("toy.py", "other.py"):
            archive.write(root / "submission" / name, f"folder/{name}")
            (root / "submission" / name).unlink()
    on_gradescope.main([str(root)])

    assert results(root)["score"] == 10


@pytest.mark.parametrize(
    ("created_at", "score"),
    [("2026-01-01T11:59:00Z", 10), ("2026-01-01T13:00:00+01:00", 10), ("2026-01-02T13:00:00Z", 8)],
)
def test_lateness_is_the_time_of_handing_in(root, created_at, score):
    """A regrade years later gives the same points."""
    (root / "source/course.toml").write_text(COURSE)
    release(root, course=True)
    (root / "submission_metadata.json").write_text(json.dumps({"id": 1, "created_at": created_at, "users": []}))
    on_gradescope.main([str(root)])

    made = results(root)
    assert made["score"] == score
    assert sum(test.get("score", 0) for test in made["tests"]) == score
    assert sum(test.get("max_score", 0) for test in made["tests"]) == 10


def test_what_is_known_stays_when_grading_is_killed(root, monkeypatch):
    """Here in the second section; the tasks to come have no points yet."""
    whole = Grader.grade

    def until_killed(self, found, tasks, progress):
        if tasks[0][0].id == "other":
            raise KeyboardInterrupt
        return whole(self, found, tasks, progress)

    monkeypatch.setattr(Grader, "grade", until_killed)
    with pytest.raises(KeyboardInterrupt):
        on_gradescope.main([str(root)])

    made = results(root)
    assert made["score"] == 5
    assert made["output"].startswith(on_gradescope.UNFINISHED)
    assert sum(test["max_score"] for test in made["tests"]) == 10


def test_a_failure_of_the_grader_is_no_fault_of_the_submission(root, monkeypatch, capsys):
    """The staff finds the trace in the log, students a sentence."""
    monkeypatch.setattr(Grader, "grade", lambda *_: 1 / 0)

    assert on_gradescope.main([str(root)]) == 2
    assert results(root)["output"] == on_gradescope.BROKEN
    assert "ZeroDivisionError" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, b"{}", b'{"assignment": 3}'])
def test_a_broken_release_says_so(root, capsys, content):
    """Valid results, and a sentence for the staff."""
    (root / "source/release.json").unlink()
    if content is not None:
        (root / "source/release.json").write_bytes(content)

    assert on_gradescope.main([str(root)]) == 2
    assert results(root)["output"] == on_gradescope.BROKEN
    assert "release.json" in capsys.readouterr().out


def test_code_of_others_never_runs_without_isolation(root, monkeypatch, capsys):
    """Where only plain works, nothing is graded."""
    monkeypatch.setattr(isolation, "levels", lambda: [Plain()])
    isolation.choose.cache_clear()
    try:
        assert on_gradescope.main([str(root)]) == 2
    finally:
        isolation.choose.cache_clear()

    assert results(root)["output"] == on_gradescope.BROKEN
    assert "isolation" in capsys.readouterr().out
