"""The homeworks that are attacked: layers in NumPy, a function in torch, a notebook."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import hypothesis.strategies as st
import numpy as np

from checker.assignment import Assignment, Section, Task
from checker.exam import Exam, draw_exam
from checker.grading import Grader
from checker.operator import Case, Operator, Outputs
from checker.report.model import Report
from checker.sandbox.isolation import Isolation
from checker.sandbox.limits import Limits
from checker.submissions import find
from reference.pynet.rubric import LAYERS

SMALL = Limits(
    import_seconds=6,
    case_seconds=1,
    task_seconds=3,
    memory=2 << 30,
    file_size=4 << 20,
    disk=8 << 20,
    reply=1 << 20,
)
_FOR_TORCH = replace(SMALL, import_seconds=10, case_seconds=5, task_seconds=10, memory=4 << 30)
_FOR_NOTEBOOKS = replace(SMALL, case_seconds=20, task_seconds=20, memory=2 << 30, processes=8)
_HOME = Path(__file__).parent / "drivers"


def _bound(case: Case, expected: Outputs, u: float) -> Outputs:
    return {name: 8 * u * np.abs(array) for name, array in expected.items()}


@st.composite
def _vectors(draw: st.DrawFn) -> Case:
    return Case({"x": np.arange(1.0, 1 + draw(st.integers(1, 4)))})


_DOUBLE = Operator("Double", cases=_vectors(), reference=lambda case: {"y": 2 * case.arrays["x"]}, bound=_bound)
_THREE = Operator(
    "Three", cases=st.just(Case({"x": np.ones(1)})), reference=lambda case: {"a": np.asarray(3.0)}, bound=_bound
)


@dataclass(frozen=True)
class Homework:
    """An assignment with an exam that was drawn once."""

    assignment: Assignment
    exam: Exam

    def grade(self, folder: Path, isolation: Isolation) -> Report:
        """The report of the submission in a folder."""
        files = [name for section in self.assignment.sections for name in section.files]
        grader = Grader(self.assignment, self.exam, isolation, lambda task: f"rerun {task}")
        return grader.grade(find(folder, files), self.assignment.tasks())


def _drawn(name: str, section: Section, home: Path | None) -> Homework:
    assignment = Assignment(name, "Attacked", (section,), home)
    return Homework(assignment, draw_exam(assignment, assignment.tasks(), seed=20_260_101, profile="quick"))


def _layers(limits: Limits) -> Homework:
    tasks = tuple(task for task in LAYERS.tasks if task.call == "linear")
    return _drawn("pynet", replace(LAYERS, tasks=tasks, limits=limits), None)


def _torch() -> Homework:
    task = Task("double", "Double", "double", _DOUBLE, {"y": 6.0})
    section = Section(
        "torch", "Torch", ("double.py",), (task,), ("numpy", "torch"), driver="torch_driver.py", limits=_FOR_TORCH
    )
    return _drawn("double", section, _HOME)


def _notebook() -> Homework:
    task = Task("three", "Three", "run", _THREE, {"a": 6.0})
    packages = ("numpy", "nbclient", "ipykernel")
    section = Section(
        "notebook", "Notebook", ("work.ipynb",), (task,), packages, driver="notebook_driver.py", limits=_FOR_NOTEBOOKS
    )
    return _drawn("three", section, _HOME)


_MAKERS: dict[str, Callable[[], Homework]] = {
    "layers": lambda: _layers(SMALL),
    "torch": _torch,
    "notebook": _notebook,
    # For submissions that are no attacks: with the limits that a class has.
    "honest": lambda: _layers(Limits()),
}


@functools.cache
def homework(name: str) -> Homework:
    """The homework with a section of this name."""
    return _MAKERS[name]()
