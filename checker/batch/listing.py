"""The class's list: a grade for everybody, made from what the store holds, and the files that show it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import msgspec

from checker.assignment import Assignment
from checker.batch import grades_csv, manual_scores, policy
from checker.batch.manual_scores import Scores
from checker.batch.model import Grade, Student, Submission
from checker.batch.policy import Policy
from checker.batch.running import Outcome
from checker.batch.store import GRADES, REPORT, TEXT, State, Store, text
from checker.report.audience import for_student
from checker.report.model import Report, encode, write_atomically
from checker.report.plain_text import cell

CSV, PROBLEMS, MANUAL = "grades.csv", "problems.csv", "manual.csv"
FOR_STUDENTS = "student"
ABSENT = "absent: "
"""Begins the key of somebody on the roster who handed in nothing; no submission's key has a colon."""


class Problem(msgspec.Struct, frozen=True):
    """A sentence for the teaching assistant: about a submission, a file among them, or the whole class ("")."""

    about: str
    sentence: str


def listed(
    store: Store, assignment: Assignment, outcome: Outcome, rules: Policy, *, students: bool
) -> tuple[tuple[Grade, ...], tuple[Problem, ...]]:
    """Write grades.json, grades.csv, problems.csv and manual.csv; with ``students`` also their copies of the reports.

    Submissions that this run did not come to, and no earlier one, are not in the list.
    """
    everybody = outcome.intake.submissions
    general = list(policy.validate(rules, assignment, everybody))
    scores = manual_scores.read(store.folder / MANUAL)
    absent = [_absent(student) for student in outcome.absent]
    general += [*scores.problems, *scores.unknown(submission.key for submission in (*everybody, *absent))]
    grades: list[Grade] = []
    reports: dict[str, Report] = {}
    for submission in everybody:
        if submission.key in outcome.states:
            report = store.report(submission.key)
            # Only what waits for a person is looked at again, so that not every report is kept in memory.
            reports[submission.key] = _without_evidence(report)
            grades.append(_graded(outcome.states[submission.key], submission, report, rules, scores, assignment))
            if students:
                _for_student(store, submission, report)
        elif submission.key in outcome.lost:
            worth = policy.grade(rules, submission, None, scores.of(submission.key), assignment)
            grades.append(_lost(worth, outcome.lost[submission.key]))
    grades += [policy.grade(rules, nothing, None, scores.of(nothing.key), assignment) for nothing in absent]
    manual_scores.write_sheet(store.folder / MANUAL, grades, reports, assignment)
    problems = (
        *(Problem("", sentence) for sentence in general),
        *(Problem(left.path, left.reason) for left in outcome.intake.left_over),
        *(Problem(grade.key, sentence) for grade in grades for sentence in grade.problems),
    )
    store.write(GRADES, grades)
    write_atomically(store.folder / CSV, grades_csv.document(grades).encode())
    write_atomically(store.folder / PROBLEMS, _csv(problems).encode())
    return tuple(grades), problems


def _graded(
    state: State, submission: Submission, report: Report, rules: Policy, scores: Scores, assignment: Assignment
) -> Grade:
    grade = policy.grade(rules, submission, report, scores.of(submission.key), assignment)
    return msgspec.structs.replace(grade, status=state.status, seconds=state.seconds)


def _lost(grade: Grade, reason: str) -> Grade:
    sentence = f"the grader itself failed here, grade this submission again: {reason.strip().splitlines()[-1]}"
    return msgspec.structs.replace(grade, status="not graded", problems=(*grade.problems, sentence))


def _absent(student: Student) -> Submission:
    who = student.id or student.login or student.email or student.name
    return Submission(ABSENT + who.replace("/", "_"), (), (student,))


def _without_evidence(report: Report) -> Report:
    waiting = [task for task in report.tasks if "manual" in (task.status, *(aspect.status for aspect in task.aspects))]
    return msgspec.structs.replace(report, tasks=tuple(waiting))


def _for_student(store: Store, submission: Submission, report: Report) -> None:
    folder = store.folder / submission.key / FOR_STUDENTS
    folder.mkdir(exist_ok=True)
    copy = for_student(report)
    write_atomically(folder / REPORT, encode(copy))
    write_atomically(folder / TEXT, text(copy).encode(errors="backslashreplace"))


def _csv(problems: Iterable[Problem]) -> str:
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(["about", "problem"])
    writer.writerows([cell(problem.about), cell(problem.sentence)] for problem in problems)
    return content.getvalue()


def counts(grades: Sequence[Grade]) -> dict[str, int]:
    """How many grades there are of each status."""
    found: dict[str, int] = {}
    for grade in grades:
        found[grade.status] = found.get(grade.status, 0) + 1
    return found
