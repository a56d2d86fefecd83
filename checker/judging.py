"""Judging: what the grader itself works out from an answer, beside what the student's code gave."""

from __future__ import annotations

from dataclasses import replace

from checker.operator import Case, Operator
from checker.sandbox.answer import Answer, Value


def judged(operator: Operator, case: Case, answer: Answer) -> Answer:
    """The answer with what the operator's ``judge`` says about it; one that stopped early is as it was."""
    if operator.judge is None or answer.fault is not None:
        return answer
    got = {name: value.array for name, value in answer.outputs.items() if value.array is not None}
    judgement = operator.judge(case, got)
    added = {name: Value("ndarray", array, str(array.dtype), array.shape) for name, array in judgement.outputs.items()}
    return replace(answer, outputs={**answer.outputs, **added}, undecided=judgement.undecided)
