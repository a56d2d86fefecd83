"""A student's copy of a hidden run: points and diagnoses, and no way to carry a case out."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from checker.assignment import Assignment, public
from checker.exam import draw_exam
from checker.grading import Grader
from checker.report.audience import GRADER_FAILED, HIDDEN, for_student
from checker.report.model import Report, RuleOutcome, TaskOutcome, encode
from checker.report.terminal import render
from checker.sandbox.isolation import choose
from checker.submissions import find
from tests.checker import toy


def _student(code: str, folder: Path) -> Report:
    return for_student(toy.grade(code, folder))


def _text(report: Report) -> str:
    console = Console(file=io.StringIO(), width=110, highlight=False)
    with console.capture() as capture:
        render(report, console)
    return capture.get()


def test_points_statuses_and_diagnoses_stay(tmp_path):
    """All that helps to find the fault without the case."""
    full = toy.grade(toy.RIGHT.replace("return x * scale", "return +x"), tmp_path)
    shown = for_student(full)
    aspect = toy.aspect(shown, "y")

    assert (shown.points, shown.max_points, shown.sections) == (full.points, full.max_points, full.sections)
    assert [task.status for task in shown.tasks] == [task.status for task in full.tasks]
    assert aspect.message.startswith("wrong values in ")
    assert toy.task(shown, "scale.forward").message == aspect.message
    assert "the scale is left out" in (aspect.diagnosis or "")


def test_no_seed_no_case_no_command(tmp_path):
    """Neither in the document nor on the page."""
    shown = _student(toy.RIGHT.replace("return x * scale", "print(x); return x * scale + 1"), tmp_path)
    document, text = json.loads(encode(shown)), _text(shown)

    assert document["seed"] is None
    assert document["audience"] == "student"
    for task in document["tasks"]:
        assert (task["rerun"], task["printed"], task["curves"], task["metrics"]) == ("", "", {}, {})
        assert all(aspect["counterexample"] is None for aspect in task["aspects"])
    for word in ("secret seed", "The cases of this run are secret", "wrong values in"):
        assert word in text
    for word in ("seed 0", "expected", "smallest", "rerun", "entry", "your code printed", "scale="):
        assert word not in text


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def forward(x, scale):\n    raise ValueError(424242.0)\n", "ValueError (toy.py:2) in "),
        (
            "def forward(x, scale):\n    raise type('E424242', (Exception,), {})\n",
            "the submission's own (toy.py:2) in ",
        ),
        (
            "def forward(x, scale):\n    exec(compile('\\n' * 424241 + '1/0', __file__, 'exec'))\n",
            "ZeroDivisionError in ",
        ),
        ("def forward(x, scale):\n    return type('T424242', (), {})()\n", "got a value of another type in "),
        ("def forward(x, scale):\n    return x.astype('S424242')\n", "got an ndarray that holds no numbers"),
        ("import numpy\ndef forward(x, scale):\n    return numpy.zeros((424, 242))\n", "wrong shape in "),
        ("def forward(x, scale):\n    return x * 424242.0\n", "wrong values in "),
        ("def forward(x, scale):\n    return x / 0\n", "inf or nan where a finite number is expected in "),
        ("def forward(x, scale):\n    return (x * scale).astype(int)\n", "got dtype int64 in "),
        ("def forward(x, scale):\n    raise MemoryError('424242')\n", "more memory than the limit (toy.py:2) in "),
        (
            "def forward(x, scale):\n    raise ModuleNotFoundError(name=f'm{424241 + 1}')\n",
            "ModuleNotFoundError (toy.py:2)",
        ),
        ("raise ImportError(424242)\n", "import failed: ImportError (toy.py:1)"),
        ("import torch\n", "import failed: ModuleNotFoundError: no module named torch (toy.py:1)"),
        ("def forward(x, scale)\n    return x\n", "import failed: SyntaxError (toy.py:1)"),
        ("def forward(x, scale):\n    while True: pass\n", "no answer"),
        ("def forward(x, scale):\n    raise NotImplementedError\n", "not started: the function is still the stub"),
    ],
)
def test_a_students_words_carry_nothing_out(tmp_path, code, told):
    """Exceptions, types and modules that the code itself names may hold what it has seen."""
    shown = _student(code, tmp_path)

    assert told in toy.aspect(shown, "y").message
    assert b"424242" not in encode(shown)
    assert "424242" not in _text(shown)


def test_a_diagnosis_tells_no_values_of_the_case(tmp_path):
    """That it takes certain options is told, which ones is not."""
    code = toy.RIGHT.replace("return x * scale", "return x * min(scale, 2)")
    full, shown = toy.grade(code, tmp_path), _student(code, tmp_path)

    assert "it takes scale=3" in (toy.aspect(full, "y").diagnosis or "")
    assert toy.aspect(shown, "y").diagnosis == (
        "no smaller case was found to fail: certain options or sizes bring it out"
    )


def _hiding(folder: Path) -> Assignment:
    """The toy homework with a hidden task and, in the other, a hidden aspect."""
    shown = toy.assignment(folder)
    section = shown.sections[0]
    forward, backward = section.tasks
    tasks = (replace(forward, hidden=True), replace(backward, hidden_aspects=frozenset({"total"})))
    return replace(shown, sections=(replace(section, tasks=tasks),))


def _grade(assignment: Assignment, code: str, folder: Path) -> Report:
    (folder / "toy.py").write_text(code)
    exam = draw_exam(assignment, assignment.tasks(), seed=0, profile="quick")
    grader = Grader(assignment, exam, choose("plain"), lambda task: f"rerun {task}")
    return grader.grade(find(folder, ["toy.py"]), assignment.tasks())


def test_of_what_is_hidden_the_points_are_told(tmp_path):
    """The course's run counts it; the student's copy has no word on what went wrong there."""
    wrong = toy.RIGHT.replace("float(dy.sum())", "float(dy.mean())").replace("return x * scale", "return +x")
    full = _grade(_hiding(tmp_path), wrong, tmp_path)
    shown = for_student(full)
    forward, backward = toy.task(shown, "scale.forward"), toy.task(shown, "scale.backward")

    assert (full.points, full.max_points, full.hidden_points) == (2, 5, 0)
    assert "the scale is left out" in (toy.aspect(full, "y").diagnosis or "")
    assert (forward.points, forward.max_points, forward.status) == (0, 2, "failed")
    assert (forward.message, forward.aspects, forward.hidden) == (HIDDEN, (), True)
    assert (backward.points, backward.message) == (2, HIDDEN)
    assert (toy.aspect(shown, "total").message, toy.aspect(shown, "total").diagnosis) == (HIDDEN, None)
    assert HIDDEN in _text(shown)
    assert "left out" not in _text(shown)


def test_a_hidden_aspect_that_is_right_needs_no_word(tmp_path):
    """The task passed, and that is all."""
    shown = for_student(_grade(_hiding(tmp_path), toy.RIGHT, tmp_path))

    assert toy.task(shown, "scale.backward").message == ""
    assert toy.aspect(shown, "total").message == HIDDEN


def test_a_public_run_leaves_out_what_is_hidden_and_says_so(tmp_path):
    """Its maximum is that of what it checks."""
    full = _hiding(tmp_path)
    report = _grade(public(full), toy.RIGHT, tmp_path)

    assert (full.max_points, public(full).max_points) == (5, 2)
    assert (report.points, report.max_points, report.hidden_points) == (2, 2, 3)
    assert [aspect.id for task in report.tasks for aspect in task.aspects] == ["x.grad"]
    assert "hidden, graded by the course alone" in _text(report)
    assert public(toy.assignment(tmp_path)) == replace(toy.assignment(tmp_path), hidden_points=0)


def test_hiding_an_aspect_that_is_not_there_is_refused(tmp_path):
    """A typing error would show it to everybody."""
    with pytest.raises(ValueError, match="no aspect totl"):
        replace(toy.assignment(tmp_path).sections[0].tasks[1], hidden_aspects=frozenset({"totl"}))


def test_rules_manual_tasks_and_failures_of_the_grader(tmp_path):
    """What was printed and the grader's traceback stay with the course; what was found of an essay is told."""
    prints = RuleOutcome("half", ("scale.forward",), ("scale.forward",), prints=True)
    tasks = (
        TaskOutcome(
            "silent", "Silent", "toy", -1, 0, "forbidden", "scale.forward prints: 424242.0", (), "", rule=prints
        ),
        TaskOutcome("loops", "Loops", "toy", 0, 0, "passed", "a loop (f.py:3)", (), "", rule=RuleOutcome("note", ())),
        TaskOutcome("essay", "Essay", "toy", 0, 3, "manual", "found essay.pdf", (), ""),
        TaskOutcome("net", "Net", "toy", 0, 3, "not graded", "Traceback: 424242.0", (), "rerun net"),
    )
    full = msgspec.structs.replace(toy.grade(toy.RIGHT, tmp_path), tasks=tasks, problems=("an odd file",))
    shown = for_student(full)

    assert [task.message for task in shown.tasks] == [
        "something is printed that nobody asked for: scale.forward",
        "a loop (f.py:3)",
        "found essay.pdf",
        GRADER_FAILED,
    ]
    assert shown.problems == ("an odd file",)
    assert b"424242" not in encode(shown)


def test_a_copy_of_a_copy_is_the_same(tmp_path):
    """And it is still a report that every renderer reads."""
    shown = _student(toy.RIGHT.replace("return x * scale", "return x[99]"), tmp_path)

    assert for_student(shown) == shown
    assert msgspec.json.decode(encode(shown), type=Report) == shown
