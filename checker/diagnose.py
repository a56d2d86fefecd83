"""Diagnose: which mistake predicts what the student's code returned?

A diagnosis is a hypothesis with a prediction, worked out on the reference side and compared with the student's
outputs in every failing case. Nothing is said unless it holds in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from checker import probes
from checker.bounds import FLOAT32, K
from checker.evidence import Evidence, Failure
from checker.exam import AT_KINKS, Question
from checker.operator import Array, Outputs
from checker.sandbox.answer import Answer

MOST_CASES = 12
"""Failing cases that a hypothesis is tried on."""


def diagnose(evidence: Evidence) -> str | None:
    """One sentence that names the likely mistake, or None."""
    gate = evidence.smallest.mismatch.gate
    if gate in ("finite", "values"):
        return _value_diagnosis(evidence)
    named: str | None = None
    if gate == "stopped":
        named = probes.stopped(evidence.smallest.mismatch)
        fault = evidence.smallest.mismatch.fault
        if fault is not None and fault.importing:
            # No case had begun, so none of its options brings it out.
            return named
    elif gate in ("type", "dtype", "shape"):
        named = probes.form(evidence.smallest.mismatch, evidence.smallest.question)
    elif gate == "changed":
        named = "an argument is modified in place: work on a copy, the caller still needs the original"
    needs = probes.needs(evidence.smallest.question.case, evidence.simplest)
    if gate == "stopped" and needs:
        return f"{named}; {needs}" if named else needs
    return named


def _value_diagnosis(evidence: Evidence) -> str | None:
    failures = [failure for failure in evidence.failures if failure.mismatch.gate in ("finite", "values")][:MOST_CASES]
    answered = [(failure.question, failure.answer) for failure in failures]
    known = [name for name in evidence.operator.mistakes if _explains(evidence, name, answered)]
    if len(known) > 1:
        known = [name for name in known if _agrees_with_passed(evidence, name)] or known
    if not known:
        known = list(_probe(evidence, failures))
    if known:
        if len(known) == 1:
            return f"{known[0]} ({_seen_in(evidence.cases, len(failures))})"
        return f"could be: {'; or '.join(known[:3])}"
    if evidence.smallest.mismatch.gate == "finite":
        overflow = probes.overflow(evidence.smallest.question)
        if overflow:
            return overflow
    return probes.needs(evidence.smallest.question.case, evidence.simplest)


def _seen_in(cases: int, tried: int) -> str:
    if cases == 1:
        return "in the one failing case"
    return f"in all {cases} failing cases" if tried == cases else f"in all of {tried} failing cases tried"


def _probe(evidence: Evidence, failures: Sequence[Failure]) -> Iterator[str]:
    exact = probes.equals(failures, evidence.aspect)
    if exact:
        yield exact
        return
    ratio = probes.ratio(failures, evidence.aspect)
    upstream = probes.upstream(evidence, failures)
    if upstream:
        yield upstream
    elif ratio:
        yield ratio


def _explains(evidence: Evidence, name: str, answered: Sequence[tuple[Question, Answer]]) -> bool:
    """Whether a mistake changes something in each of these cases, and predicts what was returned."""
    for question, answer in answered:
        outputs = question.aspects[evidence.aspect.removesuffix(AT_KINKS)]
        predicted = evidence.operator.mistakes[name](question.case)
        if not any(output in predicted and output in answer.outputs for output in outputs):
            return False
        if not _predicted(evidence, predicted, question, answer):
            return False
    return bool(answered)


def _agrees_with_passed(evidence: Evidence, name: str) -> bool:
    """Whether a mistake also predicts the answers that are right."""
    mistake = evidence.operator.mistakes[name]
    return all(_predicted(evidence, mistake(question.case), question, answer) for question, answer in evidence.passed)


def _predicted(evidence: Evidence, predicted: Outputs, question: Question, answer: Answer) -> bool:
    for output in question.aspects.get(evidence.aspect.removesuffix(AT_KINKS), ()):
        if output not in answer.outputs:
            continue
        expected = question.expected[output]
        guess = predicted.get(output, expected)
        got = answer.outputs[output].array
        kinks = None if evidence.aspect.endswith(AT_KINKS) else question.kinks.get(output)
        if got is None or not agrees(got, guess, expected, question.allowed[output], kinks):
            return False
    return True


def agrees(got: Array, guess: Array, expected: Array, allowed: Array, kinks: Array | None = None) -> bool:
    """Whether an answer equals a predicted wrong one within the allowed error, scaled to the prediction's size."""
    if got.shape != guess.shape or guess.shape != expected.shape:
        return False
    largest = float(np.abs(expected).max(initial=0.0))
    guessed = float(np.abs(guess[np.isfinite(guess)]).max(initial=0.0))
    scale = 1 + (guessed / largest if largest else 0.0)
    with np.errstate(invalid="ignore"):
        near = np.abs(got - guess) <= scale * float(allowed.max(initial=0.0)) + K * FLOAT32 * guessed
    same = near | (got == guess) | (np.isnan(got) & np.isnan(guess))
    if kinks is not None:
        same |= kinks
    return bool(same.all())
