"""A report gives every task its right status, points and evidence."""

from dataclasses import replace

import pytest

from checker.assignment import ManualTask, Section
from checker.operator import Case
from tests.checker import toy


def test_right_code_gets_everything(tmp_path):
    """Full points, no message."""
    report = toy.grade(toy.RIGHT, tmp_path)

    assert (report.points, report.max_points) == (5, 5)
    assert [task.status for task in report.tasks] == ["passed", "passed"]
    assert report.sections[0].points == 5


def test_one_wrong_aspect_loses_its_points_only(tmp_path):
    """The other aspects of the task keep theirs; the task is partial."""
    report = toy.grade(toy.RIGHT.replace("float(dy.sum())", "float(dy.mean())"), tmp_path)

    assert (toy.task(report, "scale.backward").status, toy.task(report, "scale.backward").points) == ("partial", 2)
    assert toy.aspect(report, "total").status == "failed"
    assert toy.aspect(report, "x.grad").status == "passed"


def test_counterexample_is_small(tmp_path):
    """The smallest failing case has no more entries and no greater options than the bug needs."""
    report = toy.grade(toy.RIGHT.replace("return x * scale", "return x * min(scale, 2)"), tmp_path)
    example = toy.aspect(report, "y").counterexample

    assert example is not None
    assert example.options == {"scale": 3}
    assert example.arrays["x"].shape == (1,)
    assert example.got is not None
    assert example.got.values[0] * 3 == example.expected.values[0] * 2


def test_known_mistake_is_named(tmp_path):
    """A mistake that predicts the outputs is the diagnosis."""
    report = toy.grade(toy.RIGHT.replace("return x * scale", "return +x"), tmp_path)

    assert "the scale is left out" in (toy.aspect(report, "y").diagnosis or "")


@pytest.mark.parametrize(
    ("code", "status", "word"),
    [
        ("def forward(x, scale):\n    raise NotImplementedError\n", "not started", "not started"),
        ("def forward(x, scale):\n    'doc'\n    return None\n", "not started", "not started"),
        ("def forward(x, scale):\n    y = x * scale\n", "failed", "NoneType"),
        ("def forward(x, scale):\n    return x[99]\n", "error", "IndexError"),
        ("def forward(x, scale)\n    return x\n", "error", "SyntaxError"),
        ("import torch\n", "forbidden", "torch"),
        ("def backward(dy, scale): pass\n", "error", "forward"),
        ("def forward(x, scale):\n    while True: pass\n", "timeout", "no answer"),
        ("def forward(x, scale):\n    return bytearray(1 << 40)\n", "out of memory", "memory"),
        ("import os\ndef forward(x, scale):\n    os._exit(0)\n", "error", "exit"),
        ("import sys\ndef forward(x, scale):\n    sys.exit(0)\n", "error", "sys.exit"),
        ("import os\ndef forward(x, scale):\n    os.fork()\n", "forbidden", "PermissionError"),
        ("def forward(x, scale):\n    return (x * scale).astype(int)\n", "failed", "int64"),
        ("def forward(x, scale):\n    return (x * scale)[None]\n", "failed", "shape"),
        ("def forward(x, scale):\n    y = x * scale\n    x += 1\n    return y\n", "failed", "changed its argument x"),
    ],
)
def test_statuses(tmp_path, code, status, word):
    """Each way to fail has its status and says what happened."""
    report = toy.grade(code, tmp_path)
    outcome = toy.task(report, "scale.forward")

    assert (outcome.status, outcome.points) == (status, 0)
    assert word in outcome.message


def test_hanging_backward_does_not_cost_the_forward(tmp_path):
    """What was returned before the hang is graded on every case."""
    report = toy.grade(
        "def forward(x, scale):\n    return x * scale\ndef backward(dy, scale):\n    while True: pass\n", tmp_path
    )

    assert [task.status for task in report.tasks] == ["passed", "timeout"]


def test_missing_file(tmp_path):
    """Every task that needs the file says that it is missing."""
    home = tmp_path / "home"
    home.mkdir()
    assignment = toy.assignment(home)
    grader = toy.Grader(assignment, toy.exam(assignment), toy.choose("plain"), str)
    report = grader.grade(toy.find(tmp_path, ["toy.py"]), assignment.tasks())

    assert {task.status for task in report.tasks} == {"error"}
    assert {task.message for task in report.tasks} == {"toy.py is missing from the submission"}


def test_grader_failure_is_not_the_students(tmp_path, monkeypatch):
    """A fault of the grader is `not graded`, never a silent 0, and the report says so."""

    def broken(*_: object) -> Case:
        raise RuntimeError("grader bug")

    monkeypatch.setattr("checker.scoring.mismatches", broken)
    report = toy.grade(toy.RIGHT, tmp_path)

    assert {task.status for task in report.tasks} == {"not graded"}
    assert "grader bug" in report.tasks[0].message
    assert not report.graded


def test_prints_are_kept_apart(tmp_path):
    """What the student's code prints is in its own field."""
    report = toy.grade(toy.RIGHT.replace("return x * scale", "print('hello'); return x * scale"), tmp_path)

    assert report.points == 5
    assert "hello" in toy.task(report, "scale.forward").printed


def test_float32_is_noted_not_punished(tmp_path):
    """Answers computed in float32 keep their points; the aspect says so."""
    code = "import numpy as np\n" + toy.RIGHT.replace(
        "return x * scale", "return np.sqrt(x.astype(np.float32)) ** 2 * scale"
    )
    outcome = toy.aspect(toy.grade(code, tmp_path), "y")

    assert outcome.status == "passed"
    assert "float32" in outcome.message


def test_extra_credit_counts_on_top(tmp_path):
    """The points of an extra-credit section are added, its maximum is not."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "toy.py").write_text(toy.RIGHT)
    plain = toy.assignment(home)
    extra = replace(plain.sections[0], id="extra", extra_credit=True)
    assignment = replace(plain, sections=(*plain.sections, extra))
    exam = toy.exam(assignment)
    grader = toy.Grader(assignment, exam, toy.choose("plain"), str)
    report = grader.grade(toy.find(tmp_path, ["toy.py"]), assignment.tasks())

    assert (report.points, report.max_points) == (10, 5)
    assert [section.extra_credit for section in report.sections] == [False, True]


def test_a_section_of_manual_tasks_alone_is_in_the_report_of_a_whole_run(tmp_path):
    """It waits for a person, without any code of the student's; a run of chosen tasks leaves it out."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "toy.py").write_text(toy.RIGHT)
    plain = toy.assignment(home)
    essay = Section("essay", "An essay", (), (), manual=(ManualTask("text", "The text", 7),))
    twice = replace(plain.sections[0], id="twice")
    assignment = replace(plain, sections=(*plain.sections, twice, essay))
    grader = toy.Grader(assignment, toy.exam(assignment), toy.choose("plain"), str)
    found = toy.find(tmp_path, ["toy.py"])
    report = grader.grade(found, assignment.tasks())

    assert [(task.id, task.status) for task in report.tasks if task.section == "essay"] == [("text", "manual")]
    assert (report.points, report.max_points, report.manual_points) == (10, 10, 7)
    assert grader.grade(found, assignment.tasks()[:1]).manual_points == 0


def test_progress_shows_what_is_printed(tmp_path):
    """While a task runs, the lines that the code prints come through with the task's name."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "toy.py").write_text(toy.RIGHT.replace("return x * scale", "print('epoch 1'); return x * scale"))
    assignment = toy.assignment(home)
    grader = toy.Grader(assignment, toy.exam(assignment), toy.choose("plain"), str)
    told = []
    grader.grade(toy.find(tmp_path, ["toy.py"]), assignment.tasks(), told.append)

    assert told[0] == "scale.forward"
    assert "scale.forward | epoch 1" in told


@pytest.mark.parametrize(
    ("code", "ran"),
    [
        ("def forward(x, scale):\n    raise NotImplementedError\n", True),
        ("def forward(x, scale):\n    return x[99]\n", True),
        ("def forward(x, scale)\n    return x\n", False),
        ("import torch\n", False),
        ("raise SystemExit\n", False),
    ],
)
def test_code_that_cannot_be_called_is_told_from_code_that_fails(tmp_path, code, ran):
    """A file that cannot be imported did not run; one that raises when it is called did."""
    assert {task.ran for task in toy.grade(code, tmp_path).tasks} == {ran}
