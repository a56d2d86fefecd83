"""Running: a whole class, from what the LMS gave to the grades in the store."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from rich.console import Console

from checker.assignment import Assignment, Section, Task
from checker.batch import fingerprint, roster
from checker.batch.examiner import Examiner
from checker.batch.gathering import digest
from checker.batch.layouts import discover
from checker.batch.model import Intake, Student, Submission
from checker.batch.pool import Finished, Lost, Pool
from checker.batch.progress import Progress
from checker.batch.store import RUN, State, Store
from checker.errors import RequestError
from checker.exam import draw_exam
from checker.sandbox.isolation import Isolation
from checker.sandbox.scratch import Scratch
from checker.sitting import wanted

SCHEMA = 1


@dataclass(frozen=True)
class Request:
    """What a teaching assistant asks for; ``command`` is how, for messages. ``only`` empty means everybody."""

    assignment: Assignment
    tasks: Sequence[tuple[Section, Task]]
    submissions: Path
    seed: int
    secret: bool
    profile: str
    isolation: Isolation
    jobs: int
    command: Sequence[str]
    roster: Path | None = None
    only: Sequence[str] = ()
    fresh: bool = False
    fail_fast: bool = False


@dataclass
class Outcome:
    """What a run came to: states by key, reasons by key where the grader failed, people who handed in nothing."""

    intake: Intake
    states: dict[str, State] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    absent: tuple[Student, ...] = ()
    graded_now: int = 0
    stopped: bool = False

    @property
    def whole(self) -> bool:
        """True when every submission has been graded."""
        fine = all(state.status != "not graded" for state in self.states.values())
        return fine and not self.lost and len(self.states) == len(self.intake.submissions)


@contextmanager
def taken_in(request: Request) -> Iterator[Outcome]:
    """Find the submissions; what had to be unpacked for that is gone afterwards. RequestError when there are none."""
    scratch = Scratch("class")
    try:
        files = list(dict.fromkeys(file for section, _ in request.tasks for file in wanted(section)))
        outcome = Outcome(discover(request.submissions, scratch.path / "unpacked", files))
        if request.roster is not None:
            outcome.intake, outcome.absent = roster.match(outcome.intake, roster.read(request.roster))
        yield outcome
    finally:
        scratch.remove()


def run(request: Request, outcome: Outcome, store: Store, notices: Console) -> None:
    """Grade what has no whole grade yet, or not for these very files; Ctrl-C leaves the rest for the next run."""
    submissions = outcome.intake.submissions
    digests = [digest(submission) for submission in submissions]
    made_by = fingerprint.of_assignment(request.assignment)
    mark = _mark(request, made_by)
    store.write(RUN, _document(request, outcome.intake, made_by, mark, digests))
    chosen = _chosen(request.only, submissions)
    todo = []
    for number, submission in enumerate(submissions):
        state = store.state(submission.key)
        same = state is not None and (state.submission, state.run) == (digests[number], mark)
        if state is not None and same and state.status != "not graded":
            outcome.states[submission.key] = state
        if number in chosen and (request.fresh or submission.key not in outcome.states):
            todo.append(number)
    if not todo:
        return
    notices.print(f"{request.assignment.id}: drawing the exam")
    exam = draw_exam(request.assignment, request.tasks, seed=request.seed, profile=request.profile)
    command = request.command
    examiner = Examiner(
        request.assignment, request.tasks, exam, request.isolation, store, mark, command, secret=request.secret
    )
    examiner.prepare()
    jobs = min(request.jobs, len(todo))
    pool = Pool(lambda i, told: examiner.grade(submissions[i], digests[i], told), jobs, examiner.patience())
    notices.print(f"{request.assignment.id}: grading {len(todo)} of {len(submissions)} submissions, {jobs} at a time")
    with _terminated_like_ctrl_c(), Progress(notices, len(submissions), len(submissions) - len(todo), jobs) as progress:
        try:
            for event in pool.run(todo):
                key = submissions[event.number].key
                if isinstance(event, Finished):
                    outcome.states[key] = event.state
                    outcome.graded_now += 1
                elif isinstance(event, Lost):
                    outcome.states.pop(key, None)
                    outcome.lost[key] = event.reason
                progress.show(key, event, _points(store, event))
                if request.fail_fast and _failed(event):
                    break
        except KeyboardInterrupt:
            outcome.stopped = True


def _failed(event: object) -> bool:
    return isinstance(event, Lost) or (isinstance(event, Finished) and event.state.status == "not graded")


def _points(store: Store, event: object) -> str:
    if not isinstance(event, Finished):
        return ""
    report = store.report(event.state.key)
    return f"{report.points:g} / {report.max_points:g}"


def _mark(request: Request, made_by: str) -> str:
    return fingerprint.of_run(
        made_by,
        seed=request.seed,
        profile=request.profile,
        isolation=request.isolation.name,
        tasks=[task.id for _, task in request.tasks],
    )


def _document(
    request: Request, intake: Intake, made_by: str, mark: str, digests: Sequence[str]
) -> Mapping[str, object]:
    """What run.json says; a secret seed is not in it."""
    return {
        "schema": SCHEMA,
        "assignment": request.assignment.id,
        "assignment_sha256": made_by,
        "run_sha256": mark,
        "seed": None if request.secret else request.seed,
        "profile": request.profile,
        "isolation": request.isolation.name,
        "tasks": [task.id for _, task in request.tasks],
        "versions": fingerprint.versions(),
        "layout": intake.layout,
        "submissions": {
            submission.key: handed_in for submission, handed_in in zip(intake.submissions, digests, strict=True)
        },
    }


def _chosen(only: Sequence[str], submissions: Sequence[Submission]) -> set[int]:
    """The numbers of the submissions that are meant; RequestError for a name that means none, or several."""
    if not only:
        return set(range(len(submissions)))
    chosen = set()
    for name in only:
        meant = [i for i, submission in enumerate(submissions) if name.casefold() in _names(submission)]
        if len(meant) != 1:
            several = f"{len(meant)} submissions" if meant else "no submission"
            raise RequestError(f"--only {name}: {several} of that name; give a key, an id, a login or an email")
        chosen.add(meant[0])
    return chosen


def _names(submission: Submission) -> set[str]:
    names = {submission.key}
    for student in submission.students:
        names |= {student.name, student.id, student.email, student.login}
    return {name.casefold() for name in names if name}


@contextmanager
def _terminated_like_ctrl_c() -> Iterator[None]:
    """A polite request to end is treated as Ctrl-C is: in order, and with a word on how to go on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
