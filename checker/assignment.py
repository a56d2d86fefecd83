"""Assignment, Section, Task: a homework as data, and where homeworks are found."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import reference
from checker.errors import RequestError
from checker.operator import Operator
from checker.sandbox.limits import Limits

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Task:
    """What earns points: aspects of one operator, asked through one function of the driver.

    ``points`` maps aspect to points in report order; an aspect of 0 points is a note. Tasks with the same ``call`` and operator share
    one run of the student's code. ``where`` names the functions that the student writes for it
    (``Linear.forward``), ``files`` the files it needs when those are not the section's. ``may_change`` names the
    arguments that the student's code may overwrite.
    """

    id: str
    title: str
    call: str
    operator: Operator
    points: Mapping[str, float]
    where: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    may_change: frozenset[str] = frozenset()

    @property
    def max_points(self) -> float:
        """Sum over the aspects."""
        return sum(self.points.values())


@dataclass(frozen=True)
class Section:
    """Tasks that share files, allowed imports and a student process.

    ``files`` are paths inside the homework's layout; ``root`` is the folder that they import each other from;
    ``packages`` the installed packages that the student's process can see.
    """

    id: str
    title: str
    files: tuple[str, ...]
    tasks: tuple[Task, ...]
    packages: tuple[str, ...] = ("numpy",)
    root: str = ""
    limits: Limits = field(default_factory=Limits)

    def files_of(self, task: Task) -> tuple[str, ...]:
        """The files that a task needs."""
        return task.files or self.files


@dataclass(frozen=True)
class Assignment:
    """One homework; ``home`` is the folder of its driver when that is not ``reference/<id>``."""

    id: str
    title: str
    sections: tuple[Section, ...]
    home: Path | None = None

    @property
    def driver(self) -> Path:
        """The file that knows how the student's code is called."""
        home = self.home or Path(reference.__path__[0]) / self.id
        return home / "driver.py"

    @property
    def handout(self) -> Path:
        """The folder that students receive."""
        return PROJECT / "student" / self.id

    def tasks(self) -> list[tuple[Section, Task]]:
        """Every task with its section, in report order."""
        return [(section, task) for section in self.sections for task in section.tasks]


def names() -> list[str]:
    """The assignments that exist: the folders under reference/ with a rubric."""
    return sorted(path.parent.name for path in Path(reference.__path__[0]).glob("*/rubric.py"))


def load(name: str) -> Assignment:
    """The assignment with this name; RequestError when there is none."""
    if name not in names():
        raise RequestError(f"there is no assignment {name!r}; there are: {', '.join(names())}")
    assignment = importlib.import_module(f"reference.{name}.rubric").ASSIGNMENT
    assert isinstance(assignment, Assignment)
    return assignment
