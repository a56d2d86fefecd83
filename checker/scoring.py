"""Scoring: what one task of one submission earned, and why not more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress

import msgspec
import numpy as np

from checker import discretion, probes, shrink, wording
from checker.assignment import Assignment, Section, Task
from checker.compare import Gate, Mismatch, in_float32, mismatches, stopped_text
from checker.diagnose import diagnose
from checker.drawing import simplest
from checker.evidence import Evidence, Failure
from checker.exam import AT_KINKS, PROFILES, Exam, Question, ask, call_key, seed_of
from checker.operator import Array, Case, aspect_of
from checker.report.model import ArrayDocument, AspectOutcome, Status, TaskOutcome, array_document
from checker.sandbox.answer import Answer
from checker.scale import Scale, UnmeasurableError
from checker.sitting import Sitting
from checker.stubs import untouched

_WORST_FIRST: tuple[Status, ...] = (
    "not graded",
    "timeout",
    "out of memory",
    "forbidden",
    "error",
    "failed",
    "not started",
    "manual",
)


CURVE = "curve "
MOST_POINTS = 2000
FEW = 20
"""One failing case in more than this many is an exception."""


class TaskScoring:
    """One task of one submission: its answers, aspect by aspect."""

    def __init__(self, assignment: Assignment, section: Section, task: Task, exam: Exam, sitting: Sitting) -> None:
        self.assignment = assignment
        self.exam = exam
        self.section = section
        self.task = task
        self.sitting = sitting
        questions = exam.questions[call_key(section, task)]
        self.answers = sitting.ask(task, [question.case for question in questions])
        self.questions = [q.answered(answer) for q, answer in zip(questions, self.answers, strict=True)]

    def outcome(self, rerun: str) -> TaskOutcome:
        """The task's outcome; ``rerun`` is the command that reruns it."""
        aspects = tuple(
            msgspec.structs.replace(self._aspect(aspect, points), hidden=aspect in self.task.hidden_aspects)
            for aspect, points in self.task.points.items()
        )
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
            rerun=rerun,
            printed=self.sitting.printed(self.task),
            curves=self._curves(),
            metrics=self._metrics(),
            hidden=self.task.hidden,
            ran=any(answer.outputs or answer.fault is None or not answer.fault.importing for answer in self.answers),
        )

    def _curves(self) -> dict[str, list[float | None]]:
        """What the driver yielded as ``curve <name>``, cut to a length that a report can hold."""
        curves = {}
        for answer in self.answers:
            for output, value in answer.outputs.items():
                if output.startswith(CURVE) and value.array is not None and value.array.dtype.kind in "fiu":
                    points = value.array.astype(np.float64).ravel()[:MOST_POINTS].tolist()
                    curves[output.removeprefix(CURVE)] = [x if math.isfinite(x) else None for x in points]
        return curves

    def _metrics(self) -> dict[str, ArrayDocument]:
        """What the operator tells of the outputs beside the points; of several cases, the last one counts."""
        told: dict[str, ArrayDocument] = {}
        for question, answer in zip(self.questions, self.answers, strict=True):
            if self.task.operator.metrics is not None:
                with suppress(UnmeasurableError, KeyError):
                    found = self.task.operator.metrics(question.case, _arrays(answer))
                    told |= {name: array_document(np.asarray(array)) for name, array in found.items()}
        return told

    def _measured(self, aspect: str, points: float, scale: Scale) -> AspectOutcome:
        """Points for the worst of the cases."""
        measure = self.task.operator.measure
        assert measure is not None, f"the operator of task {self.task.id} measures nothing"
        values = []
        for question, answer in zip(self.questions, self.answers, strict=True):
            try:
                values.append(measure(question.case, _arrays(answer))[aspect])
            except (UnmeasurableError, KeyError) as error:
                if answer.fault is None:
                    unmeasured = f"{scale.name} cannot be measured"
                    return AspectOutcome(aspect, 0, points, "failed", f"{unmeasured}: {error}", general=unmeasured)
                stopped = Mismatch(aspect, "stopped", stopped_text(answer.fault), fault=answer.fault)
                status = self._status_of(stopped)
                if status == "not started":
                    return _not_started(aspect, points)
                said = wording.forbidden(stopped, self.section.packages) or probes.stopped(stopped)
                general = discretion.stopped(answer.fault, self._sources())
                return AspectOutcome(aspect, 0, points, status, stopped.message, said, general=general)
        value = max(values) if scale.full < scale.none else min(values)
        share = scale.share(value)
        earned: Status = "passed" if share == 1 else "partial" if share > 0 else "failed"
        seen = scale.describe(value)
        return AspectOutcome(aspect, round(share * points, 2), points, earned, seen, general=seen)

    def _aspect(self, aspect: str, points: float) -> AspectOutcome:
        undecided = next((answer.undecided[aspect] for answer in self.answers if aspect in answer.undecided), None)
        if undecided is not None:
            by_hand = "scored by a person"
            return AspectOutcome(aspect, 0, points, "manual", f"{by_hand}: {undecided}", general=by_hand)
        if aspect in self.task.scales:
            return self._measured(aspect, points, self.task.scales[aspect])
        failures = []
        passed = []
        for question, answer in zip(self.questions, self.answers, strict=True):
            mismatch = next(self._mismatches(question, answer, aspect), None)
            if mismatch is not None:
                failures.append(Failure(question, answer, mismatch))
            else:
                passed.append((question, answer))
        if not failures:
            note = wording.FLOAT32_NOTE if self._in_float32(aspect) else ""
            return AspectOutcome(aspect, points, points, "passed", note, general=note)
        asked = sum(1 for question in self.questions if aspect.removesuffix(AT_KINKS) in question.aspects)
        status = self._status(failures)
        if status == "not started":
            return _not_started(aspect, points)
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
            passed=passed,
        )
        diagnosis = wording.forbidden(smallest.mismatch, self.section.packages) or diagnose(evidence)
        message = wording.aspect_message(smallest, len(failures), asked, self.section.packages)
        counterexample = (
            wording.counterexample(smallest, self.task.operator) if wording.has_case(smallest.mismatch) else None
        )
        general = discretion.told(smallest, len(failures), asked, self._sources())
        return AspectOutcome(aspect, 0, points, status, message, diagnosis, counterexample, general=general)

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
            seed=seed_of(self.exam.seed, self.assignment, self.section, self.task),
            count=PROFILES[self.exam.profile],
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
        # A driver that keeps the time itself, as for the cells of a notebook, raises TimeoutError.
        if fault.kind == "timeout" or fault.type == "TimeoutError":
            return "timeout"
        if fault.kind == "memory":
            return "out of memory"
        if fault.type == "NotImplementedError":
            return "not started"
        if fault.module or fault.type == "PermissionError":
            return "forbidden"
        return "error"

    def _sources(self) -> dict[str, str]:
        return {name: self.sitting.source(name) for name in self.section.files_of(self.task)}

    def _untouched(self) -> bool:
        return any(untouched(source, name) for source in self._sources().values() for name in self.task.where)

    def _in_float32(self, aspect: str) -> bool:
        for question, answer in zip(self.questions, self.answers, strict=True):
            for output in question.aspects.get(aspect, ()):
                if aspect_of(output) == aspect and output not in question.kinks:
                    value = answer.outputs[output]
                    if in_float32(value, question.expected[output], question.allowed[output]):
                        return True
        return False


def _not_started(aspect: str, points: float) -> AspectOutcome:
    said = wording.NOT_STARTED
    return AspectOutcome(aspect, 0, points, "not started", said, general=said)


def _arrays(answer: Answer) -> dict[str, Array]:
    return {name: value.array for name, value in answer.outputs.items() if value.array is not None}


def _usual_gate(failures: list[Failure]) -> Gate:
    """Wrong values say more than a crash in a corner: they come first, then what happens most."""
    gates = [failure.mismatch.gate for failure in failures]
    # A few cases whose sizes happen to be equal do not speak for all the others.
    if len(gates) <= FEW * gates.count("values"):
        return "values"
    return max(dict.fromkeys(gates), key=gates.count)


def _task_status(aspects: Sequence[AspectOutcome]) -> Status:
    # A task without points is optional work, and right or wrong all the same.
    counted = [aspect for aspect in aspects if aspect.max_points > 0] or aspects
    lost = [aspect.status for aspect in counted if aspect.status != "passed"]
    if not lost:
        return "passed"
    if any(aspect.points for aspect in counted):
        return "partial"
    return min(lost, key=_WORST_FIRST.index)
