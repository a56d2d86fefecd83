"""Assignment, Section, Task: a homework as data, and where homeworks are found."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import reference
from checker.errors import RequestError
from checker.operator import Operator
from checker.sandbox.limits import Limits
from checker.scale import Scale

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Finding:
    """One breach of a rule: ``where`` is ``file.py:12``; ``task`` is the id of the task it concerns ("" for all)."""

    message: str
    where: str = ""
    task: str = ""


@dataclass(frozen=True)
class HandedIn:
    """What rules are judged on; nothing of it is run.

    ``submission`` is the path as handed in and ``folder`` the files; ``sources`` the text of each of the
    student's files; ``changed`` the provided files that differ from the hand-out; ``printed`` what the code
    printed, by task id.
    """

    submission: Path
    folder: Path
    tasks: Sequence[Task]
    sources: Mapping[str, str]
    changed: tuple[str, ...]
    printed: Mapping[str, str]


@dataclass(frozen=True)
class Task:
    """What earns points: aspects of one operator, asked through one function of the driver.

    ``points`` maps aspect to points in report order; an aspect of 0 points is a note. Tasks with the same
    ``call`` and operator share one run of the student's code. ``where`` names the functions that the student
    writes for it (``Linear.forward``), ``files`` the files it needs when those are not the section's.
    ``may_change`` names the arguments that the student's code may overwrite. An aspect in
    ``scales`` is not right or wrong but measured. A ``hidden`` task, or an aspect in ``hidden_aspects``, counts in the
    course's own run alone; students see its points.
    """

    id: str
    title: str
    call: str
    operator: Operator
    points: Mapping[str, float]
    where: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    may_change: frozenset[str] = frozenset()
    scales: Mapping[str, Scale] = field(default_factory=dict)
    hidden: bool = False
    hidden_aspects: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """A hidden aspect that does not exist would be shown: it is refused."""
        if not self.hidden_aspects <= self.points.keys():
            unknown = ", ".join(sorted(self.hidden_aspects - self.points.keys()))
            raise ValueError(f"task {self.id} has no aspect {unknown}, which it is to hide")

    @property
    def max_points(self) -> float:
        """Sum over the aspects."""
        return sum(self.points.values())


Check = Callable[[HandedIn], list[Finding]]


@dataclass(frozen=True)
class ManualTask:
    """What a person scores: the grader says whether a file is there that matches ``files`` and how long it is.

    ``files`` are glob patterns (any one is enough). ``words`` and ``pages`` are the least and the most that is asked
    for, 0 for no limit.
    """

    id: str
    title: str
    points: float
    files: tuple[str, ...] = ()
    words: tuple[int, int] = (0, 0)
    pages: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Rule:
    """What a homework forbids or demands besides right answers.

    ``check`` finds the breaches. ``deduct`` is their price: ``all`` points of the rule's tasks, ``half`` the
    points of the tasks that a finding names, a number of points, or ``note`` for none. ``tasks`` are ids or their
    first parts (empty: the whole section).
    """

    id: str
    title: str
    check: Check
    deduct: Literal["all", "half", "note"] | float
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Tasks that share files, allowed imports and a student process.

    ``files`` are paths inside the homework's layout: Python files, which the driver gets as modules, and notebooks,
    which it runs itself; ``root`` is the folder that they import each other from; ``provided`` the files that come
    with the hand-out and are always run as handed out; ``packages`` the installed packages that the student's
    process can see. ``attachments`` are files without code (saved weights, a notebook, ``*.png`` for all that
    match) that come along when they are handed in. The points of an ``extra_credit`` section count on top of the
    maximum. ``data`` writes what the process finds in the folder that CHECKER_DATA names. ``driver`` is a file
    beside the rubric, or a folder: a package that imports its parts by ``from . import``.
    """

    id: str
    title: str
    files: tuple[str, ...]
    tasks: tuple[Task, ...]
    packages: tuple[str, ...] = ("numpy",)
    root: str = ""
    driver: str = "driver.py"
    provided: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    extra_credit: bool = False
    rules: tuple[Rule, ...] = ()
    manual: tuple[ManualTask, ...] = ()
    data: Callable[[Path], None] | None = None
    limits: Limits = field(default_factory=Limits)

    def files_of(self, task: Task) -> tuple[str, ...]:
        """The files that a task needs."""
        return task.files or self.files


@dataclass(frozen=True)
class Assignment:
    """One homework; ``home`` is the folder of its driver when that is not ``reference/<id>``.

    ``handout`` is the folder that students receive, with stubs and provided files. ``hidden_points`` are those that
    ``public`` took out.
    """

    id: str
    title: str
    sections: tuple[Section, ...]
    home: Path | None = None
    hidden_points: float = 0.0

    def driver_of(self, section: Section) -> Path:
        """The file that knows how the student's code of a section is called."""
        home = self.home or Path(reference.__path__[0]) / self.id
        return home / section.driver

    @property
    def handout(self) -> Path:
        """The folder that students receive."""
        return PROJECT / "student" / self.id

    @property
    def max_points(self) -> float:
        """Points that a machine grades, extra credit aside."""
        return sum(task.max_points for section, task in self.tasks() if not section.extra_credit)

    def tasks(self) -> list[tuple[Section, Task]]:
        """Every task with its section, in report order."""
        return [(section, task) for section in self.sections for task in section.tasks]


def names() -> list[str]:
    """The assignments that exist: the folders under reference/ with a rubric."""
    return sorted(path.parent.name for path in Path(reference.__path__[0]).glob("*/rubric.py"))


def public(assignment: Assignment) -> Assignment:
    """The assignment without what is hidden: what a student's own run is graded by."""
    sections = tuple(replace(section, tasks=_public_tasks(section.tasks)) for section in assignment.sections)
    shown = replace(assignment, sections=sections)
    return replace(shown, hidden_points=assignment.max_points - shown.max_points)


def _public_tasks(tasks: Iterable[Task]) -> tuple[Task, ...]:
    shown = []
    for task in tasks:
        points = {aspect: value for aspect, value in task.points.items() if aspect not in task.hidden_aspects}
        if points and not task.hidden:
            shown.append(replace(task, points=points, hidden_aspects=frozenset()))
    return tuple(shown)


def load(name: str) -> Assignment:
    """The assignment with this name; RequestError when there is none."""
    if name not in names():
        raise RequestError(f"there is no assignment {name!r}; there are: {', '.join(names())}")
    assignment = importlib.import_module(f"reference.{name}.rubric").ASSIGNMENT
    assert isinstance(assignment, Assignment)
    return assignment
