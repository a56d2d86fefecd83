"""Tasks without points are shown right or wrong like any other, and provided files are never missing."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from checker.assignment import Assignment
from checker.grading import Grader
from checker.operator import Case
from checker.report import terminal
from checker.report.model import Report
from checker.sandbox.isolation import choose
from checker.stubs import untouched
from checker.submissions import find
from tests.checker import toy


def _grade(made: Assignment, code: str, folder: Path) -> Report:
    submission = folder / "submission"
    submission.mkdir()
    (submission / "toy.py").write_text(code)
    grader = Grader(made, toy.exam(made), choose("plain"), lambda task: f"rerun {task}")
    return grader.grade(find(submission, ["toy.py"]), made.tasks())


def _optional(folder: Path) -> Assignment:
    """The toy homework with a backward that earns nothing."""
    made = toy.assignment(folder)
    forward, backward = made.sections[0].tasks
    backward = replace(backward, points={"x.grad": 0, "total": 0})
    return replace(made, sections=(replace(made.sections[0], tasks=(forward, backward)),))


def _printed(report: Report) -> str:
    console = Console(file=io.StringIO(), width=110)
    terminal.render(report, console)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_a_wrong_task_without_points_is_failed(tmp_path: Path) -> None:
    """It costs nothing, but it is not called right, and its evidence is printed."""
    report = _grade(_optional(tmp_path), toy.RIGHT.replace("float(dy.sum())", "float(dy.mean())"), tmp_path)
    task = toy.task(report, "scale.backward")

    assert (report.points, report.max_points, task.status) == (2, 2, "failed")
    assert "wrong in" in task.message
    assert "rerun scale.backward" in _printed(report)


def test_a_right_task_without_points_is_passed(tmp_path: Path) -> None:
    """And it has no message."""
    report = _grade(_optional(tmp_path), toy.RIGHT, tmp_path)

    assert toy.task(report, "scale.backward").status == "passed"
    assert toy.task(report, "scale.backward").message == ""


def test_an_untouched_task_without_points_is_not_started(tmp_path: Path) -> None:
    """Optional work may be left out."""
    code = toy.RIGHT.replace("return dy * scale, float(dy.sum())", "raise NotImplementedError")
    report = _grade(_optional(tmp_path), code, tmp_path)

    assert toy.task(report, "scale.backward").status == "not started"


def test_mistakes_that_fail_alike_are_told_apart_by_right_answers(tmp_path: Path) -> None:
    """Of two mistakes that predict every failing answer, the one that also predicts the right answers is named."""

    def capped(case: Case) -> dict[str, np.ndarray]:
        scale = case.options["scale"]
        assert isinstance(scale, int)
        return {"y": case.arrays["x"] * min(scale, 2)}

    operator = replace(
        toy.OPERATOR,
        mistakes={"the scale is capped at 2": capped, "the scale is 2": lambda case: {"y": case.arrays["x"] * 2}},
    )
    made = toy.assignment(tmp_path)
    tasks = tuple(replace(task, operator=operator) for task in made.sections[0].tasks)
    made = replace(made, sections=(replace(made.sections[0], tasks=tasks),))
    report = _grade(made, toy.RIGHT.replace("return x * scale", "return x * min(scale, 2)"), tmp_path)
    diagnosis = toy.aspect(report, "y").diagnosis or ""

    assert diagnosis.startswith("the scale is capped at 2")


def test_a_provided_file_is_not_missed(tmp_path: Path) -> None:
    """A task may name a provided file: it is run as handed out, whether or not it was handed in."""
    handout = tmp_path / "handout"
    handout.mkdir()
    (handout / "given.py").write_text("FACTOR = 1\n")

    class Made(Assignment):
        @property
        def handout(self) -> Path:
            return handout

    plain = toy.assignment(tmp_path)
    driver = (tmp_path / "driver.py").read_text().replace("def scale(toy, case)", "def scale(toy, given, case)")
    (tmp_path / "driver.py").write_text(driver.replace("case.scale)", "given.FACTOR * case.scale)"))
    tasks = tuple(replace(task, files=("toy.py", "given.py")) for task in plain.sections[0].tasks)
    section = replace(plain.sections[0], tasks=tasks, provided=("given.py",))
    made = Made(plain.id, plain.title, (section,), plain.home)
    submission = tmp_path / "submission"
    submission.mkdir()
    (submission / "toy.py").write_text(toy.RIGHT)
    grader = Grader(made, toy.exam(made), choose("plain"), str)
    # Looked for like any other file, as the command line does.
    report = grader.grade(find(submission, ["toy.py", "given.py"]), made.tasks())

    assert report.points == report.max_points == 5


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a, b = None, None\n    grads = (a, b)\n    out = None\n    return out, grads", True),
        ("x, w = cache\n    grad_x = None\n    return grad_x", True),
        ("y = None\n    return y, (y,)", True),
        ("out = None\n    cache = (x, w)\n    return out, cache", True),
        ("cache = x * 2\n    return None, cache", False),
        ("cache = x.copy()\n    return None, cache", False),
    ],
)
def test_passing_names_around_is_no_start(body: str, expected: bool) -> None:
    """A stub may put its arguments and placeholders into tuples; anything that computes is a start."""
    assert untouched(f"def f(x, w, cache):\n    {body}\n", "f") is expected
