"""Matching: which row of a platform's sheet belongs to which grade; nobody is guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checker.batch.model import Grade, Student


@dataclass(frozen=True)
class Row:
    """A person in a sheet: ``identifiers`` are columns with what stands in them, the most trusted first."""

    place: int
    identifiers: Mapping[str, str]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Matches:
    """The grade of each row that has one, and a sentence for every person without a row of their own."""

    grades: Mapping[int, Grade]
    problems: tuple[str, ...]


def match(grades: Sequence[Grade], rows: Sequence[Row], means: Mapping[str, str]) -> Matches:
    """Match by identifiers, and by name where no identifier is known in the sheet.

    ``means`` says which field of a student (``id``, ``login``, ``email``) each identifier can be: a column may stand
    for several, separated by blanks. One that points at two rows, or a row that two grades point at, is left alone.
    """
    index = _index(rows, means)
    claims: dict[int, list[tuple[Grade, Student]]] = {}
    problems = []
    by_name = []
    for grade in grades:
        for student in grade.students or (Student(),):
            places = _places(student, index, means)
            if not places:
                places = _by_name(student, rows)
                by_name += [who(grade, student)] if len(places) == 1 else []
            if len(places) == 1:
                claims.setdefault(next(iter(places)), []).append((grade, student))
            elif places:
                problems.append(f"{who(grade, student)} fits {len(places)} rows of the sheet, none was filled")
            else:
                problems.append(f"{who(grade, student)} is not in the sheet")
    for claimed in claims.values():
        if len({grade.key for grade, _ in claimed}) > 1:
            listed = " and ".join(who(grade, student) for grade, student in claimed)
            problems.append(f"{listed} are the same row of the sheet, it was not filled")
    if by_name:
        problems.append(f"known by name alone, please look at them: {', '.join(by_name)}")
    alone = {place: claimed[0][0] for place, claimed in claims.items() if len({g.key for g, _ in claimed}) == 1}
    return Matches(alone, tuple(problems))


def who(grade: Grade, student: Student | None = None) -> str:
    """A submission and its people for a message."""
    names = [each.name or each.email or each.login or each.id for each in ([student] if student else grade.students)]
    known = ", ".join(name for name in names if name)
    return f"{known} (submission {grade.key})" if known else f"submission {grade.key}"


def _index(rows: Sequence[Row], means: Mapping[str, str]) -> dict[tuple[str, str], set[int]]:
    index: dict[tuple[str, str], set[int]] = {}
    for row in rows:
        for column, value in row.identifiers.items():
            if column in means and value:
                index.setdefault((column, value.casefold()), set()).add(row.place)
    return index


def _places(student: Student, index: Mapping[tuple[str, str], set[int]], means: Mapping[str, str]) -> set[int]:
    """The row that the first known identifier points at; more when identifiers contradict each other."""
    found: set[int] = set()
    for column, fields in means.items():
        for field in fields.split():
            value = str(getattr(student, field)).strip().casefold()
            found |= index.get((column, value), set()) if value else set()
    return found


def _by_name(student: Student, rows: Sequence[Row]) -> set[int]:
    wanted = _forms(student.name)
    return {row.place for row in rows if wanted and any(wanted & _forms(name) for name in row.names)}


def _forms(name: str) -> set[str]:
    """A name as platforms write it: `Last, First` and `First Last`, with and without what is no letter."""
    last, comma, first = name.partition(",")
    orders = [name, f"{first} {last}"] if comma else [name]
    squeezed = {"".join(filter(str.isalnum, unicodedata.normalize("NFKC", order).casefold())) for order in orders}
    return squeezed - {""}
