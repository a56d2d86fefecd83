"""Matching: identifiers first, names last, nobody guessed."""

from __future__ import annotations

import pytest

from checker.batch.model import Student
from checker.exports.matching import Row, match
from tests.checker.exports.samples import grade

MEANS = {"ID": "id", "Login": "login email"}


def _row(place: int, number: str = "", login: str = "", name: str = "") -> Row:
    return Row(place, {"ID": number, "Login": login}, (name,))


def _matched(grades, rows):
    found = match(grades, rows, MEANS)
    return {place: each.key for place, each in found.grades.items()}, found.problems


@pytest.mark.parametrize(
    "student",
    [
        Student(id="17"),
        Student(login="ADA1"),
        Student(email="ada1"),
        Student("Somebody Else", "17"),
    ],
)
def test_each_way_of_knowing_somebody(student):
    """By id, and by login or email in any case."""
    rows = [_row(1, "17", "ada1", "Lovelace, Ada"), _row(2, "18", "bob", "Babbage, Charles")]

    assert _matched([grade("ada", students=(student,))], rows) == ({1: "ada"}, ())


@pytest.mark.parametrize("name", ["Ada Lovelace", "Lovelace, Ada", "lovelaceada"])
def test_names_are_the_last_resort(name):
    """In either order, squeezed as well; who is known by name alone is said."""
    rows = [_row(1, "17", "ada1", "Lovelace, Ada"), _row(2, "18", "bob", "Babbage, Charles")]

    found, problems = _matched([grade("ada", students=(Student(name, "another id"),))], rows)
    assert found == {1: "ada"}
    assert problems == (f"known by name alone, please look at them: {name} (submission ada)",)


def test_namesakes_are_not_guessed():
    """Two rows with a name: neither is filled, and it is said."""
    rows = [_row(1, name="Ada Lovelace"), _row(2, name="Lovelace, Ada")]

    found, problems = _matched([grade("ada", students=(Student("Ada Lovelace"),))], rows)
    assert found == {}
    assert problems == ("Ada Lovelace (submission ada) fits 2 rows of the sheet, none was filled",)


def test_identifiers_that_contradict_each_other_are_not_guessed():
    """The id of one row, the login of another."""
    rows = [_row(1, "17", "bob"), _row(2, "18", "ada1")]

    found, problems = _matched([grade("ada", students=(Student(id="17", login="ada1"),))], rows)
    assert found == {}
    assert "fits 2 rows" in problems[0]


def test_two_submissions_of_one_person_are_not_guessed():
    """Which one counts is for the course to say."""
    found, problems = _matched([grade("first"), grade("second")], [_row(1, "17")])

    assert found == {}
    assert "first" in problems[0]
    assert "second" in problems[0]


def test_a_group_fills_all_its_rows():
    """Members that are not in the sheet are named."""
    group = grade("g", students=(Student("Ada", "1"), Student("Bob", "2"), Student("Cyd", "3")))

    assert _matched([group], [_row(1, "1"), _row(2, "2")]) == (
        {1: "g", 2: "g"},
        ("Cyd (submission g) is not in the sheet",),
    )


def test_nobody_known_matches_nobody():
    """Empty cells are not alike."""
    found, problems = _matched([grade("x", students=()), grade("y", students=(Student(),))], [_row(1), _row(2)])

    assert found == {}
    assert problems == ("submission x is not in the sheet", "submission y is not in the sheet")
