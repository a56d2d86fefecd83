"""A measured aspect: predictions come out, the grader counts with labels that never went in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest

from checker.assignment import Assignment, Section, Task
from checker.exam import draw_exam
from checker.grading import Grader
from checker.operator import Case, Operator
from checker.sandbox.isolation import choose
from checker.scale import Scale, UnmeasurableError
from checker.submissions import find
from tests.checker import toy

LABELS = np.array([0, 1, 0, 1, 0, 1, 0, 1])


def _measure(case, outputs):
    if outputs["y"].shape != (8,):
        raise UnmeasurableError(f"the predictions have shape {outputs['y'].shape}, expected (8,)")
    return {"accuracy": float((outputs["y"] == case.hidden["labels"]).mean())}


CASE = Case({"x": LABELS * 2.0, "dy": np.ones(1)}, {"scale": 1}, hidden={"labels": LABELS})
OPERATOR = Operator("Accuracy", st.just(CASE), lambda case: {}, lambda case, expected, u: {}, measure=_measure)


def _grade(code: str, folder: Path):
    (folder / "toy.py").write_text(code)
    (folder / "driver.py").write_text(
        toy.DRIVER
        + "\n\ndef predict(toy, case):\n    yield 'y', toy.predict(case)\n    yield 'curve loss', case.x / 0\n"
    )
    task = Task("test", "Test", "predict", OPERATOR, {"accuracy": 4}, scales={"accuracy": Scale("accuracy", 1.0, 0.5)})
    assignment = Assignment("toy", "A toy", (Section("toy", "Toy", ("toy.py",), (task,)),), folder)
    exam = draw_exam(assignment, assignment.tasks(), seed=0, profile="quick")
    grader = Grader(assignment, exam, choose("plain"), str)
    return grader.grade(find(folder, ["toy.py"]), assignment.tasks()).tasks[0]


@pytest.mark.parametrize(
    ("prediction", "points", "status"),
    [
        ("case.x / 2", 4, "passed"),
        ("case.x * 0", 0, "failed"),
        ("(case.x > 0) * 1.0 + (case.x == 0).cumsum() * 0", 4, "passed"),
    ],
)
def test_points_follow_the_measure(tmp_path, prediction, points, status):
    """Right predictions earn all, predictions at chance nothing."""
    outcome = _grade(f"def predict(case):\n    return {prediction}\n", tmp_path)

    assert (outcome.points, outcome.status) == (points, status)
    assert "accuracy" in outcome.message


def test_partial(tmp_path):
    """Between the thresholds, points are in proportion."""
    code = "def predict(case):\n    y = case.x / 2\n    y[:2] = 1 - y[:2]\n    return y\n"
    outcome = _grade(code, tmp_path)

    assert outcome.aspects[0].points == 2
    assert outcome.aspects[0].status == "partial"


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ("return case.x[:3]", "failed", "shape (3,)"),
        ("raise NotImplementedError", "not started", "not started"),
        ("return case.labels", "error", "labels"),
        ("import torch", "forbidden", "torch"),
    ],
)
def test_what_cannot_be_measured(tmp_path, body, status, word):
    """A wrong form, a crash, a stub; hidden labels are not to be had."""
    outcome = _grade(f"def predict(case):\n    {body}\n", tmp_path)

    assert (outcome.points, outcome.aspects[0].status) == (0, status)
    assert word in outcome.aspects[0].message


def test_hidden_arrays_are_not_part_of_what_the_student_sees():
    """Two cases that differ only in hidden labels are the same case to the student's process."""
    assert replace(CASE, hidden={"labels": 1 - LABELS}).key == CASE.key


def test_curves_are_kept(tmp_path):
    """A series that the driver yields as a curve stands in the report, in numbers that JSON knows."""
    outcome = _grade("def predict(case):\n    return case.x / 2\n", tmp_path)

    assert outcome.curves == {"loss": [None] * 8}
