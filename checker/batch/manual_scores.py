"""Manual scores: the sheet that people fill in, a row per submission and task that waits for a person.

A score or comment in the sheet is never overwritten, and a row that nobody knows stays.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checker.assignment import Assignment
from checker.batch.model import Grade
from checker.errors import RequestError
from checker.report.model import Report, write_atomically
from checker.report.plain_text import cell

OVERALL = "(overall)"
"""Names the row about the whole submission: points that a person adds or takes (negative), and a comment."""

COLUMNS = ("key", "name", "task", "title", "max", "score", "comment", "found", "note")
GONE = "no such submission or task any more"
_NEEDED = ("key", "task", "score", "comment")
LARGEST = 64 << 20
LONGEST_COMMENT = 10_000
LARGEST_SCORE = 1e6

# What spreadsheets take for a formula, full-width forms and what they skip before one included.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,9}(?:[.,][0-9]{0,9})?|[.,][0-9]{1,9})")


@dataclass(frozen=True)
class Item:
    """Something that a person scores; ``found`` is what the grader saw of it.

    One that is ``included`` is an aspect of a task whose maximum the report counts already.
    """

    id: str
    title: str
    section: str
    max_points: float
    found: str = ""
    included: bool = False


@dataclass(frozen=True)
class ManualScore:
    """What a person wrote beside one item; ``points`` is None as long as there is only a comment."""

    points: float | None
    comment: str = ""


@dataclass(frozen=True)
class Scores:
    """What a sheet says, by submission and item; ``problems`` are sentences about rows that do not count."""

    by_key: Mapping[str, Mapping[str, ManualScore]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def of(self, key: str) -> Mapping[str, ManualScore]:
        """The scores of one submission by item."""
        return self.by_key.get(key, {})

    def unknown(self, keys: Iterable[str]) -> tuple[str, ...]:
        """A sentence for each submission that was scored and does not exist."""
        known = set(keys)
        return tuple(f"manual scores: there is no submission {key!r}" for key in self.by_key if key not in known)


def items(report: Report | None, assignment: Assignment) -> tuple[Item, ...]:
    """What a person has to score; without a report, the manual tasks of the assignment."""
    if report is None:
        return tuple(
            Item(manual.id, manual.title, section.id, manual.points)
            for section in assignment.sections
            for manual in section.manual
        )
    found = []
    for task in report.tasks:
        if task.status == "manual":
            found.append(Item(task.id, task.title, task.section, task.max_points, task.message))
            continue
        found += [
            Item(f"{task.id}:{aspect.id}", task.title, task.section, aspect.max_points, aspect.message, included=True)
            for aspect in task.aspects
            if aspect.status == "manual"
        ]
    return tuple(found)


def read(path: Path) -> Scores:
    """The scores of a sheet, none when there is no such file; RequestError when it cannot be read at all."""
    rows, _, _ = _rows(path)
    scores: dict[str, dict[str, ManualScore]] = {}
    problems: list[str] = []
    twice: set[tuple[str, str]] = set()
    for number, row in rows:
        key, item = row["key"].strip(), row["task"].strip()
        about = f"manual scores, line {number} ({key or 'no key'}, {item or 'no task'})"
        written, comment = row["score"].strip(), row["comment"].strip()
        if not written and not comment:
            continue
        if not key or not item:
            problems.append(f"{about}: a row needs a key and a task, so this one does not count")
            continue
        points: float | None = None
        if written:
            points = _score(written)
            if points is None:
                problems.append(f"{about}: the score {written[:40]!r} is no number, so it does not count")
            elif points < 0 and item != OVERALL:
                problems.append(f"{about}: the score {points:g} is below 0, so it does not count")
                points = None
        score = ManualScore(points, comment[:LONGEST_COMMENT])
        if item in scores.get(key, {}) and scores[key][item] != score:
            twice.add((key, item))
        scores.setdefault(key, {})[item] = score
    for key, item in sorted(twice):
        problems.append(f"manual scores: {key}, {item} has two rows that differ, so neither counts: keep one")
        del scores[key][item]
    return Scores(scores, tuple(problems))


def write_sheet(path: Path, grades: Sequence[Grade], reports: Mapping[str, Report], assignment: Assignment) -> None:
    """Write the sheet again for these submissions, with all that people wrote into the earlier one.

    RequestError when the earlier sheet cannot be read: it is left as it is.
    """
    rows, columns, delimiter = _rows(path)
    earlier: dict[tuple[str, str], list[dict[str, str]]] = {}
    for _, row in rows:
        earlier.setdefault((row["key"].strip(), row["task"].strip()), []).append(row)
    sheet: list[dict[str, str]] = []
    for grade in (grade for grade in grades if grade.key):
        for item in (*items(reports.get(grade.key), assignment), Item(OVERALL, "Whole submission", "", 0.0)):
            before = earlier.pop((grade.key, item.id), [])
            if grade.status == "missing":
                before = [row for row in before if _told(row)]
            elif not before:
                before = [dict.fromkeys(columns, "")]
            sheet += [_renewed(row, grade, item) for row in before]
    for left in earlier.values():
        sheet += [{**row, "note": row["note"] or GONE} for row in left if _told(row)]
    content = _text(sheet, columns, delimiter).encode("utf-8-sig")
    if not path.exists() or path.read_bytes() != content:
        write_atomically(path, content)


def _renewed(row: Mapping[str, str], grade: Grade, item: Item) -> dict[str, str]:
    names = "; ".join(student.name or student.login or student.id for student in grade.students)
    most = "" if item.id == OVERALL else f"{item.max_points:g}"
    changed = row["max"] and _score(row["max"]) != _score(most) and row["score"].strip()
    note = "" if row["note"] == GONE else row["note"]
    if changed:
        note = f"the maximum was {row['max']} when this was scored"
    own = {"name": names or row["name"], "title": item.title, "found": item.found}
    return {
        **row,
        **{name: cell(text) for name, text in own.items()},
        "key": grade.key,
        "task": item.id,
        "max": most,
        "note": note,
    }


def _told(row: Mapping[str, str]) -> bool:
    """Whether a person wrote into a row."""
    own = [value for name, value in row.items() if name not in COLUMNS]
    return any(value.strip() for value in (row["score"], row["comment"], *own))


def _score(written: str) -> float | None:
    if _NUMBER.fullmatch(written) is None:
        return None
    value = float(written.replace(",", "."))
    return value if math.isfinite(value) and abs(value) <= LARGEST_SCORE else None


def _rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], tuple[str, ...], str]:
    """The rows of a sheet with their line numbers, its columns and its delimiter."""
    try:
        if path.stat().st_size > LARGEST:
            raise RequestError(f"{path} is larger than {LARGEST >> 20} MiB: it cannot be a sheet of manual scores")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return [], COLUMNS, ","
    except OSError as error:
        raise RequestError(f"the manual scores {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RequestError(f"{path} is no UTF-8 text: save it as `CSV UTF-8` in the spreadsheet program") from None
    head = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, line) for line in reader]
    except csv.Error as error:
        raise RequestError(f"{path}, line {reader.line_num}: {error}; repair or remove the file") from None
    lines = [(number, line) for number, line in lines if any(entry.strip() for entry in line)]
    if not lines:
        return [], COLUMNS, ","
    header = [name.strip().casefold() if name.strip().casefold() in COLUMNS else name.strip() for name in lines[0][1]]
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise RequestError(f"{path} has no column {' and '.join(missing)}: it needs {', '.join(_NEEDED)}")
    named = [name or f"column {number}" for number, name in enumerate(header, 1)]
    if len(set(named)) != len(named):
        raise RequestError(f"{path} has two columns of one name: keep one of each")
    columns = (*COLUMNS, *(name for name in named if name not in COLUMNS))
    rows = []
    for number, line in lines[1:]:
        if len(line) > len(named) and any(entry.strip() for entry in line[len(named) :]):
            raise RequestError(f"{path}, line {number} has more cells than the first line has names: repair it")
        cells = dict(zip(named, map(_armed, line), strict=False))
        rows.append((number, {name: cells.get(name, "") for name in columns}))
    return rows, columns, delimiter


def _text(rows: Sequence[Mapping[str, str]], columns: Sequence[str], delimiter: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(map(_disarmed, columns))
    writer.writerows([_disarmed(row[name]) for name in columns] for row in rows)
    return text.getvalue()


def _disarmed(text: str) -> str:
    """A cell that no spreadsheet runs as a formula; a number stays one."""
    return f"'{text}" if _FORMULA.match(text) and _score(text) is None else text


def _armed(text: str) -> str:
    """The cell as it was before it was disarmed."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
