"""Evidence: what a diagnosis may look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from checker.compare import Mismatch
from checker.exam import Question
from checker.operator import Case, Operator
from checker.sandbox.answer import Answer


@dataclass(frozen=True)
class Failure:
    """One failing case of an aspect, with its first mismatch."""

    question: Question
    answer: Answer
    mismatch: Mismatch


@dataclass(frozen=True)
class Evidence:
    """Everything that a diagnosis may look at.

    ``smallest`` is the shrunk failure; ``simplest`` the case that every case could have shrunk to; ``ask`` runs
    the student's code on another case; ``cases`` counts all failing cases; ``passed`` are right answers, which tell
    mistakes apart that predict the same for all failing cases.
    """

    operator: Operator
    aspect: str
    failures: Sequence[Failure]
    smallest: Failure
    simplest: Case
    cases: int
    ask: Callable[[Case], Answer]
    passed: Sequence[tuple[Question, Answer]] = ()
