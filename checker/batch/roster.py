"""The course's list of students, and whose submission is whose."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from checker.batch.archives.limits import MIB
from checker.batch.archives.names import shown
from checker.batch.model import Intake, Student, Submission
from checker.errors import RequestError

LARGEST = 16 * MIB
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "fullname", "studentname", "student", "displayname"),
    "first": ("first", "firstname", "givenname"),
    "last": ("last", "lastname", "surname", "familyname"),
    "id": ("id", "sid", "studentid", "sisuserid", "studentnumber", "idnumber", "rosteridentifier", "identifier"),
    "email": ("email", "emailaddress", "mail"),
    "login": ("login", "username", "github", "githubusername", "githublogin", "sisloginid", "loginid", "user"),
}
# Moodle's grading sheet writes "Participant 123", in the language of the site.
_PARTICIPANT = re.compile(r"^[^\W\d]+ (?=\d+$)")
_PREFIXED = {"Moodle", "GitHub Classroom"}
"""Layouts that put a group's or the assignment's name before the student's, with a hyphen between."""
# What a Canvas gradebook has below its header, in the place of a student.
_NO_STUDENT = re.compile(r"\s*points possible", re.IGNORECASE)


def read(path: Path) -> tuple[Student, ...]:
    """The students of a CSV with a header; RequestError when it can't be read as one.

    Columns are known by their names (name, or first and last; id; email; login or github), in any order, among others;
    comma, semicolon or tab.
    """
    if not path.is_file():
        raise RequestError(f"there is no roster at {path}")
    if path.stat().st_size > LARGEST:
        raise RequestError(f"{path} is too large for a roster: it must be a CSV with a line per student")
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError(f"{path} is not UTF-8: save it as CSV UTF-8") from error
    header, _, _ = content.partition("\n")
    delimiter = max(",;\t", key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise RequestError(f"{path} is no valid CSV ({error})") from error
    columns = _columns(rows[0] if rows else [])
    if not columns:
        raise RequestError(
            f"{path} has no column that names students: its first line must have some of "
            "name, first name, last name, id, email, login"
        )
    students = [_student(row, columns) for row in rows[1:]]
    return tuple(dict.fromkeys(student for student in students if student is not None))


def match(intake: Intake, students: Sequence[Student]) -> tuple[Intake, tuple[Student, ...]]:
    """Complete the students of each submission from the roster, and find those who handed in nothing.

    By id, then login, email and name (in either order, accents and case aside); only where exactly one on the roster
    fits. What the platform says of id, email and login stays.
    """
    index = _Index(students)
    owners: dict[Student, list[str]] = {}
    matched: list[Submission] = []
    for submission in intake.submissions:
        completed = []
        for student in submission.students or (Student(name=submission.key),):
            found = index.find(student, student.name or submission.key, intake.layout in _PREFIXED)
            if found is not None:
                if submission.key not in owners.setdefault(found, []):
                    owners[found].append(submission.key)
                completed.append(_completed(student, found))
            elif submission.students:
                completed.append(student)
        matched.append(replace(submission, students=tuple(dict.fromkeys(completed))))
    twice = {key: student for student, keys in owners.items() if len(keys) > 1 for key in keys}
    told = tuple(
        replace(each, problems=(*each.problems, _twice(each, twice[each.key], owners))) if each.key in twice else each
        for each in matched
    )
    return replace(intake, submissions=told), tuple(student for student in students if student not in owners)


def _twice(submission: Submission, student: Student, owners: Mapping[Student, list[str]]) -> str:
    others = ", ".join(key for key in owners[student] if key != submission.key)
    who = student.name or student.id or student.email or student.login
    return f"{who} is in another submission too ({others}): all are graded"


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = [re.sub(r"[^a-z]", "", name.casefold()) for name in header]
    return {
        field: names.index(alias)
        for field, aliases in _COLUMNS.items()
        if (alias := next((alias for alias in aliases if alias in names), None)) is not None
    }


def _student(row: Sequence[str], columns: Mapping[str, int]) -> Student | None:
    def cell(field: str) -> str:
        place = columns.get(field, len(row))
        return shown(row[place].strip()) if place < len(row) else ""

    name = cell("name") or f"{cell('first')} {cell('last')}".strip()
    student = Student(name=name, id=_PARTICIPANT.sub("", cell("id")), email=cell("email"), login=cell("login"))
    return None if student == Student() or _NO_STUDENT.match(name) else student


def _completed(student: Student, found: Student) -> Student:
    return Student(
        name=found.name or student.name,
        id=student.id or found.id,
        email=student.email or found.email,
        login=student.login or found.login,
    )


class _Index:
    """The roster by everything that a student can be known by."""

    def __init__(self, students: Iterable[Student]) -> None:
        self._by: dict[tuple[str, str], set[Student]] = {}
        for student in students:
            for field in ("id", "login", "email"):
                if value := getattr(student, field):
                    self._by.setdefault((field, value.casefold()), set()).add(student)
            for form in _rotations(student.name):
                self._by.setdefault(("name", form), set()).add(student)

    def find(self, student: Student, label: str, prefixed: bool) -> Student | None:
        """The one student of the roster who fits; None when nobody does or several do.

        ``label`` is what the submission goes by; ``prefixed``: its first words may not be the student's.
        """
        for field in ("id", "login", "email"):
            if (value := getattr(student, field)) and (found := self._only([(field, value.casefold())])):
                return found
        # A folder is named after whatever the course uses: an id, a login, an address or a name.
        words = label.split("-")
        for start in range(len(words) if prefixed else 1):
            tail = "-".join(words[start:])
            if found := self._only([(field, tail.casefold()) for field in ("id", "login", "email")]):
                return found
            if found := self._only([("name", "".join(_words(tail)))]):
                return found
        # Or after several of these. A word without a digit may be anybody's name.
        parts = [part for part in re.split(r"[\s_,]+", label.casefold()) if any(map(str.isdigit, part))]
        return self._only([(field, part) for field in ("id", "login", "email") for part in parts])

    def _only(self, keys: Iterable[tuple[str, str]]) -> Student | None:
        found = set().union(*(self._by.get(key, set()) for key in keys))
        return found.pop() if len(found) == 1 else None


def _words(name: str) -> list[str]:
    plain = "".join(
        character for character in unicodedata.normalize("NFKD", name) if not unicodedata.combining(character)
    )
    return re.findall(r"[^\W_]+", plain.casefold())


def _rotations(name: str) -> set[str]:
    """Its words run together, beginning with each: ``janedoe`` and ``doejane``."""
    words = _words(name)
    return {"".join(words[start:] + words[:start]) for start in range(len(words))}
