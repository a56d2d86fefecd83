"""Audience: the copy of a report that a student may have of a run whose cases stay secret.

It is built from what may be shown, field by field, so that a new field of the report is not shown by accident.
"""

from __future__ import annotations

from checker import wording
from checker.discretion import without_values
from checker.report.model import AspectOutcome, Report, Status, TaskOutcome

HIDDEN = "hidden: only its points are shown"
GRADER_FAILED = "the grader itself failed here, which is no fault of the submission: the course has to grade it again"
_UNTOLD: dict[Status, str] = {"passed": "", "not started": wording.NOT_STARTED, "not graded": GRADER_FAILED}


def for_student(report: Report) -> Report:
    """Points, statuses and diagnoses of a hidden run.

    No seed, no case and nothing that the code printed or worded itself; of hidden tasks and aspects the points alone.
    """
    return Report(
        assignment=report.assignment,
        title=report.title,
        points=report.points,
        max_points=report.max_points,
        seed=None,
        profile=report.profile,
        isolation=report.isolation,
        sections=report.sections,
        tasks=tuple(_task(task) for task in report.tasks),
        versions=report.versions,
        seconds=report.seconds,
        manual_points=report.manual_points,
        hidden_points=report.hidden_points,
        audience="student",
        problems=report.problems,
    )


def _task(task: TaskOutcome) -> TaskOutcome:
    aspects = () if task.hidden else tuple(_aspect(aspect) for aspect in task.aspects)
    return TaskOutcome(
        id=task.id,
        title=task.title,
        section=task.section,
        points=task.points,
        max_points=task.max_points,
        status=task.status,
        message=_message(task, aspects),
        aspects=aspects,
        rerun="",
        hidden=task.hidden,
        ran=task.ran,
        rule=task.rule,
    )


def _message(task: TaskOutcome, aspects: tuple[AspectOutcome, ...]) -> str:
    if task.status == "not graded":
        return GRADER_FAILED
    if task.hidden:
        return HIDDEN
    if task.rule is not None and task.rule.prints:
        printing = ", ".join(name for name in task.rule.named if name)
        return f"something is printed that nobody asked for: {printing}" if task.rule.named else ""
    # Rules and manual tasks speak of the files that were handed in, not of cases.
    if not aspects:
        return task.message
    lost = [aspect for aspect in aspects if not (aspect.hidden and aspect.status == "passed")]
    return wording.task_message(task.status, lost)


def _aspect(aspect: AspectOutcome) -> AspectOutcome:
    message = aspect.general or _UNTOLD.get(aspect.status, aspect.status)
    diagnosis = without_values(aspect.diagnosis) if aspect.diagnosis is not None else None
    return AspectOutcome(
        id=aspect.id,
        points=aspect.points,
        max_points=aspect.max_points,
        status=aspect.status,
        message=HIDDEN if aspect.hidden else message,
        diagnosis=None if aspect.hidden else diagnosis,
        hidden=aspect.hidden,
        general="" if aspect.hidden else aspect.general,
    )
