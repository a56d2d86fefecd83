"""Notebooks graded as they were handed in; those that are run are graded by the fixtures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from checker.assignment import load
from checker.exam import draw_exam
from checker.grading import Grader
from checker.report.model import Report
from checker.sandbox.isolation import choose
from checker.sitting import wanted
from checker.submissions import find
from reference.backprop.notebook_rubric import PART1, fashion_notebook

SOLVED = Path(__file__).parents[3] / "fixtures/submissions/backprop/solved/part1.ipynb"


def _grade(folder: Path) -> Report:
    section = fashion_notebook(execute=False)
    assignment = replace(load("backprop"), sections=(section,))
    exam = draw_exam(assignment, assignment.tasks(), seed=0, profile="default")
    found = find(folder, wanted(section))
    return Grader(assignment, exam, choose(None), str).grade(found, assignment.tasks())


@pytest.mark.parametrize("execute", [True, False])
def test_points(execute: bool) -> None:
    """15 for the notebook, 5 for what its network reaches, and 10 that a person gives."""
    section = fashion_notebook(execute=execute)

    assert [task.max_points for task in section.tasks] == [15, 5]
    assert [manual.points for manual in section.manual] == [10]
    assert PART1.limits.processes > 0


def test_notebook_with_its_outputs() -> None:
    """It gets what the number that it prints is worth: 82 % of the 85 that are asked, partial credit from 70 on."""
    report = _grade(SOLVED.parent)

    assert [task.points for task in report.tasks[:2]] == [15, 4]


def test_notebook_without_outputs(tmp_path: Path) -> None:
    """It is asked for them."""
    notebook = json.loads(SOLVED.read_text())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    (tmp_path / "part1.ipynb").write_text(json.dumps(notebook))
    report = _grade(tmp_path)

    assert report.points == 0
    assert {task.status for task in report.tasks if task.aspects} == {"failed"}


def test_missing_notebook(tmp_path: Path) -> None:
    """One sentence says so."""
    report = _grade(tmp_path)

    assert report.points == 0
    assert "part1.ipynb is missing" in report.tasks[0].message
