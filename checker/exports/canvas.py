"""Canvas: one assignment's column of an exported gradebook.

Source: instructure/canvas-lms, lib/gradebook_importer.rb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.batch.model import Grade
from checker.errors import RequestError
from checker.exports.matching import Row, match, who
from checker.exports.sheet import Sheet
from checker.report.plain_text import one_line, shown

# What each column that identifies a person may be called elsewhere, in the order in which Canvas looks at them.
MEANS = {"ID": "id", "SIS User ID": "id", "SIS Login ID": "login email", "Integration ID": "id"}
EXCUSED = "ex"
_ASSIGNMENT = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_NUMBER = re.compile(r"\d+([.,]\d+)?")


@dataclass(frozen=True)
class Filled:
    """A sheet with grades in it, how many rows were filled, and sentences about those that were not."""

    content: bytes
    rows: int
    problems: tuple[str, ...]


def fill(gradebook: Path, grades: Sequence[Grade], column: str | None = None) -> Filled:
    """Fill the grades into a gradebook; the column is named by its header, title or id, or found by the assignment.

    Excused students stay excused, and a grade that the grader failed at changes nothing. RequestError when the file
    is no gradebook or the column is not clear.
    """
    sheet = Sheet(gradebook)
    header = [cell.strip() for cell in sheet.rows[0]]
    if "ID" not in header or not {"Student", "LastName"} & set(header[:1]):
        raise RequestError(f"{gradebook} is no gradebook of Canvas: its first row has to start with Student and ID")
    place = _column(gradebook, header, column, grades)
    possible = _possible(sheet)
    problems = []
    if possible is not None:
        worth = sheet.value(possible, place)
        if "read only" in worth.casefold():
            raise RequestError(f"the column {header[place]} of {gradebook} is read-only: name another by --column")
        problems += _worth(worth, header[place], grades)
    people = [_row(sheet, header, row) for row in range(1, len(sheet.rows)) if row != possible]
    matches = match(grades, [row for row in people if row.identifiers["ID"] or any(row.names)], MEANS)
    problems += matches.problems
    comma = sheet.delimiter == ";" and any(_DECIMAL_COMMA.fullmatch(cell.strip()) for row in sheet.rows for cell in row)
    filled = 0
    for row, grade in sorted(matches.grades.items()):
        if reason := _reason_to_leave(grade, sheet.value(row, place)):
            problems.append(f"{who(grade)} {reason}")
            continue
        points = shown(grade.points)
        sheet.fill(row, place, points.replace(".", ",") if comma else points)
        filled += 1
        if grade.waiting:
            problems.append(f"{who(grade)} waits for a person's score of {', '.join(grade.waiting)}")
    return Filled(sheet.content(), filled, tuple(map(one_line, problems)))


def _column(gradebook: Path, header: Sequence[str], wanted: str | None, grades: Sequence[Grade]) -> int:
    columns = {place: found for place, cell in enumerate(header) if (found := _ASSIGNMENT.fullmatch(cell))}
    listed = ", ".join(found[0] for found in columns.values()) or "none"
    if wanted is not None:
        places = [
            place for place, found in columns.items() if wanted.strip() in (found[0], found["title"], found["id"])
        ]
        what = f"the column {wanted!r}"
    else:
        names = {_squeezed(grade.assignment) for grade in grades}
        places = [place for place, found in columns.items() if _squeezed(found["title"]) in names]
        what = f"a column for {' or '.join(sorted({grade.assignment for grade in grades}))}"
    if len(places) != 1:
        found_how = "more than once" if places else "not"
        raise RequestError(
            f"{what} is {found_how} in {gradebook} (there are: {listed}): "
            "name one by --column, by its whole header, its title or its id"
        )
    return places[0]


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _possible(sheet: Sheet) -> int | None:
    rows = [row for row in range(1, len(sheet.rows)) if sheet.value(row, 0).casefold() == "points possible"]
    return rows[0] if rows else None


def _worth(worth: str, column: str, grades: Sequence[Grade]) -> list[str]:
    if not _NUMBER.fullmatch(worth):
        return []
    different = {grade.max_points for grade in grades if grade.max_points != float(worth.replace(",", "."))}
    return [f"the column {column} is worth {worth} points, the grades {shown(most)}" for most in sorted(different)]


def _row(sheet: Sheet, header: Sequence[str], row: int) -> Row:
    def cell(name: str) -> str:
        return sheet.value(row, header.index(name)) if name in header else ""

    # A folder that is called like a login is taken for a name.
    names = [cell("Student"), f"{cell('LastName')}, {cell('FirstName')}", cell("SIS Login ID")]
    return Row(row, {name: cell(name) for name in MEANS}, tuple(name for name in names if name.strip(", ")))


def _reason_to_leave(grade: Grade, there: str) -> str:
    if there.casefold() == EXCUSED:
        return "is excused, which stays"
    if grade.status == "not graded":
        return "was not graded, because the grader itself failed: the cell stays as it was"
    return ""
