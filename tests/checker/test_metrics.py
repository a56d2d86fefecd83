"""Metrics of a classifier: compared with numbers worked out by hand, and shown beside the points."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from rich.console import Console

from checker import metrics
from checker.assignment import Assignment, Section, Task
from checker.exam import draw_exam
from checker.grading import Grader
from checker.operator import Case, Judgement, Operator
from checker.report.model import Report, encode
from checker.report.terminal import render
from checker.sandbox.isolation import choose
from checker.scale import Scale
from checker.submissions import find

LABELS = np.array([0, 0, 0, 1, 1, 2])
PREDICTIONS = np.array([0, 0, 1, 1, 0, 1])


def test_values_worked_out_by_hand():
    """Three classes, the last of which is never guessed; nothing is of a fourth, and nothing is taken for it."""
    table = metrics.confusion(LABELS, PREDICTIONS, 4)

    assert table.tolist() == [[2, 1, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert metrics.accuracy(table) == 3 / 6
    assert np.array_equal(metrics.precision(table), [2 / 3, 1 / 3, np.nan, np.nan], equal_nan=True)
    assert np.array_equal(metrics.recall(table), [2 / 3, 1 / 2, 0, np.nan], equal_nan=True)
    assert np.array_equal(metrics.f1(table), [4 / 6, 2 / 5, 0, np.nan], equal_nan=True)


def test_f1_is_the_harmonic_mean():
    """As long as neither precision nor recall is 0."""
    table = np.array([[5, 2, 1], [3, 7, 2], [1, 4, 6]])
    p, r = metrics.precision(table), metrics.recall(table)

    assert np.allclose(metrics.f1(table), 2 * p * r / (p + r))


def test_nothing_to_count():
    """No sample at all is no error."""
    table = metrics.confusion(LABELS[:0], PREDICTIONS[:0], 2)

    assert np.isnan(metrics.accuracy(table))


def test_summary():
    """All metrics by name, from predictions of any numeric type; a prediction that is no class has none."""
    told = metrics.summary(LABELS, PREDICTIONS.astype(float), 3)

    assert list(told) == ["accuracy", "precision", "recall", "F1", "confusion"]
    assert told["confusion"].sum() == 6
    for wrong in (PREDICTIONS + 2, PREDICTIONS + 0.5, np.full(6, np.nan), np.array(["0"] * 6)):
        assert metrics.summary(LABELS, wrong, 3) == {}


def _told(case, outputs):
    return {"claimed accuracy": outputs["claim"], **metrics.summary(case.hidden["labels"], outputs["y"], 3)}


CASE = Case({"x": PREDICTIONS}, hidden={"labels": LABELS})
OPERATOR = Operator(
    "Classes",
    st.just(CASE),
    lambda case: {},
    lambda case, expected, u: {},
    upstream=(),
    measure=lambda case, outputs: {"accuracy": float((outputs["y"] == case.hidden["labels"]).mean())},
    metrics=_told,
)


def _grade(code: str, folder: Path, operator: Operator = OPERATOR) -> Report:
    (folder / "toy.py").write_text(f"def predict(x):\n    {code}\n")
    (folder / "driver.py").write_text(
        "def predict(toy, case):\n    y, claim = toy.predict(case.x)\n    yield 'y', y\n    yield 'claim', claim\n"
    )
    scales = {"accuracy": Scale("accuracy", 0.4, 0.1)}
    task = Task("classes", "Classes", "predict", operator, {"accuracy": 4}, scales=scales)
    assignment = Assignment("toy", "A toy", (Section("toy", "Toy", ("toy.py",), (task,)),), folder)
    exam = draw_exam(assignment, assignment.tasks(), seed=0, profile="quick")
    return Grader(assignment, exam, choose("plain"), str).grade(find(folder, ["toy.py"]), assignment.tasks())


def _text(report: Report) -> str:
    console = Console(file=io.StringIO(), width=100, highlight=False)
    render(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_metrics_stand_in_the_json_report(tmp_path: Path) -> None:
    """Names, shapes and values; what is 0 / 0 is a word; what the code claims stands beside what was counted."""
    told = json.loads(encode(_grade("return x, 0.9", tmp_path)))["tasks"][0]["metrics"]

    assert list(told) == ["claimed accuracy", "accuracy", "precision", "recall", "F1", "confusion"]
    assert told["claimed accuracy"] == {"shape": [], "values": 0.9}
    assert told["accuracy"] == {"shape": [], "values": 0.5}
    assert told["precision"]["values"][2] == "nan"
    assert told["confusion"] == {"shape": [3, 3], "values": [[2, 1, 0], [1, 1, 0], [0, 1, 0]]}


def test_metrics_are_printed_in_columns(tmp_path: Path) -> None:
    """A line per number or vector; matrices are for the JSON report."""
    lines = {
        line.split("  ")[0]: line for line in map(str.strip, _text(_grade("return x, 0.9", tmp_path)).splitlines())
    }

    assert lines["claimed accuracy"].split()[2:] == ["0.9"]
    assert lines["accuracy"].split()[1:] == ["0.5"]
    assert lines["precision"].split()[1:] == ["0.667", "0.333", "nan"]
    assert lines["recall"].split()[1:] == ["0.667", "0.5", "0"]
    assert "confusion" not in lines


def test_code_that_fails_has_no_metrics(tmp_path: Path) -> None:
    """What cannot be worked out is left out, and costs nothing but itself."""
    for code in ("raise NotImplementedError", "return x, {}"):
        assert _grade(code, tmp_path).tasks[0].metrics == {}
    assert "claimed accuracy" in _grade("return x + 7, 0.9", tmp_path).tasks[0].metrics


def test_what_is_undecided_is_not_measured(tmp_path: Path) -> None:
    """An accuracy that needs data which are not there is left to a person."""
    missing = replace(OPERATOR, judge=lambda case, outputs: Judgement({}, {"accuracy": "the data are missing"}))
    aspect = _grade("return x, 0.9", tmp_path, missing).tasks[0].aspects[0]

    assert (aspect.points, aspect.status) == (0, "manual")
    assert "the data are missing" in aspect.message
