"""What a class hands in, and the grades that it gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec


class Student(msgspec.Struct, frozen=True):
    """One person, as far as the platform names them; what is not known is ""."""

    name: str = ""
    id: str = ""
    email: str = ""
    login: str = ""


@dataclass(frozen=True)
class Part:
    """A file, a folder or an archive that belongs to a submission.

    ``name`` is where it goes inside the submission ("" for a folder or archive whose content lies at the top).
    """

    path: Path
    name: str = ""


@dataclass(frozen=True)
class Submission:
    """What one student or group handed in.

    ``key`` is unique in a class and safe as a folder's name. ``submitted`` is in UTC, None when the platform does
    not say; ``late`` is what the platform says, if anything; ``platform_points`` the points that it already shows.
    ``archive`` is the name under which a single archive was handed in. ``problems`` are sentences for people.
    """

    key: str
    parts: tuple[Part, ...]
    students: tuple[Student, ...] = ()
    submitted: datetime | None = None
    late: bool | None = None
    platform_points: float | None = None
    archive: str = ""
    problems: tuple[str, ...] = ()


class LeftOver(msgspec.Struct, frozen=True):
    """Something among the submissions that belongs to nobody, and why: nothing is guessed, nothing is lost."""

    path: str
    reason: str


@dataclass(frozen=True)
class Intake:
    """All submissions of a class; ``layout`` names how they were laid out (``Canvas``, ``folders``, ...)."""

    layout: str
    submissions: tuple[Submission, ...]
    left_over: tuple[LeftOver, ...] = ()


GradeStatus = Literal["graded", "refused", "missing", "not graded"]


class Adjustment(msgspec.Struct, frozen=True):
    """Points that a course's policy adds or takes (negative), and why."""

    reason: str
    points: float


class Grade(msgspec.Struct, frozen=True):
    """What one submission is worth, as it stands in the class's list.

    ``points`` is the final number: ``automatic`` points of the report, ``manual`` points that people gave, and the
    ``adjustments``. ``refused``: there was nothing that could be graded (0 points); ``missing``: nothing was handed in
    by somebody on the roster; ``not graded``: the grader itself failed, so that the number means nothing yet.
    ``waiting`` are the ids of manual tasks without a score. ``submitted`` is ISO 8601 in UTC, or "".
    """

    key: str
    students: tuple[Student, ...]
    assignment: str
    status: GradeStatus
    points: float
    max_points: float
    automatic: float = 0.0
    manual: float = 0.0
    adjustments: tuple[Adjustment, ...] = ()
    waiting: tuple[str, ...] = ()
    comment: str = ""
    problems: tuple[str, ...] = ()
    submitted: str = ""
    seconds: float = 0.0
