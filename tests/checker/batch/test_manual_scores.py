"""The sheet that people fill in: nothing that they write is lost, nothing that a student writes runs in it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from checker.assignment import Assignment, ManualTask, Section
from checker.batch.manual_scores import COLUMNS, GONE, OVERALL, ManualScore, items, read, write_sheet
from checker.batch.model import Grade, Student
from checker.errors import RequestError
from checker.report.model import AspectOutcome, Report, TaskOutcome

ESSAY = ManualTask("essay", "Essay", 10.0)
ASSIGNMENT = Assignment("hw", "Homework", (Section("main", "Main", (), (), manual=(ESSAY,)),))


def _grade(key: str, name: str = "Anna", status="graded") -> Grade:
    return Grade(key, (Student(name),), "hw", status, 0.0, 10.0)


def _report(found: str = "found essay.pdf (3 pages)", most: float = 10.0) -> Report:
    aspect = AspectOutcome("plot", 0, 4, "manual", "scored by a person: unclear")
    tasks = (
        TaskOutcome("essay", "Essay", "main", 0, most, "manual", found, (), ""),
        TaskOutcome("net", "Network", "main", 3, 7, "partial", "", (aspect,), ""),
    )
    return Report("hw", "Homework", 3, 7, 0, "quick", "plain", (), tasks, {}, 1.0)


def _write(path: Path, *grades: Grade, report: Report | None = None) -> list[dict[str, str]]:
    write_sheet(path, grades, {grade.key: report or _report() for grade in grades}, ASSIGNMENT)
    return _cells(path)


def _cells(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def _fill(path: Path, key: str, task: str, **cells: str) -> None:
    """Write into a row, as a person does."""
    rows = _cells(path)
    row = next(row for row in rows if (row["key"], row["task"]) == (key, task))
    row.update(cells)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def test_a_row_for_everything_that_a_person_scores(tmp_path):
    """Manual tasks, aspects that only a person can judge, and the submission as a whole."""
    rows = _write(tmp_path / "manual.csv", _grade("anna"))

    assert [(row["task"], row["title"], row["max"]) for row in rows] == [
        ("essay", "Essay", "10"),
        ("net:plot", "Network", "4"),
        (OVERALL, "Whole submission", ""),
    ]
    assert rows[0]["found"] == "found essay.pdf (3 pages)"
    assert (rows[0]["key"], rows[0]["name"], rows[0]["score"], rows[0]["comment"]) == ("anna", "Anna", "", "")


def test_without_a_report_the_assignments_tasks_are_scored():
    """An archive that cannot be opened may still have its essay on paper."""
    assert [item.id for item in items(None, ASSIGNMENT)] == ["essay"]


def test_what_people_write_is_read_and_kept(tmp_path):
    """Scores, comments and columns of their own survive any number of runs, whatever the grader finds then."""
    path = tmp_path / "manual.csv"
    _write(path, _grade("anna"), _grade("ben", "Ben"))
    _fill(path, "anna", "essay", score="7,5", comment="=good \u00e9\n\u2764\ufe0f\u200d\U0001f525 second line")
    _fill(path, "ben", OVERALL, score="-2", comment="copied")
    for found in ("found essay.pdf", "nothing is there"):
        rows = _write(path, _grade("anna"), _grade("ben", "Ben"), report=_report(found))
    scores = read(path)

    assert rows[0]["found"] == "nothing is there"
    assert scores.problems == ()
    assert scores.of("anna") == {"essay": ManualScore(7.5, "=good \u00e9\n\u2764\ufe0f\u200d\U0001f525 second line")}
    assert scores.of("ben") == {OVERALL: ManualScore(-2.0, "copied")}
    assert scores.of("carla") == {}


def test_columns_and_order_of_people_are_kept(tmp_path):
    """A column that they added is still there."""
    path = tmp_path / "manual.csv"
    path.write_text("Task,Score,Key,Comment,grader\nessay,3,anna,,Eve\n")
    rows = _write(path, _grade("anna"))

    assert list(rows[0]) == [*COLUMNS, "grader"]
    assert (rows[0]["score"], rows[0]["grader"]) == ("3", "Eve")


def test_rows_that_nobody_knows_stay(tmp_path):
    """A student who left, a task that was renamed: what was written about them is kept and read no more than told."""
    path = tmp_path / "manual.csv"
    _write(path, _grade("anna"), _grade("ben"), _grade("carla"))
    _fill(path, "ben", "essay", score="4")
    _fill(path, "anna", "essay", score="5")
    rows = _write(path, _grade("anna"))

    assert [(row["key"], row["task"], row["score"], row["note"]) for row in rows] == [
        ("anna", "essay", "5", ""),
        ("anna", "net:plot", "", ""),
        ("anna", OVERALL, "", ""),
        ("ben", "essay", "4", GONE),
    ]
    assert read(path).unknown(["anna"]) == ("manual scores: there is no submission 'ben'",)
    assert _write(path, _grade("anna"), _grade("ben"))[3]["note"] == ""


def test_those_who_handed_in_nothing_have_rows_only_when_something_is_written(tmp_path):
    """Also when the platform gives them no key."""
    path = tmp_path / "manual.csv"

    assert _write(path, _grade("", status="missing"), _grade("dora", status="missing")) == []
    path.write_text("key,task,score,comment\ndora,essay,5,on paper\n")
    assert [row["task"] for row in _write(path, _grade("dora", status="missing"))] == ["essay"]


def test_a_changed_maximum_is_flagged_where_it_was_scored(tmp_path):
    """And stays flagged."""
    path = tmp_path / "manual.csv"
    _write(path, _grade("anna"), _grade("ben"))
    _fill(path, "anna", "essay", score="9")
    for _ in range(2):
        rows = _write(path, _grade("anna"), _grade("ben"), report=_report(most=8.0))

    assert (rows[0]["max"], rows[0]["score"]) == ("8", "9")
    assert rows[0]["note"] == "the maximum was 10 when this was scored"
    assert rows[3]["note"] == ""


@pytest.mark.parametrize("evil", ["=HYPERLINK(1)", "+1+cmd", "-2+3", "@SUM(A1)", "\uff1dcmd", "a;=cmd", " =1", '"=1'])
def test_nothing_of_a_students_runs_in_a_spreadsheet(tmp_path, evil):
    """Neither now nor after the sheet went through another run."""
    path = tmp_path / "manual.csv"
    for _ in range(2):
        rows = _write(path, _grade("anna", evil), report=_report(evil))

    for part in (*rows[0]["name"].split(";"), *rows[0]["found"].split(";")):
        assert part.startswith("'") or not part.lstrip(' "').startswith(tuple("=+-@\uff1d"))
    assert "\x1b" not in _write(path, _grade("anna", "\x1b[2J\x00"))[0]["name"]


def test_a_second_run_writes_the_same_bytes(tmp_path):
    """A sheet that is open elsewhere is not touched for nothing."""
    path = tmp_path / "manual.csv"
    _write(path, _grade("anna", "=x"))
    first, changed = path.read_bytes(), path.stat().st_mtime_ns
    _write(path, _grade("anna", "=x"))

    assert (path.read_bytes(), path.stat().st_mtime_ns) == (first, changed)
    assert first.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_save_is_read(tmp_path, encoding, delimiter):
    """With or without a mark, with other separators, with empty lines; written again with the same separator."""
    path = tmp_path / "manual.csv"
    lines = [["key", "task", "score", "comment"], ["anna", "essay", "3", "x"], ["", "", "", ""]]
    path.write_bytes("\r\n".join(delimiter.join(line) for line in lines).encode(encoding))

    assert read(path).of("anna") == {"essay": ManualScore(3.0, "x")}
    write_sheet(path, [_grade("anna")], {"anna": _report()}, ASSIGNMENT)
    assert delimiter.join(COLUMNS) in path.read_bytes().decode("utf-8-sig")
    assert read(path).of("anna") == {"essay": ManualScore(3.0, "x")}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("anna,essay,ten,", r"line 2 \(anna, essay\): the score 'ten' is no number"),
        ("anna,essay,nan,", "is no number"),
        ("anna,essay,1e5,", "is no number"),
        ("anna,essay,9999999,", "is no number"),
        ("anna,essay,-1,", "below 0"),
        (",essay,3,", "needs a key"),
        ("anna,,3,", "needs a key and a task"),
        ("anna,essay,3,\nanna,essay,4,", "two rows that differ"),
    ],
)
def test_a_wrong_row_is_told_and_costs_no_other(tmp_path, row, words):
    """It does not count, stays in the sheet, and the rest is read."""
    path = tmp_path / "manual.csv"
    path.write_text(f"key,task,score,comment\n{row}\nben,essay,3,fine\n")
    scores = read(path)
    write_sheet(path, [_grade("anna"), _grade("ben")], {"anna": _report(), "ben": _report()}, ASSIGNMENT)

    assert len(scores.problems) == 1
    assert re.search(words, scores.problems[0])
    assert scores.of("anna").get("essay", ManualScore(None)).points is None
    assert scores.of("ben") == {"essay": ManualScore(3.0, "fine")}
    assert read(path).problems != ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"key,task,score,comment\n\xe4nna,essay,3,", "no UTF-8"),
        (b"key,task,points\nanna,essay,3", "no column score and comment"),
        (b"key,task,score,comment,score\nanna,essay,3,,4", "two columns of one name"),
        (b"key,task,score,comment\nanna,essay,3,,more", "line 2 has more cells"),
        (b'key,task,score,comment\nanna,essay,3,"open', "line 2: unexpected end"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_left_alone(tmp_path, content, words):
    """It is never overwritten: somebody's work is in it."""
    path = tmp_path / "manual.csv"
    path.write_bytes(content)

    with pytest.raises(RequestError, match=words):
        read(path)
    with pytest.raises(RequestError, match=words):
        write_sheet(path, [_grade("anna")], {"anna": _report()}, ASSIGNMENT)
    assert path.read_bytes() == content


def test_no_sheet_is_no_scores(tmp_path):
    """A first run has none."""
    assert read(tmp_path / "manual.csv").by_key == {}
