"""The report document: every renderer reads this and computes nothing."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from checker.operator import Array

SCHEMA = 1

Status = Literal[
    "passed",
    "failed",
    "partial",
    "not started",
    "error",
    "timeout",
    "out of memory",
    "forbidden",
    "manual",
    "not graded",
]

# An Option, in a form that can be read back: msgspec tells only one kind of tuple from the other types.
ShownOption = bool | int | float | str | None | tuple[bool | int | float | str, ...]

LARGEST_SHOWN = 256
"""Arrays with more entries are described by shape alone."""


class ArrayDocument(msgspec.Struct, frozen=True):
    """An array: ``values`` are nested lists, non-finite numbers as strings, or null when there are too many."""

    shape: tuple[int, ...]
    values: Any


class Counterexample(msgspec.Struct, frozen=True):
    """The smallest failing case that was found.

    ``note`` names an explicit example; ``expected`` and ``got`` are the output of that name (``got`` is null when
    nothing came back); ``index`` is the first wrong entry, ``excess`` its error in units of the allowed one.
    """

    note: str
    options: Mapping[str, ShownOption]
    protocol: Mapping[str, ShownOption]
    arrays: dict[str, ArrayDocument]
    output: str
    expected: ArrayDocument
    got: ArrayDocument | None
    index: tuple[int, ...]
    wrong: int
    excess: float | None


class AspectOutcome(msgspec.Struct, frozen=True):
    """What happened to one aspect; ``max_points`` 0 marks a note.

    ``general`` is the message for readers who may not learn the case. Of a ``hidden`` one, students see its points.
    """

    id: str
    points: float
    max_points: float
    status: Status
    message: str
    diagnosis: str | None = None
    counterexample: Counterexample | None = None
    hidden: bool = False
    general: str = ""


class RuleOutcome(msgspec.Struct, frozen=True):
    """What a rule's price follows from, so that another price can be worked out of the report.

    ``deduct`` is the rubric's price and ``tasks`` the ids that it concerns; ``named`` are those that breaches name,
    "" for all, none when the rule was kept. ``prints``: it forbids printing.
    """

    deduct: Literal["all", "half", "note"] | float
    tasks: tuple[str, ...]
    named: tuple[str, ...] = ()
    prints: bool = False


class TaskOutcome(msgspec.Struct, frozen=True):
    """What happened to one task; ``printed`` is what the student's code printed meanwhile (capped).

    ``curves`` are series that the code returned on the way, such as the loss of each step; ``metrics``
    are what the grader worked out from predictions, by name: a number, a vector with an entry per class, a matrix.
    A rule stands here too, with no aspects, 0 ``max_points`` and, when it is broken, negative ``points``.
    ``ran`` is false when the student's code could not be called at all, such as when its file cannot be imported. Of a
    ``hidden`` task, students see its points.
    """

    id: str
    title: str
    section: str
    points: float
    max_points: float
    status: Status
    message: str
    aspects: tuple[AspectOutcome, ...]
    rerun: str
    printed: str = ""
    curves: dict[str, list[float | None]] = {}
    metrics: dict[str, ArrayDocument] = {}
    hidden: bool = False
    ran: bool = True
    rule: RuleOutcome | None = None


class SectionTotal(msgspec.Struct, frozen=True):
    """Points of one section; those of an ``extra_credit`` one count on top of the report's ``max_points``."""

    id: str
    title: str
    points: float
    max_points: float
    extra_credit: bool = False


class Report(msgspec.Struct, frozen=True):
    """All outcomes of one submission.

    ``points`` and ``max_points`` leave out the tasks that wait for a person; those are ``manual_points``. A public run
    also leaves out the ``hidden_points``, which only the course's own run counts. ``seed`` is null where it is secret.
    ``audience`` is who may read it: of a hidden run, a student's copy holds no case. ``problems`` are sentences about
    what was handed in.
    """

    assignment: str
    title: str
    points: float
    max_points: float
    seed: int | None
    profile: str
    isolation: str
    sections: tuple[SectionTotal, ...]
    tasks: tuple[TaskOutcome, ...]
    versions: dict[str, str]
    seconds: float
    manual_points: float = 0
    hidden_points: float = 0
    audience: Literal["staff", "student"] = "staff"
    problems: tuple[str, ...] = ()
    schema: int = SCHEMA

    @property
    def undecided_points(self) -> float:
        """Points among ``max_points`` that the grader leaves to a person, such as what it could not read."""
        return sum(aspect.max_points for task in self.tasks for aspect in task.aspects if aspect.status == "manual")

    @property
    def graded(self) -> bool:
        """False when the grader itself failed on a task."""
        return all(task.status != "not graded" for task in self.tasks)


def array_document(array: Array) -> ArrayDocument:
    """An array as it stands in the report."""
    if array.size > LARGEST_SHOWN:
        return ArrayDocument(array.shape, None)
    return ArrayDocument(array.shape, _plain(array.tolist()))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value if isinstance(value, int) else str(value)


def encode(report: Report) -> bytes:
    """The report as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a whole file or nothing: a reader never sees a part, a crash leaves the old one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
