"""Canvas: one column of the exported gradebook is filled, everything else stays."""

from __future__ import annotations

import csv
import io

import pytest

from checker.batch.model import Student
from checker.errors import RequestError
from checker.exports import canvas
from tests.checker.exports.samples import grade

GRADEBOOK = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Toy (101),Essay (102),Current Score\r\n"
    ",,,,,Manual Posting,,(read only)\r\n"
    "    Points Possible,,,,,9.00,5.00,(read only)\r\n"
    '"Lovelace, Ada",17,s17,ada1,"A ""one""",,4.00,80.00\r\n'
    '"Babbage, Charles",18,s18,bob,A,1.00,=1+1,\r\n'
    '"Hopper, Grace",19,s19,grace,A,EX,3.00,\r\n'
    '"Student, Test",99,,x,A,,,\r\n'
)


@pytest.fixture
def fill(tmp_path):
    """Fills a gradebook that is given as text."""

    def run(grades, text: str = GRADEBOOK, column: str | None = None):
        path = tmp_path / "gradebook.csv"
        path.write_bytes(text.encode())
        return canvas.fill(path, grades, column)

    return run


def _table(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))


def test_fills_one_column_and_keeps_every_other_byte(fill):
    """By Canvas's id and by SIS id; the rest is the same file."""
    made = fill([grade("a", 7.5), grade("b", 3, students=(Student(id="s18"),))])

    expected = GRADEBOOK.replace('"A ""one""",,4', '"A ""one""",7.5,4').replace("A,1.00,=1+1", "A,3,=1+1")
    assert made.content == expected.encode()
    assert (made.rows, made.problems) == (2, ())


def test_both_files_are_the_same_table_but_for_the_column(fill):
    """Read by the csv module."""
    before, after = _table(GRADEBOOK.encode()), _table(fill([grade("a", 7.5)]).content)

    changed = [(r, c) for r, row in enumerate(before) for c, cell in enumerate(row) if after[r][c] != cell]
    assert changed == [(3, 5)]


def test_excused_students_stay_excused(fill):
    """And it is said."""
    made = fill([grade("g", students=(Student("Grace Hopper", "19"),))])

    assert made.content == GRADEBOOK.encode()
    assert made.problems == ("Grace Hopper (submission g) is excused, which stays",)


def test_what_the_grader_failed_at_changes_nothing(fill):
    """It is no 0."""
    made = fill([grade("a", 0, status="not graded")])

    assert made.content == GRADEBOOK.encode()
    assert "the grader itself failed" in made.problems[0]


def test_people_who_are_not_in_the_gradebook_are_named(fill):
    """Nobody else gets their points."""
    made = fill([grade("x", students=(Student("Alan Turing", "17000"),))])

    assert made.content == GRADEBOOK.encode()
    assert made.problems == ("Alan Turing (submission x) is not in the sheet",)


def test_folders_may_be_called_like_logins(fill):
    """Then the name that is known is the login."""
    made = fill([grade("bob", 3, students=(Student("bob"),))])

    assert made.content == GRADEBOOK.replace("A,1.00,=1+1", "A,3,=1+1").encode()
    assert made.problems == ("known by name alone, please look at them: bob (submission bob)",)


def test_a_column_of_other_worth_is_said(fill):
    """Canvas would show 7 of 9 for 7 of 10."""
    assert fill([grade("a", 7, 10)]).problems == ("the column Toy (101) is worth 9.00 points, the grades 10",)


@pytest.mark.parametrize("column", ["Essay (102)", "Essay", "102"])
def test_the_column_can_be_named(fill, column):
    """By header, title or id."""
    made = fill([grade("a", 2, 5)], column=column)

    assert _table(made.content)[3][6] == "2"


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        (GRADEBOOK, "Exam", r"'Exam' is not in .*Toy \(101\), Essay \(102\)"),
        (GRADEBOOK.replace("Toy", "Other"), None, "a column for toy is not in"),
        (GRADEBOOK.replace("Essay", "toy"), None, "more than once"),
        (GRADEBOOK.replace("9.00", "(read only)"), None, "read-only"),
        ("Name,Points\nAda,1\n", None, "no gradebook of Canvas"),
    ],
)
def test_unclear_requests_are_refused(fill, text, column, said):
    """The sentence names the columns that there are."""
    with pytest.raises(RequestError, match=said):
        fill([grade()], text, column)


def test_semicolons_and_decimal_commas(fill):
    """A gradebook in a locale with both is filled in the same way."""
    text = "Student;ID;Section;Toy (101)\r\nPoints Possible;;;9,00\r\nLovelace, Ada;17;A;\r\n"

    assert fill([grade("a", 7.5)], text).content == text.replace("17;A;", "17;A;7,5").encode()


def test_first_and_last_name_in_columns_of_their_own(fill):
    """As some installations export them."""
    text = "LastName,FirstName,ID,Section,Toy (101)\nLovelace,Ada,17,A,\n"

    assert (
        fill([grade("a", students=(Student("Ada Lovelace"),))], text).content
        == text.replace("A,\n", "A,2.5\n").encode()
    )
