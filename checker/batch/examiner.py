"""Examiner: one submission in, its files in the store."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from checker.assignment import Assignment, Section, Task
from checker.batch.gathering import gather
from checker.batch.model import Submission
from checker.batch.store import State, Store
from checker.exam import Exam
from checker.grading import Grader, Progress
from checker.sandbox.isolation import Isolation
from checker.sandbox.scratch import Scratch
from checker.served import served
from checker.sitting import wanted
from checker.submissions import find


@dataclass(frozen=True)
class Examiner:
    """Grades submissions with one exam; with ``secret``, its seed is kept out of every file.

    ``run`` is the fingerprint of the run and ``command`` what a teaching assistant types to grade one submission again.
    """

    assignment: Assignment
    tasks: Sequence[tuple[Section, Task]]
    exam: Exam
    isolation: Isolation
    store: Store
    run: str
    command: Sequence[str]
    secret: bool = False

    def prepare(self) -> None:
        """Write the data that all submissions read, once for all processes."""
        for section in self.sections():
            if section.data is not None:
                served(section.data)

    def sections(self) -> list[Section]:
        """The sections that are graded."""
        return [section for section in self.assignment.sections if any(owner is section for owner, _ in self.tasks)]

    def patience(self) -> float:
        """Seconds that no submission can take, unless the grader itself hangs."""
        spent = sum(s.limits.import_seconds + s.limits.task_seconds for section, _ in self.tasks for s in (section,))
        return 600 + 4 * spent

    def grade(self, submission: Submission, digest: str, progress: Progress) -> State:
        """Grade one submission and keep its report; one that cannot be opened is graded as if it were empty."""
        started = time.monotonic()
        scratch = Scratch("handed-in")
        try:
            folder = scratch.path / "files"
            folder.mkdir()
            problems = (*submission.problems, *gather(submission, folder))
            found = find(folder, self._files(), Path(submission.archive) if submission.archive else None)
            nothing = not any(path.is_file() for path in folder.rglob("*"))
            if not found.paths and not problems:
                problems = (f"none of the homework's files is there: {', '.join(self._files())}",)
            grader = Grader(self.assignment, self.exam, self.isolation, lambda task: self._again(submission, task))
            report = grader.grade(found, self.tasks, progress)
        finally:
            scratch.remove()
        problems = (*problems, *report.problems)
        report = msgspec.structs.replace(report, problems=problems, **({"seed": None} if self.secret else {}))
        state = State(
            key=submission.key,
            submission=digest,
            run=self.run,
            status="not graded" if not report.graded else "refused" if nothing else "graded",
            report="",
            problems=problems,
            seconds=round(time.monotonic() - started, 3),
        )
        return self.store.keep(state, report)

    def _files(self) -> list[str]:
        return list(dict.fromkeys(file for section in self.sections() for file in wanted(section)))

    def _again(self, submission: Submission, task: str) -> str:
        return shlex.join([*self.command, "--only", submission.key, "--fresh"])
