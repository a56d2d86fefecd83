"""Moodle: the offline grading worksheet is filled, everything else stays."""

from __future__ import annotations

import csv
import io

import pytest

from checker.batch.model import Adjustment, Student
from checker.errors import RequestError
from checker.exports import moodle
from tests.checker.exports.samples import grade

HEADER = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)
WORKSHEET = (
    f"\ufeff{HEADER}\n"
    'Participant 17,Ada Lovelace,ada@example.org,"Submitted for grading",,9.00,Yes,"Monday, 1 June",-,\n'
    'Participant 18,Charles Babbage,bob@example.org,"No submission",,9.00,Yes,-,-,"already said"\n'
    "Participant 19,Grace Hopper,grace@example.org,Graded,4.00,9.00,No,-,-,\n"
)
GERMAN = (
    "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,Feedback\n"
    'Teilnehmer/in17,Ada Lovelace,ada@example.org,x,,"9,00",Ja,\n'
)


@pytest.fixture
def fill(tmp_path):
    """Fills a worksheet that is given as text."""

    def run(grades, text: str = WORKSHEET, columns=None):
        path = tmp_path / "worksheet.csv"
        path.write_bytes(text.encode())
        return moodle.fill(path, grades, columns)

    return run


def test_fills_grade_and_feedback_and_keeps_every_other_byte(fill):
    """The rest is the same file."""
    made = fill([grade("a", 7.5)])

    assert made.content.decode() == WORKSHEET.replace(",,9.00", ",7.5,9.00", 1).replace(
        "-,\n", "-,7.5 of 9 points\n", 1
    )
    assert made.problems == ()


def test_feedback_that_is_there_stays(fill):
    """Somebody wrote it."""
    made = fill([grade("b", 1, students=(Student(email="bob@example.org"),))])

    assert '"already said"' in made.content.decode()
    assert 'bob@example.org,"No submission",1,9.00' in made.content.decode()


def test_feedback_says_how_the_points_came_about(fill):
    """As HTML, in which nothing that people wrote is a tag."""
    late = grade("a", adjustments=(Adjustment("late", -1),), comment="<b>good</b>")
    rows = list(csv.reader(io.StringIO(fill([late]).content.decode(), newline="")))

    assert rows[1][-1] == "2.5 of 9 points<br>late: -1<br>&lt;b&gt;good&lt;/b&gt;"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (grade("g", students=(Student(id="19"),)), "cannot be changed"),
        (grade("a", 10, 10), "at most 9.00"),
        (grade("a", 0, status="not graded"), "the grader itself failed"),
        (grade("x", students=(Student("Alan Turing"),)), "is not in the sheet"),
    ],
)
def test_what_cannot_be_filled_stays_and_is_said(fill, made, said):
    """Nothing else is touched."""
    filled = fill([made])

    assert filled.content == WORKSHEET.encode()
    assert said in filled.problems[0]


@pytest.mark.parametrize(
    "columns",
    [
        {"identifier": "ID", "grade": "Bewertung", "maximum": "Bestwertung"},
        {"identifier": "1", "grade": "5", "maximum": "6"},
    ],
)
def test_translated_headers_are_named(fill, columns):
    """By text or position; the decimal comma of the maximum is used for the grade."""
    assert ',x,"7,5","9,00"' in fill([grade("a", 7.5)], GERMAN, columns).content.decode()


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (None, "'Identifier' is not in .*Bewertung.*--columns identifier=HEADER"),
        ({"identifier": "ID", "grade": "Note"}, "'Note' is not in"),
        ({"identifier": "ID", "grade": "12"}, "'12' is not in"),
        ({"mark": "Bewertung"}, "no column 'mark'"),
    ],
)
def test_unclear_headers_are_refused(fill, columns, said):
    """The sentence lists the headers and says how to name one."""
    with pytest.raises(RequestError, match=said):
        fill([grade()], GERMAN, columns)
