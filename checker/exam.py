"""Exam: the cases of an assignment with their expected outputs and allowed errors, drawn once per class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from checker.assignment import Assignment, Section, Task
from checker.bounds import FLOAT32, TINY, K
from checker.drawing import derive_seed, draw
from checker.operator import Case, Derive, Operator, Outputs, aspect_of
from checker.sandbox.answer import Answer

PROFILES = {"quick": 25, "default": 60, "thorough": 200}
"""How many cases are drawn per operator; an operator's explicit examples come on top."""

AT_KINKS = " at kinks"


@dataclass(frozen=True)
class Question:
    """One case with its right answer.

    ``expected`` is float64; ``allowed`` is the largest absolute error of a right answer, elementwise; ``kinks``
    marks the entries that hang on a convention.
    """

    case: Case
    expected: Outputs
    allowed: Outputs
    kinks: Outputs = field(default_factory=dict)
    derive: Derive | None = None

    def answered(self, answer: Answer) -> Question:
        """The question with what can be expected only once the answer is known."""
        if self.derive is None:
            return self
        got = {name: value.array for name, value in answer.outputs.items() if value.array is not None}
        expected, allowed = self.derive(self.case, got)
        return replace(self, expected={**self.expected, **expected}, allowed={**self.allowed, **allowed})

    @cached_property
    def aspects(self) -> Mapping[str, tuple[str, ...]]:
        """The outputs of each aspect, in order."""
        grouped: dict[str, tuple[str, ...]] = {}
        for output in self.expected:
            aspect = f"{aspect_of(output)} {self.case.group}".rstrip()
            grouped[aspect] = (*grouped.get(aspect, ()), output)
        return grouped


def ask(operator: Operator, case: Case) -> Question:
    """The question of one case: reference, bound and kinks are worked out here."""
    expected = operator.reference(case)
    bound = operator.bound(case, expected, FLOAT32)
    allowed = {name: np.asarray(K * bound[name] + TINY) for name in expected}
    return Question(case, expected, allowed, operator.kinks(case), operator.derive)


@dataclass(frozen=True)
class Exam:
    """The fixed questions of an assignment: a function of (assignment, seed, profile) alone."""

    seed: int
    profile: str
    questions: Mapping[str, tuple[Question, ...]]


def seed_of(exam_seed: int, assignment: Assignment, section: Section, task: Task) -> int:
    """The seed that the cases of a task are drawn with: tasks that share a call share it."""
    return derive_seed(exam_seed, assignment.id, section.id, task.call)


def call_key(section: Section, task: Task) -> str:
    """Names the questions of a task: tasks that share a call share them."""
    return f"{section.id}/{task.call}"


def draw_exam(assignment: Assignment, tasks: Iterable[tuple[Section, Task]], *, seed: int, profile: str) -> Exam:
    """Draw the questions of these tasks."""
    questions: dict[str, tuple[Question, ...]] = {}
    for section, task in tasks:
        key = call_key(section, task)
        if key not in questions:
            cases = draw(task.operator.cases, seed_of(seed, assignment, section, task), PROFILES[profile])
            questions[key] = tuple(ask(task.operator, case) for case in [*task.operator.examples, *cases])
        _require_aspects(task, questions[key])
    return Exam(seed, profile, questions)


def _require_aspects(task: Task, questions: tuple[Question, ...]) -> None:
    for aspect in task.points.keys() - task.scales.keys():
        name = aspect.removesuffix(AT_KINKS)
        if not any(name in question.aspects for question in questions):
            raise AssertionError(f"task {task.id}: no case has an output for aspect {aspect!r}")
