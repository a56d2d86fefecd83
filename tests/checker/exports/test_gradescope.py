"""Gradescope: results.json says what the report says, and its sums agree."""

from __future__ import annotations

import json

import pytest

from checker.batch.model import Adjustment
from checker.errors import RequestError
from checker.exports import gradescope
from checker.exports.gradescope import Shown
from checker.report.model import SectionTotal
from tests.checker.exports import samples

TOP = {
    *("score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility"),
    *("stdout_visibility", "extra_data", "tests", "leaderboard"),
}
TEST = {
    *("score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags", "visibility"),
    "extra_data",
}
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}


def _numbers_only(text: str):
    raise AssertionError(f"{text} is no JSON")


def decoded(document: gradescope.Results) -> dict:
    """The file's content, checked against the specification's fields and types."""
    data = json.loads(gradescope.encode(document), parse_constant=_numbers_only)
    assert data.keys() <= TOP
    assert isinstance(data["score"], int | float)
    assert data.get("visibility", "visible") in VISIBILITIES
    assert data.get("stdout_visibility", "visible") in VISIBILITIES
    assert isinstance(data.get("execution_time", 0), int | float)
    for test in data["tests"]:
        assert test.keys() <= TEST
        assert test.get("status", "passed") in ("passed", "failed")
        assert test.get("visibility", "visible") in VISIBILITIES
        assert isinstance(test.get("score", 0), int | float)
        assert isinstance(test.get("number", ""), str)
        assert "\r" not in test.get("output", "")
    return data


def _sum(data: dict, field: str) -> float:
    return sum(test.get(field, 0) for test in data["tests"])


def test_says_what_the_report_says():
    """Score, tests in order with numbers, what waits for a person, formats of plain text."""
    data = decoded(gradescope.results(samples.report()))

    assert data["score"] == 2.5
    assert data["execution_time"] == 1.25
    assert data["output"] == "2.5 of 5 points\nEssay: 4 points, scored by a person"
    assert {data[name] for name in ("output_format", "test_output_format", "test_name_format")} == {"text"}
    assert [(test["number"], test["name"], test["status"]) for test in data["tests"]] == [
        ("1.1", "Relu (relu)", "passed"),
        ("1.2", "Linear (linear)", "failed"),
        ("1.3", "Nothing is printed (printing)", "failed"),
    ]
    assert "expected x.grad = [1, nan]" in data["tests"][1]["output"]


@pytest.mark.parametrize(
    "report",
    [
        samples.report(),
        samples.report(samples.task(), samples.broken()),
        samples.report(samples.task("a", 0.1, 0.3), samples.task("b", 0.2, 0.3)),
        samples.report(
            samples.task("a", 1, 2),
            samples.task("more", 3, 3, section="extra"),
            points=4,
            max_points=2,
            sections=(SectionTotal("layers", "Layers", 1, 2), SectionTotal("extra", "Extra", 3, 3, extra_credit=True)),
        ),
    ],
    ids=["rules", "not graded", "fractions", "extra credit"],
)
def test_sums_agree_with_the_report(report):
    """Scores and maxima of the tests add up to the report's."""
    data = decoded(gradescope.results(report))

    assert _sum(data, "score") == pytest.approx(report.points)
    assert _sum(data, "max_score") == pytest.approx(report.max_points)
    assert data["score"] == pytest.approx(report.points)


@pytest.mark.parametrize(
    "grade",
    [
        samples.grade(points=2.5, max_points=5),
        samples.grade(points=6, max_points=9, automatic=2.5, manual=3.5),
        samples.grade(points=1.5, max_points=9, adjustments=(Adjustment("late", -1),), waiting=("essay",)),
        samples.grade(points=0, max_points=2, adjustments=(Adjustment("a task does not count", -0.5),)),
    ],
    ids=["as the report", "by hand", "late", "dropped and capped"],
)
def test_sums_agree_with_the_grade(grade):
    """With what people and the policy gave and took."""
    data = decoded(gradescope.results(samples.report(), grade))

    assert data["score"] == grade.points
    assert _sum(data, "score") == pytest.approx(grade.points)
    assert _sum(data, "max_score") == pytest.approx(grade.max_points)
    assert all(test.get("max_score", 0) >= 0 for test in data["tests"])


def test_adjustments_say_why():
    """Each is a line of its own."""
    grade = samples.grade(points=1.5, max_points=5, adjustments=(Adjustment("late: 2 days", -1),))
    data = decoded(gradescope.results(samples.report(), grade))

    assert {"name": "late: 2 days", "score": -1, "max_score": 0, "status": "failed"} in data["tests"]


def test_a_failure_of_the_grader_is_no_fault_of_the_student():
    """It says so, and shows no trace of the machine."""
    data = decoded(gradescope.results(samples.report(samples.task(), samples.broken())))

    assert "no fault of the submission" in data["output"]
    assert "/secret/path" not in json.dumps(data)


def test_visibility():
    """Of everything, of hidden tasks, of the grader's own output."""
    report = samples.report(samples.task("a"), samples.task("b", hidden=True))
    show = Shown("after_due_date", "after_published", "hidden")
    data = decoded(gradescope.results(report, show=show))

    assert data["visibility"] == "after_due_date"
    assert data["stdout_visibility"] == "hidden"
    assert [test.get("visibility") for test in data["tests"]] == [None, "after_published"]


def test_results_before_there_are_any():
    """Valid, with no points and a sentence."""
    data = decoded(gradescope.failing("Grading has begun."))

    assert (data["score"], data["output"]) == (0, "Grading has begun.")
    assert data["tests"][0]["status"] == "failed"


def test_unfinished_results_say_so():
    """The points so far stand."""
    data = decoded(gradescope.results(samples.report(), unfinished="Time ran out."))

    assert data["output"].startswith("Time ran out.\n2.5 of 5 points")


def test_refused_submissions_have_results():
    """With the reason."""
    data = decoded(gradescope.refused(samples.grade(points=0, status="refused", problems=("the archive is a bomb",))))

    assert (data["score"], data["output"]) == (0, "the archive is a bomb")


def test_no_number_is_no_number():
    """A NaN is refused rather than written as null."""
    with pytest.raises(RequestError, match="not a number"):
        gradescope.results(samples.report(samples.task(points=float("nan"))))
