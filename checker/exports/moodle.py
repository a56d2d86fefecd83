"""Moodle: the grades and feedback of an offline grading worksheet.

Source: moodle/moodle, mod/assign/feedback/offline/importgradeslib.php.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from checker.batch.model import Grade
from checker.errors import RequestError
from checker.exports.canvas import Filled
from checker.exports.matching import Row, match, who
from checker.exports.sheet import Sheet
from checker.report.plain_text import cell, one_line, shown

ENGLISH = {
    "identifier": "Identifier",
    "grade": "Grade",
    "feedback": "Feedback comments",
    "maximum": "Maximum Grade",
    "changeable": "Grade can be changed",
    "name": "Full name",
    "id": "ID number",
    "login": "Username",
    "email": "Email address",
}
"""The columns that are used, by what `--columns` calls them; Moodle translates the headers."""

NEEDED = ("identifier", "grade")
MEANS = {"identifier": "id", "id": "id", "login": "login email", "email": "email"}
_PARTICIPANT = re.compile(r"\D*(\d+)")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")


def fill(worksheet: Path, grades: Sequence[Grade], columns: Mapping[str, str] | None = None) -> Filled:
    """Fill points, and feedback where there is none yet; ``columns`` names headers, or their positions from 1.

    RequestError when the file is no worksheet or a column is not clear.
    """
    sheet = Sheet(worksheet)
    places = _places(worksheet, [cell.strip() for cell in sheet.rows[0]], columns or {})
    rows = [_row(sheet, places, row) for row in range(1, len(sheet.rows)) if any(sheet.rows[row])]
    matches = match(grades, rows, MEANS)
    problems = list(matches.problems)
    filled = 0
    for row, grade in sorted(matches.grades.items()):
        most = sheet.value(row, places.get("maximum"))
        if reason := _reason_to_leave(grade, most, sheet.value(row, places.get("changeable"))):
            problems.append(f"{who(grade)} {reason}")
            continue
        points = shown(grade.points)
        sheet.fill(row, places["grade"], points.replace(".", ",") if _DECIMAL_COMMA.fullmatch(most) else points)
        if "feedback" in places and not sheet.value(row, places["feedback"]):
            sheet.fill(row, places["feedback"], feedback(grade))
        filled += 1
        if grade.waiting:
            problems.append(f"{who(grade)} waits for a person's score of {', '.join(grade.waiting)}")
    return Filled(sheet.content(), filled, tuple(map(one_line, problems)))


def feedback(grade: Grade) -> str:
    """What Moodle shows to the student, as one line of HTML."""
    lines = [f"{shown(grade.points)} of {shown(grade.max_points)} points"]
    lines += [f"{each.reason}: {shown(each.points)}" for each in grade.adjustments]
    lines += [*grade.problems, grade.comment]
    return "<br>".join(html.escape(cell(line)) for line in lines if line)


def _places(worksheet: Path, header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    unknown = sorted(set(columns) - set(ENGLISH))
    if unknown:
        raise RequestError(f"there is no column {unknown[0]!r}: --columns knows {', '.join(ENGLISH)}")
    places = {}
    for name, english in ENGLISH.items():
        wanted = columns.get(name, english).strip()
        found = [place for place, cell in enumerate(header) if cell == wanted]
        if not found and name in columns and wanted.isdecimal() and 0 < int(wanted) <= len(header):
            found = [int(wanted) - 1]
        if len(found) == 1:
            places[name] = found[0]
        elif name in NEEDED or name in columns:
            how = "more than once" if found else "not"
            raise RequestError(
                f"the column {wanted!r} is {how} in {worksheet} (there are: {', '.join(header)}): "
                f"say which is the {name} by --columns {name}=HEADER or {name}=NUMBER"
            )
    return places


def _row(sheet: Sheet, places: Mapping[str, int], row: int) -> Row:
    identifiers = {name: sheet.value(row, places.get(name)) for name in MEANS}
    # "Participant 123", in any language: Moodle itself reads the number alone.
    number = _PARTICIPANT.fullmatch(identifiers["identifier"])
    identifiers["identifier"] = number[1] if number else ""
    # A folder that is called like a login is taken for a name.
    return Row(row, identifiers, (sheet.value(row, places.get("name")), identifiers["login"]))


def _reason_to_leave(grade: Grade, most: str, changeable: str) -> str:
    if grade.status == "not graded":
        return "was not graded, because the grader itself failed: the cell stays as it was"
    if changeable.casefold() == "no":
        return "has a grade that Moodle says cannot be changed: it stays"
    try:
        maximum = float(most.replace(",", "."))
    except ValueError:
        return ""
    if grade.points > maximum:
        return f"has {shown(grade.points)} points where Moodle takes at most {most}: the cell stays as it was"
    return ""
