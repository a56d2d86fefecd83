"""Grades as CSV: a row per person that any reader of CSV reads back."""

from __future__ import annotations

import csv
import io

import pytest

from checker.batch import grades_csv
from checker.batch.model import Adjustment, Student
from checker.errors import RequestError
from tests.checker.exports import samples


def _rows(*grades):
    return list(csv.DictReader(io.StringIO(grades_csv.document(grades))))


def test_a_group_has_a_row_per_member():
    """Everybody gets the group's points; nobody known is a row without a name."""
    group = samples.grade("g", students=(Student("Ada"), Student("Bob")))
    rows = _rows(group, samples.grade("lost", students=()))

    assert [(row["submission"], row["name"], row["points"]) for row in rows] == [
        ("g", "Ada", "2.5"),
        ("g", "Bob", "2.5"),
        ("lost", "", "2.5"),
    ]


def test_says_how_the_points_came_about():
    """Adjustments with their reasons, what waits, problems."""
    late = samples.grade(adjustments=(Adjustment("2 days late", -1.5),), waiting=("essay",), problems=("a", "b"))
    (row,) = _rows(late)

    assert (row["adjustments"], row["waiting"], row["problems"]) == ("2 days late: -1.5", "essay", "a; b")


def test_points_are_numbers():
    """A NaN is refused rather than written."""
    with pytest.raises(RequestError, match="not a number"):
        grades_csv.document([samples.grade(points=float("nan"))])
