"""A homework of two sections, reports of it, and the grade that a policy makes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checker.assignment import Assignment, ManualTask, Rule, Section
from checker.batch import policy
from checker.batch.course import Policy, Terms
from checker.batch.deadlines import Extension
from checker.batch.manual_scores import ManualScore
from checker.batch.model import Grade, Part, Student, Submission
from checker.report.model import AspectOutcome, Report, RuleOutcome, SectionTotal, TaskOutcome
from checker.rules import no_prints, provided_unchanged

DUE = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MANUAL = ManualTask("essay", "Essay", 10.0)
RULES = (Rule("silent", "Silent", no_prints, "half"), Rule("provided", "Provided", provided_unchanged, "note"))
ASSIGNMENT = Assignment(
    "hw",
    "Homework",
    (Section("main", "Main", (), (), rules=RULES, manual=(MANUAL,)), Section("bonus", "Bonus", (), ())),
)


def task(name: str, points: float, most: float, section: str = "main", **more: Any) -> TaskOutcome:
    aspect = AspectOutcome("y", points, most, "passed", "")
    return TaskOutcome(name, name, section, points, most, "passed", "", (aspect,), "", **more)


def broken(name: str, points: float, rule: RuleOutcome) -> TaskOutcome:
    return TaskOutcome(name, name, "main", points, 0.0, "forbidden", "", (), "", rule=rule)


def kept(rule: RuleOutcome) -> RuleOutcome:
    return RuleOutcome(rule.deduct, rule.tasks, (), rule.prints)


def manual_task() -> TaskOutcome:
    return TaskOutcome("essay", "Essay", "main", 0.0, 10.0, "manual", "found essay.pdf", (), "")


def report_of(*tasks: TaskOutcome) -> Report:
    totals = []
    for name in ("main", "bonus"):
        own = [task for task in tasks if task.section == name and task.status != "manual"]
        points, most = sum(task.points for task in own), sum(task.max_points for task in own)
        totals.append(SectionTotal(name, name, points, most, extra_credit=name == "bonus"))
    return Report(
        assignment="hw",
        title="Homework",
        points=sum(total.points for total in totals),
        max_points=totals[0].max_points,
        seed=0,
        profile="quick",
        isolation="plain",
        sections=tuple(totals),
        tasks=tasks,
        versions={},
        seconds=1.5,
    )


SOLVED = report_of(task("a.forward", 6, 6), task("a.backward", 3, 4), task("b", 8, 10), task("extra", 5, 5, "bonus"))


def submission_at(submitted: datetime | None = DUE, **more: Any) -> Submission:
    return Submission("k", (Part(Path("x")),), (Student("Anna", "1"),), submitted, **more)


def grade_of(
    terms: Terms,
    report: Report | None = SOLVED,
    submission: Submission | None = None,
    manual: dict[str, ManualScore] | None = None,
    extensions: tuple[Extension, ...] = (),
) -> Grade:
    course = Policy(assignments={"hw": terms}, extensions=extensions)
    grade = policy.grade(course, submission or submission_at(), report, manual or {}, ASSIGNMENT)
    changed = grade.automatic + grade.manual + sum(change.points for change in grade.adjustments)
    assert grade.points == pytest.approx(changed)
    assert grade.points >= 0
    return grade
