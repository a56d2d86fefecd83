"""Grading: one submission, one exam, one report."""

from __future__ import annotations

import platform
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version

from checker import shrink, wording
from checker.assignment import Assignment, HandedIn, Section, Task
from checker.compare import Gate, Mismatch, in_float32, mismatches
from checker.deductions import judge
from checker.diagnose import Evidence, Failure, diagnose
from checker.drawing import simplest
from checker.exam import AT_KINKS, PROFILES, Exam, Question, ask, call_key, seed_of
from checker.operator import Case, aspect_of
from checker.report.model import AspectOutcome, Report, SectionTotal, Status, TaskOutcome
from checker.sandbox.answer import Answer
from checker.sandbox.isolation import Isolation
from checker.sitting import Sitting, files_of, provided_files
from checker.stubs import untouched
from checker.submissions import Found, differing

Progress = Callable[[str], None]

_WORST_FIRST: tuple[Status, ...] = (
    "not graded",
    "timeout",
    "out of memory",
    "forbidden",
    "error",
    "failed",
    "not started",
)


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
        for section in self.assignment.sections:
            chosen = [task for owner, task in tasks if owner is section]
            if chosen:
                outcomes += self._section(section, chosen, found, progress)
        totals = tuple(_total(section, outcomes) for section in self.assignment.sections)
        return Report(
            assignment=self.assignment.id,
            title=self.assignment.title,
            points=sum(total.points for total in totals),
            max_points=sum(total.max_points for total in totals),
            manual_points=sum(outcome.max_points for outcome in outcomes if outcome.status == "manual"),
            seed=self.exam.seed,
            profile=self.exam.profile,
            isolation=self.isolation.name,
            sections=tuple(total for total in totals if any(outcome.section == total.id for outcome in outcomes)),
            tasks=tuple(outcomes),
            versions=_versions(),
            seconds=round(time.monotonic() - started, 3),
        )

    def _section(self, section: Section, tasks: list[Task], found: Found, progress: Progress) -> list[TaskOutcome]:
        outcomes = []
        try:
            with Sitting(self.assignment, section, found, self.isolation) as sitting:
                for task in tasks:
                    progress(task.id)
                    try:
                        outcomes.append(_TaskGrading(self, section, task, sitting).outcome())
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
            AspectOutcome(aspect, 0, points, "not graded", "the grader itself failed")
            for aspect, points in task.points.items()
        )
        return TaskOutcome(
            task.id, task.title, section.id, 0, task.max_points, "not graded", message, aspects, self.rerun(task.id)
        )


def _handed_in(
    assignment: Assignment, section: Section, tasks: Sequence[Task], found: Found, sitting: Sitting
) -> HandedIn:
    return HandedIn(
        submission=found.submission,
        folder=found.folder,
        tasks=tasks,
        sources={name: sitting.source(name) for name in files_of(section)},
        changed=differing(found, provided_files(assignment, section)),
        printed={task.id: sitting.printed(task) for task in tasks},
    )


class _TaskGrading:
    """One task of one submission."""

    def __init__(self, grader: Grader, section: Section, task: Task, sitting: Sitting) -> None:
        self.grader = grader
        self.section = section
        self.task = task
        self.sitting = sitting
        questions = grader.exam.questions[call_key(section, task)]
        self.answers = sitting.ask(task, [question.case for question in questions])
        self.questions = [q.answered(answer) for q, answer in zip(questions, self.answers, strict=True)]

    def outcome(self) -> TaskOutcome:
        aspects = tuple(self._aspect(aspect, points) for aspect, points in self.task.points.items())
        status = _task_status(aspects)
        return TaskOutcome(
            id=self.task.id,
            title=self.task.title,
            section=self.section.id,
            points=sum(aspect.points for aspect in aspects),
            max_points=self.task.max_points,
            status=status,
            message=wording.task_message(status, aspects),
            aspects=aspects,
            rerun=self.grader.rerun(self.task.id),
            printed=self.sitting.printed(self.task),
        )

    def _aspect(self, aspect: str, points: float) -> AspectOutcome:
        failures = []
        for question, answer in zip(self.questions, self.answers, strict=True):
            mismatch = next(self._mismatches(question, answer, aspect), None)
            if mismatch is not None:
                failures.append(Failure(question, answer, mismatch))
        if not failures:
            note = wording.FLOAT32_NOTE if self._in_float32(aspect) else ""
            return AspectOutcome(aspect, points, points, "passed", note)
        asked = sum(1 for question in self.questions if aspect.removesuffix(AT_KINKS) in question.aspects)
        status = self._status(failures)
        if status == "not started":
            return AspectOutcome(aspect, 0, points, status, wording.NOT_STARTED)
        gate = _usual_gate(failures)
        alike = [failure for failure in failures if failure.mismatch.gate == gate]
        smallest = self._smallest(aspect, gate, alike)
        evidence = Evidence(
            operator=self.task.operator,
            aspect=aspect,
            failures=alike,
            smallest=smallest,
            simplest=simplest(self.task.operator.cases),
            cases=len(alike),
            ask=lambda case: self.sitting.ask(self.task, [case])[0],
        )
        diagnosis = wording.forbidden(smallest.mismatch, self.section.packages) or diagnose(evidence)
        message = wording.aspect_message(smallest, len(failures), asked, self.section.packages)
        counterexample = (
            wording.counterexample(smallest, self.task.operator) if wording.has_case(smallest.mismatch) else None
        )
        return AspectOutcome(aspect, 0, points, status, message, diagnosis, counterexample)

    def _mismatches(self, question: Question, answer: Answer, aspect: str) -> Iterator[Mismatch]:
        return mismatches(question, answer, aspect, self.task.may_change)

    def _smallest(self, aspect: str, gate: Gate, failures: list[Failure]) -> Failure:
        first = min(failures, key=lambda failure: shrink.size(failure.question.case))
        fault = first.mismatch.fault
        if fault is not None and (fault.kind != "raised" or fault.importing):
            return first
        failing = {failure.question.case.key for failure in failures}
        smaller: dict[str, Failure] = {}

        def fails(case: Case) -> bool:
            answer = self.sitting.ask(self.task, [case])[0]
            question = ask(self.task.operator, case).answered(answer)
            found = next((m for m in self._mismatches(question, answer, aspect) if m.gate == gate), None)
            if found is not None:
                smaller[case.key] = Failure(question, answer, found)
            return found is not None

        case = shrink.smallest(
            self.task.operator.cases,
            seed=seed_of(self.grader.exam.seed, self.grader.assignment, self.section, self.task),
            count=PROFILES[self.grader.exam.profile],
            known={question.case.key: question.case.key in failing for question in self.questions},
            fails=fails,
        )
        candidates = [first, *([smaller[case.key]] if case is not None and case.key in smaller else [])]
        return min(candidates, key=lambda failure: shrink.size(failure.question.case))

    def _status(self, failures: list[Failure]) -> Status:
        statuses = [self._status_of(failure.mismatch) for failure in failures]
        if "failed" in statuses:
            return "failed"
        return min(statuses, key=_WORST_FIRST.index)

    def _status_of(self, mismatch: Mismatch) -> Status:
        fault, value = mismatch.fault, mismatch.value
        if fault is None:
            nothing = value is not None and value.type == "NoneType"
            return "not started" if nothing and self._untouched() else "failed"
        if fault.kind == "timeout":
            return "timeout"
        if fault.kind == "memory":
            return "out of memory"
        if fault.type == "NotImplementedError":
            return "not started"
        if fault.module or fault.type == "PermissionError":
            return "forbidden"
        return "error"

    def _untouched(self) -> bool:
        sources = [self.sitting.source(name) for name in self.section.files_of(self.task)]
        return any(untouched(source, name) for source in sources for name in self.task.where)

    def _in_float32(self, aspect: str) -> bool:
        for question, answer in zip(self.questions, self.answers, strict=True):
            for output in question.aspects.get(aspect, ()):
                if aspect_of(output) == aspect and output not in question.kinks:
                    value = answer.outputs[output]
                    if in_float32(value, question.expected[output], question.allowed[output]):
                        return True
        return False


def _usual_gate(failures: list[Failure]) -> Gate:
    """Wrong values say more than a crash in a corner: they come first, then what happens most."""
    gates = [failure.mismatch.gate for failure in failures]
    if "values" in gates:
        return "values"
    return max(dict.fromkeys(gates), key=gates.count)


def _task_status(aspects: Sequence[AspectOutcome]) -> Status:
    # A task without points is optional work, and right or wrong all the same.
    counted = [aspect for aspect in aspects if aspect.max_points > 0] or aspects
    lost = [aspect.status for aspect in counted if aspect.status != "passed"]
    if not lost:
        return "passed"
    if len(lost) < len(counted):
        return "partial"
    return min(lost, key=_WORST_FIRST.index)


def _total(section: Section, outcomes: Sequence[TaskOutcome]) -> SectionTotal:
    own = [outcome for outcome in outcomes if outcome.section == section.id and outcome.status != "manual"]
    return SectionTotal(
        section.id, section.title, sum(outcome.points for outcome in own), sum(outcome.max_points for outcome in own)
    )


def _versions() -> dict[str, str]:
    names = ("checker", "hypothesis", "numpy", "torch")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
