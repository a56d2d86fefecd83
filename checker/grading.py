"""Grading: one submission, one exam, one report."""

from __future__ import annotations

import platform
import time
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import version

from checker.assignment import Assignment, HandedIn, Section, Task
from checker.deductions import judge
from checker.exam import Exam
from checker.report.model import AspectOutcome, Report, SectionTotal, TaskOutcome
from checker.sandbox.isolation import Isolation
from checker.scoring import TaskScoring
from checker.sitting import Sitting, files_of, provided_files
from checker.submissions import Found, differing

Progress = Callable[[str], None]


class Grader:
    """Grades submissions with one exam; ``rerun`` makes the command that reruns a task by its id."""

    def __init__(self, assignment: Assignment, exam: Exam, isolation: Isolation, rerun: Callable[[str], str]) -> None:
        self.assignment = assignment
        self.exam = exam
        self.isolation = isolation
        self.rerun = rerun

    def grade(self, found: Found, tasks: Sequence[tuple[Section, Task]], progress: Progress = lambda _: None) -> Report:
        """The report of one submission over these tasks; a task at which the grader itself fails is `not graded`."""
        started = time.monotonic()
        outcomes: list[TaskOutcome] = []
        whole = len(tasks) == len(self.assignment.tasks())
        for section in self.assignment.sections:
            chosen = [task for owner, task in tasks if owner is section]
            if chosen or (whole and not section.tasks):
                outcomes += self._section(section, chosen, found, progress)
        totals = tuple(_total(section, outcomes) for section in self.assignment.sections)
        return Report(
            assignment=self.assignment.id,
            title=self.assignment.title,
            points=sum(total.points for total in totals),
            max_points=sum(total.max_points for total in totals if not total.extra_credit),
            manual_points=sum(outcome.max_points for outcome in outcomes if outcome.status == "manual"),
            hidden_points=self.assignment.hidden_points,
            seed=self.exam.seed,
            profile=self.exam.profile,
            isolation=self.isolation.name,
            sections=tuple(total for total in totals if any(outcome.section == total.id for outcome in outcomes)),
            tasks=tuple(outcomes),
            versions=_versions(),
            seconds=round(time.monotonic() - started, 3),
            problems=found.notes,
        )

    def _section(self, section: Section, tasks: list[Task], found: Found, progress: Progress) -> list[TaskOutcome]:
        outcomes: list[TaskOutcome] = []
        if not tasks:
            # What people alone score needs no process of the student's.
            return judge(section, tasks, outcomes, _handed_in(self.assignment, section, tasks, found, None))
        try:
            with Sitting(self.assignment, section, found, self.isolation) as sitting:
                for task in tasks:
                    progress(task.id)
                    # mypy infers no lambda with a default.
                    sitting.watch(lambda line, task=task: progress(f"{task.id} | {line}"))  # type: ignore[misc]
                    try:
                        outcomes.append(
                            TaskScoring(self.assignment, section, task, self.exam, sitting).outcome(self.rerun(task.id))
                        )
                    except Exception:
                        outcomes.append(self._not_graded(section, task, traceback.format_exc()))
                outcomes += judge(section, tasks, outcomes, _handed_in(self.assignment, section, tasks, found, sitting))
        except Exception:
            done = {outcome.id for outcome in outcomes}
            text = traceback.format_exc()
            outcomes += [self._not_graded(section, task, text) for task in tasks if task.id not in done]
        return outcomes

    def _not_graded(self, section: Section, task: Task, text: str) -> TaskOutcome:
        message = f"the grader itself failed here, this is no fault of the submission; please report it:\n{text}"
        aspects = tuple(
            AspectOutcome(
                aspect, 0, points, "not graded", "the grader itself failed", hidden=aspect in task.hidden_aspects
            )
            for aspect, points in task.points.items()
        )
        return TaskOutcome(
            id=task.id,
            title=task.title,
            section=section.id,
            points=0,
            max_points=task.max_points,
            status="not graded",
            message=message,
            aspects=aspects,
            rerun=self.rerun(task.id),
            hidden=task.hidden,
        )


def _handed_in(
    assignment: Assignment, section: Section, tasks: Sequence[Task], found: Found, sitting: Sitting | None
) -> HandedIn:
    return HandedIn(
        submission=found.submission,
        folder=found.folder,
        tasks=tasks,
        sources={name: sitting.source(name) for name in files_of(section)} if sitting else {},
        changed=differing(found, provided_files(assignment, section)),
        printed={task.id: sitting.printed(task) for task in tasks} if sitting else {},
    )


def _total(section: Section, outcomes: Sequence[TaskOutcome]) -> SectionTotal:
    own = [outcome for outcome in outcomes if outcome.section == section.id and outcome.status != "manual"]
    return SectionTotal(
        id=section.id,
        title=section.title,
        points=sum(outcome.points for outcome in own),
        max_points=sum(outcome.max_points for outcome in own),
        extra_credit=section.extra_credit,
    )


def _versions() -> dict[str, str]:
    names = ("checker", "hypothesis", "numpy", "torch")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
