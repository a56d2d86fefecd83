"""Judging: the grader adds to an answer what is not the student's to give, and leaves the rest to a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from checker.assignment import Assignment, Section, Task
from checker.exam import draw_exam
from checker.grading import Grader
from checker.judging import judged
from checker.operator import Case, Judgement, Operator
from checker.report.model import TaskOutcome
from checker.sandbox.answer import Answer, Fault, Value
from checker.sandbox.isolation import choose
from checker.submissions import find

CASE = Case({"x": np.arange(3.0)})


def _judge(case: Case, outputs):
    """Above 9 a person has to look."""
    largest = float(outputs["y"].max())
    undecided = {"small": f"{largest:g} is large"} if largest > 9 else {}
    return Judgement({"small": np.asarray(float(largest < 5))}, undecided)


OPERATOR = Operator(
    "Small numbers",
    st.just(CASE),
    lambda case: {"small": np.asarray(1.0)},
    lambda case, expected, u: {name: np.zeros(array.shape) for name, array in expected.items()},
    mistakes={"a number is 5 or more": lambda case: {"small": np.asarray(0.0)}},
    upstream=(),
    judge=_judge,
)


def _answer(*numbers: float) -> Answer:
    array = np.array(numbers)
    return Answer({"y": Value("ndarray", array, "float64", array.shape)})


def test_judgement_is_added():
    """Outputs of the student's code stay as they were."""
    answer = _answer(1, 2)
    found = judged(OPERATOR, CASE, answer)

    assert found.outputs["y"] is answer.outputs["y"]
    assert found.outputs["small"].array == 1
    assert not found.undecided
    assert judged(OPERATOR, CASE, _answer(10)).undecided == {"small": "10 is large"}


def test_nothing_is_added_without_a_judge_or_after_a_fault():
    """What stopped the code stays the whole story."""
    stopped = replace(_answer(1), fault=Fault("raised", "no", "ValueError"))

    assert judged(OPERATOR, CASE, stopped) is stopped
    assert judged(replace(OPERATOR, judge=None), CASE, stopped) is stopped


def _grade(code: str, folder: Path) -> TaskOutcome:
    (folder / "toy.py").write_text(code)
    (folder / "driver.py").write_text("def numbers(toy, case):\n    yield 'y', toy.numbers(case.x)\n")
    task = Task("numbers", "Numbers", "numbers", OPERATOR, {"small": 2})
    assignment = Assignment("toy", "A toy", (Section("toy", "Toy", ("toy.py",), (task,)),), folder)
    exam = draw_exam(assignment, assignment.tasks(), seed=0, profile="quick")
    return Grader(assignment, exam, choose("plain"), str).grade(find(folder, ["toy.py"]), assignment.tasks()).tasks[0]


@pytest.mark.parametrize(
    ("body", "points", "status", "word"),
    [
        ("return x", 2, "passed", ""),
        ("return x + 5", 0, "failed", ""),
        ("return x + 10", 0, "manual", "scored by a person: 12 is large"),
        ("raise NotImplementedError", 0, "not started", ""),
        ("raise TimeoutError('code cell 3 did not end')", 0, "timeout", "code cell 3"),
    ],
)
def test_points(tmp_path: Path, body: str, points: float, status: str, word: str):
    """Right, wrong, for a person, not started, and out of time by the driver's or the code's own clock."""
    outcome = _grade(f"def numbers(x):\n    {body}\n", tmp_path)

    assert (outcome.points, outcome.status) == (points, status)
    assert word in outcome.aspects[0].message


def test_mistakes_name_what_the_judge_found(tmp_path: Path):
    """A judgement is compared like any output."""
    assert "5 or more" in (_grade("def numbers(x):\n    return x + 5\n", tmp_path).aspects[0].diagnosis or "")
