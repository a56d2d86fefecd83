"""``checker grade``, as a teaching assistant types it."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from checker import assignment as assignments
from checker.cli import main
from tests.checker import toy

Grade = Callable[..., int]
CLASS = {
    "Hacker, Ann": toy.RIGHT,
    "bob": toy.RIGHT.replace("return x * scale", "print('=cmd()'); return +x"),
    "cyd": "def forward(x, scale)\n    return x\n",
}


@pytest.fixture
def grade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Grade:
    """Grade a class of three into ``out``, with further words of the command."""
    home, submissions = tmp_path / "home", tmp_path / "submissions"
    home.mkdir()
    for name, code in CLASS.items():
        (submissions / name).mkdir(parents=True)
        (submissions / name / "toy.py").write_text(code)
    assignment = toy.assignment(home)
    monkeypatch.setattr(assignments, "load", lambda name: assignment)

    def go(*words: str) -> int:
        command = ["grade", "toy", str(submissions), "--out", str(tmp_path / "out"), "--jobs", "2"]
        return main([*command, "--profile", "quick", "--isolation", "plain", *words])

    return go


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_class(tmp_path: Path, grade: Grade, capsys: pytest.CaptureFixture[str]) -> None:
    """Everybody's grade is in the list, everybody's report in a folder."""
    assert grade() == 0

    out = tmp_path / "out"
    grades = {row["submission"]: row for row in _rows(out / "grades.csv")}
    assert sorted(float(row["points"]) for row in grades.values()) == [0, 3, 5]
    assert {row["status"] for row in grades.values()} == {"graded"}
    for key in grades:
        assert json.loads((out / key / "report.json").read_bytes())["assignment"] == "toy"
        assert "Scale forward" in (out / key / "report.txt").read_text()
    assert "=cmd()" in (out / "bob/printed.txt").read_text()
    document = json.loads((out / "run.json").read_bytes())
    assert document["submissions"].keys() == grades.keys()
    assert (document["seed"], document["isolation"], document["profile"]) == (0, "plain", "quick")
    said = capsys.readouterr()
    assert "3/3" in said.err
    assert "graded          3" in said.out


def test_again(grade: Grade, capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to do, until it is asked for."""
    assert grade() == 0
    capsys.readouterr()
    assert grade() == 0
    assert "graded now      0" in capsys.readouterr().out
    assert grade("--fresh", "--only", "bob") == 0
    assert "graded now      1" in capsys.readouterr().out


def test_a_roster_names_who_is_missing(tmp_path: Path, grade: Grade) -> None:
    """They have a grade of 0, and the status says why."""
    (tmp_path / "roster.csv").write_text("name,id\nBob,7\nZoe Zadeh,9\n")

    assert grade("--roster", str(tmp_path / "roster.csv")) == 0

    rows = [row for row in _rows(tmp_path / "out/grades.csv") if row["status"] == "missing"]
    assert [(row["name"], row["points"]) for row in rows] == [("Zoe Zadeh", "0")]


def test_manual_scores_are_merged(tmp_path: Path, grade: Grade) -> None:
    """What a teaching assistant writes into the sheet counts in the next run, without grading anything."""
    assert grade() == 0
    sheet = tmp_path / "out/manual.csv"
    rows = _rows(sheet)
    for row in rows:
        if row["key"] == "bob":
            row["score"], row["comment"] = "1.5", "for the drawing"
    with sheet.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)

    assert grade() == 0

    bob = next(row for row in _rows(tmp_path / "out/grades.csv") if row["submission"] == "bob")
    assert (bob["points"], bob["automatic"]) == ("4.5", "3")


def test_students_copies_hold_no_case(tmp_path: Path, grade: Grade) -> None:
    """Points and diagnoses, and no seed."""
    (tmp_path / "seed").write_text("reed in the wind")

    assert grade("--seed-file", str(tmp_path / "seed"), "--audience", "student") == 0

    report = json.loads((tmp_path / "out/bob/student/report.json").read_bytes())
    aspects = {aspect["id"]: aspect for task in report["tasks"] for aspect in task["aspects"]}
    assert report["seed"] is None
    assert "the scale is left out" in aspects["y"]["diagnosis"]
    assert {aspect["counterexample"] for aspect in aspects.values()} == {None}
    assert "expected" not in (tmp_path / "out/bob/student/report.txt").read_text()


def test_what_cannot_be_placed_is_listed(tmp_path: Path, grade: Grade) -> None:
    """And said."""
    (tmp_path / "submissions/notes from me.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "submissions/dan.zip").write_bytes(b"PK\x03\x04 broken")

    assert grade() == 0

    problems = {row["about"]: row["problem"] for row in _rows(tmp_path / "out/problems.csv")}
    assert any("notes from me.pdf" in about for about in problems)
    refused = next(row for row in _rows(tmp_path / "out/grades.csv") if row["status"] == "refused")
    assert refused["points"] == "0"
    assert problems[refused["submission"]]


def test_another_homework_is_told(tmp_path: Path, grade: Grade) -> None:
    """Nothing of it could be graded: a person should look."""
    (tmp_path / "submissions/eve").mkdir()
    (tmp_path / "submissions/eve/other.py").touch()

    assert grade() == 0

    eve = next(row for row in _rows(tmp_path / "out/grades.csv") if row["submission"] == "eve")
    assert (eve["points"], eve["problems"]) == ("0", "none of the homework's files is there: toy.py")


def test_a_zip_of_everything(tmp_path: Path, grade: Grade) -> None:
    """The whole class in one archive gets the same grades."""
    assert grade() == 0
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as packed:
        for path in (tmp_path / "submissions").rglob("*.py"):
            packed.write(path, path.relative_to(tmp_path / "submissions"))
    words = ["--out", str(tmp_path / "zipped"), "--jobs", "2", "--profile", "quick", "--isolation", "plain"]

    assert main(["grade", "toy", str(tmp_path / "class.zip"), *words]) == 0

    points = [
        sorted((row["submission"], row["points"]) for row in _rows(tmp_path / name / "grades.csv"))
        for name in ("out", "zipped")
    ]
    assert points[0] == points[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "zoe"], "no submission of that name"),
        (["--seed-file", "/dev/null/seed"], "seed file"),
        (["--course", "/dev/null/course.toml"], "policy"),
        (["--roster", "/dev/null/roster.csv"], "roster"),
        (["--task", "skale"], "no task 'skale'"),
        (["--isolation", "jail"], "no isolation 'jail'"),
    ],
)
def test_wrong_requests(words: list[str], said: str, grade: Grade, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence and status 2."""
    assert grade(*words) == 2

    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_reports_do_not_go_among_submissions(tmp_path: Path, grade: Grade, capsys: pytest.CaptureFixture[str]) -> None:
    """The next run would take them for submissions."""
    assert grade("--out", str(tmp_path / "submissions/out")) == 2
    assert "name another folder" in capsys.readouterr().err
