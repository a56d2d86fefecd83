"""A toy homework of one task, for tests of the engine: y = x * scale, summed over nothing."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import numpy as np

from checker.assignment import Assignment, Section, Task
from checker.bounds import gamma
from checker.exam import Exam, draw_exam
from checker.grading import Grader
from checker.operator import Case, Operator, Outputs
from checker.report.model import AspectOutcome, Report, TaskOutcome
from checker.sandbox.isolation import choose
from checker.sandbox.limits import Limits
from checker.submissions import find

DRIVER = '''"""Calls the toy homework."""


def scale(toy, case):
    yield "y", toy.forward(case.x, case.scale)
    yield ("x.grad", "total"), toy.backward(case.dy, case.scale)
'''

RIGHT = """
def forward(x, scale):
    return x * scale

def backward(dy, scale):
    return dy * scale, float(dy.sum())
"""


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """n from 1 to 5, scale from 1 to 4, values from a seed."""
    n = draw(st.integers(1, 5))
    scale = draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    return Case(
        {"x": random.integers(1, 9, n).astype(float), "dy": random.integers(1, 9, n).astype(float)}, {"scale": scale}
    )


def reference(case: Case) -> Outputs:
    """Right outputs."""
    scale, x, dy = case.options["scale"], case.arrays["x"], case.arrays["dy"]
    assert isinstance(scale, int)
    return {"y": x * scale, "x.grad": dy * scale, "total": np.asarray(dy.sum())}


def _bound(case: Case, expected: Outputs, u: float) -> Outputs:
    return {name: gamma(8, u) * np.abs(array) for name, array in expected.items()}


OPERATOR = Operator(
    "Scale",
    cases=cases(),
    reference=reference,
    bound=_bound,
    mistakes={"the scale is left out": lambda case: {"y": case.arrays["x"], "x.grad": case.arrays["dy"]}},
)


def assignment(home: Path, limits: Limits | None = None) -> Assignment:
    """The toy homework, with its driver written to ``home``."""
    (home / "driver.py").write_text(DRIVER)
    tasks = (
        Task("scale.forward", "Scale forward", "scale", OPERATOR, {"y": 2}, where=("forward",)),
        Task("scale.backward", "Scale backward", "scale", OPERATOR, {"x.grad": 2, "total": 1}, where=("backward",)),
    )
    limits = limits or Limits(import_seconds=5, case_seconds=2, task_seconds=5)
    return Assignment("toy", "A toy", (Section("toy", "Toy", ("toy.py",), tasks, limits=limits),), home)


def exam(toy: Assignment) -> Exam:
    """A quick exam of the toy homework."""
    return draw_exam(toy, toy.tasks(), seed=0, profile="quick")


def grade(code: str, folder: Path, isolation: str = "plain", limits: Limits | None = None) -> Report:
    """Grade one module of code as a submission to the toy homework."""
    home, submission = folder / "home", folder / "submission"
    home.mkdir(exist_ok=True)
    submission.mkdir(exist_ok=True)
    (submission / "toy.py").write_text(code)
    toy = assignment(home, limits)
    grader = Grader(toy, exam(toy), choose(isolation), lambda task: f"rerun {task}")
    return grader.grade(find(submission, ["toy.py"]), toy.tasks())


def task(report: Report, name: str) -> TaskOutcome:
    """One task's outcome."""
    return next(outcome for outcome in report.tasks if outcome.id == name)


def aspect(report: Report, name: str) -> AspectOutcome:
    """One aspect's outcome."""
    return next(outcome for owner in report.tasks for outcome in owner.aspects if outcome.id == name)
