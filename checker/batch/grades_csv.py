"""Grades as plain CSV: a row per person, so that a group has as many as members."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from checker.batch.model import Grade, Student
from checker.report.plain_text import cell, number, shown

COLUMNS = (
    *("submission", "name", "id", "email", "login", "assignment", "status", "points", "max_points", "automatic"),
    *("manual", "adjustments", "waiting", "submitted", "comment", "problems"),
)


def document(grades: Sequence[Grade]) -> str:
    """The file's text; RequestError when points are not a number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for grade in grades:
        for student in grade.students or (Student(),):
            writer.writerow(_row(grade, student))
    return text.getvalue()


def _row(grade: Grade, student: Student) -> list[str | float]:
    reasons = "; ".join(f"{each.reason}: {shown(each.points)}" for each in grade.adjustments)
    who = (grade.key, student.name, student.id, student.email, student.login, grade.assignment, grade.status)
    points = (grade.points, grade.max_points, grade.automatic, grade.manual)
    rest = (reasons, " ".join(grade.waiting), grade.submitted, grade.comment, "; ".join(grade.problems))
    return [*map(cell, who), *map(number, points), *map(cell, rest)]
