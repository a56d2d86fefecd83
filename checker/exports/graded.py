"""Graded: what `checker grade` left in a folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from checker.batch.model import Grade
from checker.errors import RequestError
from checker.report.model import SCHEMA, Report

GRADES, REPORT = "grades.json", "report.json"


def read_grades(folder: Path) -> tuple[Grade, ...]:
    """All grades of a class; RequestError when the folder holds none or they are damaged."""
    path = folder / GRADES
    try:
        grades = msgspec.json.decode(path.read_bytes(), type=tuple[Grade, ...])
    except FileNotFoundError:
        raise RequestError(f"there is no {GRADES} in {folder}: name a folder that `checker grade` wrote") from None
    except OSError as error:
        raise RequestError(f"{path} cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} is not what `checker grade` writes ({error}): run it again") from None
    keys = [grade.key for grade in grades]
    if repeated := next((key for key in keys if keys.count(key) > 1), None):
        raise RequestError(f"{path} has two grades for {repeated}: run `checker grade` again")
    return grades


def read_report(folder: Path, key: str) -> Report | None:
    """The report of one submission, None when it has none."""
    if Path(key).name != key or key in ("", ".", ".."):
        raise RequestError(
            f"{folder / GRADES} has the key {key!r}, which is no folder's name: run `checker grade` again"
        )
    path = folder / key / REPORT
    return read_document(path) if path.exists() else None


def read_document(path: Path) -> Report:
    """A report that stands alone; RequestError when it is none."""
    try:
        report = msgspec.json.decode(path.read_bytes(), type=Report)
    except FileNotFoundError:
        raise RequestError(f"there is no report {path}: `checker check --report-json` writes one") from None
    except OSError as error:
        raise RequestError(f"{path} cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} is not a report ({error}): grade this submission again") from None
    if report.schema != SCHEMA:
        raise RequestError(f"{path} has schema {report.schema}, this release reads {SCHEMA}: grade it again")
    return report
