"""``checker compare`` tells who gets another grade, by how much and why, and nothing of the rest."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from checker.batch import comparing
from checker.batch.earlier import open_run
from checker.batch.model import Adjustment, Grade, Student
from checker.batch.store import GRADES, REPORT, RUN
from checker.errors import RequestError
from checker.report.model import AspectOutcome, Report, Status, TaskOutcome, encode

FACTS: dict[str, Any] = {
    "assignment": "hw",
    "assignment_sha256": "a",
    "run_sha256": "r",
    "seed": 0,
    "profile": "quick",
    "isolation": "plain",
    "tasks": ["a"],
    "versions": {"python": "3.11", "torch": "2.13"},
    "submissions": {"anna": "1", "ben": "2"},
}


def _grade(key: str, points: float = 6.0, **more: Any) -> Grade:
    more = {"students": (Student(key.title(), login=key),), "automatic": points, "status": "graded", **more}
    return Grade(key=key, assignment="hw", points=points, max_points=10.0, **more)


def _report(points: float = 6.0, status: Status = "passed", grad: float = 3.0) -> Report:
    aspects = (
        AspectOutcome("y", 3, 3, "passed", ""),
        AspectOutcome("x.grad", grad, 3, "passed" if grad else "failed", ""),
    )
    task = TaskOutcome("a", "A", "main", points, 6, status, "", aspects, "")
    return Report("hw", "Homework", points, 6, 0, "quick", "plain", (), (task,), {}, 1.0)


def _run(folder: Path, *grades: Grade, reports: dict[str, Report] | None = None, **facts: Any) -> Path:
    folder.mkdir()
    (folder / GRADES).write_bytes(msgspec.json.encode(grades))
    (folder / RUN).write_text(json.dumps({**FACTS, **facts}))
    for grade in grades:
        (folder / grade.key).mkdir()
        (folder / grade.key / REPORT).write_bytes(encode((reports or {}).get(grade.key, _report())))
    return folder


def _compare(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    comparing.add_parser(parser.add_subparsers())
    options = parser.parse_args(["compare", *map(str, arguments)])
    return int(options.run(options))


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")


def test_the_same_grades(tmp_path, capsys):
    """Nothing to tell, and status 0, even when everything was graded again."""
    old = _run(tmp_path / "old", _grade("anna"), _grade("ben"))
    new = _run(tmp_path / "new", _grade("ben"), _grade("anna"), versions={"python": "3.12", "torch": "2.13"})

    assert _compare(old, new) == 0
    assert capsys.readouterr().out.splitlines() == [
        "python 3.11 before, 3.12 now",
        "0 changed, 0 new, 0 gone, 2 as before; mean 6 before, 6 now",
    ]


def test_who_changed_by_how_much_and_why(tmp_path, capsys):
    """Tasks with their aspects, policy, points by hand, and what was handed in."""
    old = _run(tmp_path / "old", _grade("anna"), _grade("ben"))
    late = (Adjustment("late: 1 day", -1.0),)
    new = _run(
        tmp_path / "new",
        _grade("anna", 4.0, automatic=3.0, manual=2.0, adjustments=late),
        _grade("ben"),
        reports={"anna": _report(3.0, "partial", 0.0)},
        submissions={"anna": "other", "ben": "2"},
    )

    assert _compare(old, new) == 1
    said = capsys.readouterr().out
    for word in (
        "anna (Anna)",
        "-2",
        "the submission changed",
        "a 6 -> 3, passed -> partial (x.grad 3 -> 0, passed -> failed)",
        "points by hand: 0 -> 2",
        "policy: -1, late: 1 day",
        "1 changed, 0 new, 0 gone, 1 as before; mean 6 before, 5 now",
    ):
        assert word in said
    assert "ben" not in said


def test_two_changes_that_cancel_out_are_told(tmp_path, capsys):
    """The same points for other reasons are another grade."""
    old = _run(tmp_path / "old", _grade("anna"), reports={"anna": _report(6.0)})
    new = _run(tmp_path / "new", _grade("anna"), reports={"anna": _report(6.0, "partial")})

    assert _compare(old, new) == 1
    assert "a 6 -> 6, passed -> partial" in capsys.readouterr().out


def test_who_is_new_and_who_is_gone(tmp_path, capsys):
    """A key that changed is the same person all the same."""
    old = _run(tmp_path / "old", _grade("anna"), _grade("ben", 2.0))
    carla = Student("Carla", login="carla")
    new = _run(
        tmp_path / "new", _grade("anna-2", students=(Student("Anna", login="anna"),)), _grade("c", students=(carla,))
    )

    assert _compare(old, new) == 1
    said = capsys.readouterr().out
    assert "0 changed, 1 new, 1 gone, 1 as before" in said
    assert "gone" in next(line for line in said.splitlines() if line.startswith("ben"))
    assert "new" in next(line for line in said.splitlines() if line.startswith("c (Carla)"))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"seed": 1, "run_sha256": "s"}, "another seed"),
        ({"profile": "thorough", "run_sha256": "s"}, "profile quick before, thorough now"),
        ({"assignment_sha256": "b", "run_sha256": "s"}, "the assignment or the grader changed"),
        ({"tasks": ["a", "b"], "run_sha256": "s"}, "other tasks"),
        ({"run_sha256": "s"}, "another secret seed"),
    ],
)
def test_why_everything_was_graded_again(tmp_path, capsys, facts, words):
    """What differs in how the two runs graded."""
    old, new = _run(tmp_path / "old", _grade("anna")), _run(tmp_path / "new", _grade("anna"), **facts)

    assert _compare(old, new) == 0
    assert capsys.readouterr().out.splitlines()[0] == words


def test_json_tells_all(tmp_path, capsys):
    """Also the reasons that do not fit into the table."""
    many = tuple(Adjustment(f"reason {number}", 1.0) for number in range(9))
    old = _run(tmp_path / "old", _grade("anna"))
    new = _run(tmp_path / "new", _grade("anna", 15.0, automatic=6.0, adjustments=many))

    assert _compare(old, new, "--json", tmp_path / "d.json") == 1
    found = json.loads((tmp_path / "d.json").read_bytes())
    assert "and 4 more (--json FILE tells all)" in capsys.readouterr().out
    assert (found["changed"][0]["old"], found["changed"][0]["new"]) == (6, 15)
    assert len(found["changed"][0]["reasons"]) == 9
    with pytest.raises(RequestError, match=r"folder of .* does not exist"):
        _compare(old, new, "--json", tmp_path / "no" / "d.json")


def test_nothing_of_a_students_steers_the_terminal(tmp_path, capsys):
    """Names and reasons are shown letter by letter."""
    evil = Student("\x1b[2J[bold]x[/]\u202e", login="anna")
    old = _run(tmp_path / "old", _grade("anna", students=(evil,)))
    new = _run(tmp_path / "new", _grade("anna", 1.0, students=(evil,), adjustments=(Adjustment("\x1b]0;t\x07", 1),)))

    assert _compare(old, new) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "[bold]x[/]" in said


def test_with_the_points_that_gradescope_shows(tmp_path, capsys):
    """An export of the platform is an old run without reasons."""
    export = tmp_path / "assignment_1_export"
    (export / "submission_7").mkdir(parents=True)
    (export / "submission_7" / "hw.py").write_text("x = 1\n")
    (export / "submission_metadata.yml").write_text(
        "submission_7:\n  :submitters:\n  - :name: Anna\n    :sid: '1'\n    :email: anna@uni.example\n  :score: 7.5\n"
    )
    student = Student("Anna", "1", "anna@uni.example")
    same = _run(tmp_path / "same", _grade("x", 7.5, students=(student,)))
    other = _run(tmp_path / "other", _grade("x", 6.0, students=(student,)))

    assert _compare(export, same) == 0
    assert _compare(export, other) == 1
    assert "-1.5" in capsys.readouterr().out


def test_requests_that_cannot_be_carried_out(tmp_path):
    """One sentence each."""
    good = _run(tmp_path / "good", _grade("anna"))
    damaged = _run(tmp_path / "damaged", _grade("anna"))
    (damaged / GRADES).write_text('[{"key": 3}]')
    plain = tmp_path / "plain"
    (plain / "anna").mkdir(parents=True)
    (plain / "anna" / "hw.py").write_text("")

    for path, words in ((tmp_path / "no", "nothing at"), (damaged, "are damaged"), (plain, "holds no grades.json")):
        with pytest.raises(RequestError, match=words):
            _compare(path, good)


def test_a_report_that_is_lost_is_no_obstacle(tmp_path, capsys):
    """The automatic points still say where the change comes from; a key that is a path is never followed."""
    old, new = _run(tmp_path / "old", _grade("anna")), _run(tmp_path / "new", _grade("anna", 1.0))
    (new / "anna" / REPORT).write_text("{")

    assert _compare(old, new) == 1
    assert "automatic points: 6 -> 1" in capsys.readouterr().out
    assert open_run(old).report("anna") is not None
    assert open_run(new).report("../old/anna") is None
