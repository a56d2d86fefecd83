"""On Gradescope: grade one submission into results.json. Started by the archive's `run_autograder`."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from checker import assignment as assignments
from checker.assignment import Assignment, Section, Task
from checker.batch import policy
from checker.batch.gathering import gather
from checker.batch.layouts.assembling import assemble
from checker.batch.layouts.draft import Draft
from checker.batch.manual_scores import items
from checker.batch.model import Grade, Part, Submission
from checker.batch.policy import Policy
from checker.batch.seeds import secret_seed
from checker.errors import RequestError
from checker.exam import draw_exam
from checker.exports import gradescope
from checker.exports.gradescope import Shown
from checker.grading import Grader
from checker.release import settings, submission_metadata
from checker.report import terminal
from checker.report.audience import for_student
from checker.report.model import Report, TaskOutcome, write_atomically
from checker.sandbox import isolation
from checker.sitting import wanted
from checker.submissions import Found, find

UNFINISHED = "Grading did not come to its end, time or memory ran out: these are the points so far."
BROKEN = "The grader itself failed, which is no fault of the submission: please tell the course's staff."


def grade(root: Path) -> Report:
    """Grade ``root/submission`` section by section; what is known so far stands in the results after each.

    RequestError when this machine or the release cannot grade.
    """
    source = root / "source"
    chosen = settings.read(source)
    show = Shown(chosen.visibility, chosen.hidden)
    _write(root, gradescope.failing(UNFINISHED, show))
    isolated = isolation.choose_for_untrusted(None)
    assignment = assignments.load(chosen.assignment)
    rules = policy.load(source / settings.COURSE) if chosen.course else policy.NONE
    seed = secret_seed(source / settings.SEED) if chosen.secret else chosen.seed
    exam = draw_exam(assignment, assignment.tasks(), seed=seed, profile=chosen.profile)
    grader = Grader(assignment, exam, isolated, lambda task: f"make check A={assignment.id} TASK={task}")
    files = list(dict.fromkeys(file for section in assignment.sections for file in wanted(section)))
    submission = _submission(root, files)
    with tempfile.TemporaryDirectory(prefix="handed-in-") as folder:
        problems = (*submission.problems, *gather(submission, Path(folder)))
        found = find(Path(folder), files, Path(submission.archive) if submission.archive else None)
        for report, unfinished in _section_by_section(grader, found):
            report = msgspec.structs.replace(report, problems=(*problems, *found.notes))
            given = None if unfinished else _grade(rules, submission, report, assignment)
            if chosen.secret:
                report = for_student(msgspec.structs.replace(report, seed=None))
            _write(root, gradescope.results(report, given, show, UNFINISHED if unfinished else ""))
    return report


def _section_by_section(grader: Grader, found: Found) -> Iterator[tuple[Report, bool]]:
    """The report after each section, and whether there are more to come."""
    sections = [section for section in grader.assignment.sections if section.tasks]
    done: list[Report] = []
    for place, section in enumerate(sections, 1):
        own = [(section, task) for task in section.tasks]
        done.append(grader.grade(found, own, _tell))
        waiting = [(later, task) for later in sections[place:] for task in later.tasks]
        yield joined(done, waiting), bool(waiting)


def _tell(text: str) -> None:
    # What the student's code prints passes by here as well, without end; the platform keeps all of it.
    if " | " not in text:
        print(terminal.printable(text), flush=True)


def _submission(root: Path, files: Sequence[str]) -> Submission:
    said = submission_metadata.read(root / "submission_metadata.json")
    parts = [Part(root / "submission")]
    draft = Draft(f"submission_{said.id}", "submission", parts, students=said.students, submitted=said.submitted)
    (submission,) = assemble([draft], files)
    return submission


def _grade(rules: Policy, submission: Submission, report: Report, assignment: Assignment) -> Grade:
    """What the course's policy makes of the automatic points; points by hand are given on the platform."""
    given = policy.grade(rules, submission, report, {}, assignment)
    by_hand = sum(item.max_points for item in items(report, assignment) if not item.included)
    return msgspec.structs.replace(given, max_points=given.max_points - by_hand, waiting=())


def joined(reports: Sequence[Report], waiting: Sequence[tuple[Section, Task]] = ()) -> Report:
    """Reports of different sections as one; tasks that wait for their turn have no points yet."""
    outcomes = [task for report in reports for task in report.tasks] + [_waits(*each) for each in waiting]
    later = sum(task.max_points for section, task in waiting if not section.extra_credit)
    return msgspec.structs.replace(
        reports[0],
        points=sum(report.points for report in reports),
        max_points=sum(report.max_points for report in reports) + later,
        manual_points=sum(report.manual_points for report in reports),
        sections=tuple(section for report in reports for section in report.sections),
        tasks=tuple(outcomes),
        seconds=round(sum(report.seconds for report in reports), 3),
    )


def _waits(section: Section, task: Task) -> TaskOutcome:
    points = 0 if section.extra_credit else task.max_points
    return TaskOutcome(task.id, task.title, section.id, 0, points, "not graded", "not graded yet", (), "")


def _write(root: Path, document: gradescope.Results) -> None:
    write_atomically(root / "results" / "results.json", gradescope.encode(document))


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when the submission is graded; otherwise the results say that it is no fault of it."""
    (place,) = sys.argv[1:] if arguments is None else arguments
    root = Path(place)
    try:
        report = grade(root)
    except RequestError as error:
        print(f"checker: {error}")
        _write(root, gradescope.failing(BROKEN))
        return 2
    except Exception:
        traceback.print_exc(file=sys.stdout)
        _write(root, gradescope.failing(BROKEN))
        return 2
    print(f"{report.points:g} of {report.max_points:g} points, isolation {report.isolation}")
    for task in report.tasks:
        if task.status == "not graded":
            print(f"{task.id}: {terminal.printable(task.message)}")
    return 0 if report.graded else 2


if __name__ == "__main__":
    raise SystemExit(main())
