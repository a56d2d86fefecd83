"""GitHub Classroom: results of its runners, and the notices that its site reads.

Source: classroom-resources/autograding-grading-reporter, src/. It makes two totals of the same results: its table
counts passed tests of a runner as equal shares of the runner's maximum, its notice sums up the scores. They agree
when all tests of a runner passed or none did, so there is one runner for the points earned and one for those missed.
"""

from __future__ import annotations

import base64
from typing import Literal

import msgspec

from checker.exports.actions import command
from checker.exports.details import details, seen
from checker.report.model import Report, TaskOutcome
from checker.report.plain_text import number, one_line, shown, without_commands

VERSION = 1
EARNED, MISSED = "earned", "missed"


class Test(msgspec.Struct, frozen=True):
    """A task's share of a runner."""

    name: str
    status: Literal["pass", "fail", "error"]
    score: float | int
    message: str
    test_code: str = ""
    filename: str = ""
    line_no: int = 0
    duration: float | int = 0


class Result(msgspec.Struct, frozen=True):
    """What one runner hands to the reporter."""

    version: int
    status: Literal["pass", "fail", "error"]
    max_score: float | int
    tests: tuple[Test, ...]


def results(report: Report) -> dict[str, Result]:
    """The runners' results: points earned, after what broken rules cost, and points missed."""
    points = _after_deductions(report)
    earned = [
        Test(_name(task), "pass", number(points[task.id]), "") for task in report.tasks if points.get(task.id, 0) > 0
    ]
    missed = [
        Test(_name(task), "error" if task.status == "not graded" else "fail", 0, _why(task, points[task.id]))
        for task in report.tasks
        if task.id in points and points[task.id] < task.max_points
    ]
    # A runner without tests would have 0 of 0 passed, which is no number.
    earned = earned or [Test("Nothing is earned yet", "pass", 0, "")]
    missed = missed or [Test("Nothing is missed", "pass", 0, "")]
    total = sum(test.score for test in earned)
    rest = max(report.max_points - total, 0)
    return {
        EARNED: Result(VERSION, "pass", number(total), tuple(earned)),
        MISSED: Result(VERSION, _status(missed), number(rest), tuple(missed)),
    }


def outputs(report: Report) -> str:
    """Lines for $GITHUB_OUTPUT: both results in Base64, and the totals."""
    lines = [
        f"{runner}={base64.b64encode(msgspec.json.encode(result)).decode()}"
        for runner, result in results(report).items()
    ]
    points, max_points = totals(report)
    return "\n".join([*lines, f"points={points}", f"max_points={max_points}"]) + "\n"


def totals(report: Report) -> tuple[float | int, float | int]:
    """Points and their maximum, as the reporter sums them up."""
    made = results(report)
    return (
        number(sum(test.score for result in made.values() for test in result.tests)),
        number(sum(result.max_score for result in made.values())),
    )


def notices(report: Report) -> str:
    """The two lines of output that the reporter would write for Classroom's site, for workflows that do without it."""
    points, max_points = totals(report)
    document = msgspec.json.encode({"totalPoints": points, "maxPoints": max_points}).decode()
    return "\n".join(
        [
            command("notice", {"title": "Autograding complete"}, f"Points {points}/{max_points}"),
            command("notice", {"title": "Autograding report"}, document),
            "",
        ]
    )


def _after_deductions(report: Report) -> dict[str, float]:
    """Points of each task; what a broken rule costs is taken from the tasks of its section, the first ones first."""
    tasks = {task.id: task for task in report.tasks if task.max_points and task.status != "manual"}
    points = {name: task.points for name, task in tasks.items()}
    for rule in report.tasks:
        price = -rule.points if rule.points < 0 else 0.0
        for name in points:
            if price > 0 and tasks[name].section == rule.section:
                taken = min(points[name], price)
                points[name] -= taken
                price -= taken
    return points


def _name(task: TaskOutcome) -> str:
    return without_commands(one_line(f"{task.title} ({task.id})", 200))


def _why(task: TaskOutcome, points: float) -> str:
    deducted = f"{shown(task.points - points)} points were taken for a broken rule" if points < task.points else ""
    parts = [f"{shown(points)} of {shown(task.max_points)} points: {task.status}", deducted, seen(task), details(task)]
    # The reporter prints it into the log, where a command would be obeyed.
    return without_commands("\n".join(dict.fromkeys(part for part in parts if part)))


def _status(tests: list[Test]) -> Literal["pass", "fail", "error"]:
    states = {test.status for test in tests}
    return "error" if "error" in states else "fail" if "fail" in states else "pass"
