"""GitHub Classroom: both totals that its reporter makes are the report's."""

from __future__ import annotations

import base64
import json

import pytest

from checker.exports import classroom
from checker.report.model import SectionTotal
from tests.checker.exports import samples
from tests.checker.exports.test_actions import runner_commands

REPORTS = {
    "mixed": samples.report(),
    "all": samples.report(samples.task("a", 2, 2)),
    "nothing": samples.report(samples.task("a", 0, 2, status="not started")),
    "rule takes all": samples.report(samples.task("a", 1, 2), samples.task("b", 2, 2), samples.rule(3)),
    "thirds": samples.report(samples.task("a", 1 / 3, 1), samples.task("b", 2 / 3, 1)),
    "extra credit": samples.report(
        samples.task("a", 1, 2),
        samples.task("more", 3, 3, section="extra"),
        points=4,
        max_points=2,
        sections=(SectionTotal("layers", "Layers", 1, 2), SectionTotal("extra", "Extra", 3, 3, extra_credit=True)),
    ),
    "not graded": samples.report(samples.task("a", 1, 2), samples.broken()),
}


def _decoded(report) -> dict[str, dict]:
    lines = dict(line.split("=", 1) for line in classroom.outputs(report).splitlines())
    return {runner: json.loads(base64.b64decode(lines[runner], validate=True)) for runner in ("earned", "missed")}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_both_totals_agree(report):
    """Passed tests as shares of a runner's maximum, and the sum of scores."""
    results = _decoded(report).values()
    by_count = sum(
        sum(test["status"] == "pass" for test in each["tests"]) / len(each["tests"]) * each["max_score"]
        for each in results
    )
    by_score = sum(test["score"] for each in results for test in each["tests"])

    assert by_count == pytest.approx(report.points, abs=1e-5)
    assert by_score == pytest.approx(report.points, abs=1e-5)
    assert sum(each["max_score"] for each in results) == pytest.approx(max(report.max_points, report.points), abs=1e-5)


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_results_have_the_fields_of_a_runner(report):
    """As the reporter reads them."""
    for result in _decoded(report).values():
        assert result.keys() == {"version", "status", "max_score", "tests"}
        assert result["status"] in ("pass", "fail", "error")
        for test in result["tests"]:
            assert {"name", "status", "score", "message", "test_code", "filename", "line_no"} <= test.keys()
            assert test["status"] in ("pass", "fail", "error")
            assert test["score"] >= 0


def test_missed_points_fail_and_the_graders_failure_is_an_error():
    """So the job does as the points do."""
    assert _decoded(REPORTS["mixed"])["missed"]["status"] == "fail"
    assert _decoded(REPORTS["all"])["missed"]["status"] == "pass"
    assert _decoded(REPORTS["not graded"])["missed"]["status"] == "error"


def test_a_task_that_lost_points_to_a_rule_says_so():
    """What the table shows as missing has its reason."""
    missed = _decoded(REPORTS["rule takes all"])["missed"]["tests"]

    assert "taken for a broken rule" in missed[1]["message"]


def test_notices():
    """Two lines whose texts the site reads."""
    commands = runner_commands(classroom.notices(samples.report()))

    assert [(name, properties["title"], data) for name, properties, data in commands] == [
        ("notice", "Autograding complete", "Points 2.5/5"),
        ("notice", "Autograding report", '{"totalPoints":2.5,"maxPoints":5}'),
    ]
