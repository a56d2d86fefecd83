"""Wording: how failures are put to a person; plain text, shared by all renderers through the report."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from checker.compare import Mismatch
from checker.evidence import Failure
from checker.operator import Operator
from checker.report.model import AspectOutcome, Counterexample, Status, array_document

NOT_STARTED = "not started: the function is still the stub"
FLOAT32_NOTE = "right, computed in float32"
LARGEST_WHOLE = 1e9
"""Two whole numbers below this, such as counts of parameters, are shown in full."""


def task_message(status: Status, aspects: Sequence[AspectOutcome]) -> str:
    """One line about a task."""
    if status == "passed":
        measured = [
            aspect.message for aspect in aspects if aspect.status == "passed" and aspect.message != FLOAT32_NOTE
        ]
        notes = [f"note on {aspect.id}: {aspect.message}" for aspect in aspects if aspect.status != "passed"]
        return "; ".join(text for text in [*measured, *notes] if text)
    counted = [aspect for aspect in aspects if aspect.max_points > 0] or aspects
    lost = [aspect for aspect in counted if aspect.status != "passed"]
    if len({aspect.message for aspect in lost}) == 1:
        return lost[0].message
    return "; ".join(f"{aspect.id}: {aspect.message}" for aspect in lost)


def forbidden(mismatch: Mismatch, packages: Sequence[str]) -> str | None:
    """Why an import or a call was refused, or None when it was not."""
    fault = mismatch.fault
    if fault is None:
        return None
    if fault.module:
        return (
            f"`{fault.module}` is neither in the submission nor allowed: "
            f"only {', '.join([*packages, 'the standard library'])} can be imported here"
        )
    if fault.type == "PermissionError":
        return "starting processes, opening sockets and reaching other files is not allowed here"
    return None


def aspect_message(failure: Failure, failing: int, asked: int, packages: Sequence[str]) -> str:
    """What was seen, in one line."""
    mismatch = failure.mismatch
    if mismatch.fault is not None and mismatch.fault.importing:
        return mismatch.message
    many = f"in {failing} of {asked} cases"
    if mismatch.gate in ("values", "finite"):
        got, expected = _pair(failure)
        entry = f"entry {list(mismatch.index)}: " if mismatch.index else ""
        far = "" if math.isinf(mismatch.excess) else f", {_times(mismatch.excess)} the allowed error"
        return f"wrong {many}; {entry}expected {expected}, got {got}{far}"
    return f"{mismatch.message} {many}"


def has_case(mismatch: Mismatch) -> bool:
    """Whether an input can be shown: not when the student's files could not even be imported."""
    return mismatch.fault is None or not mismatch.fault.importing


def counterexample(failure: Failure, operator: Operator) -> Counterexample:
    """The failing case as it stands in the report.

    A forward output does not hang on upstream gradients, so they are left out there.
    """
    question, mismatch = failure.question, failure.mismatch
    got = failure.answer.outputs.get(mismatch.output)
    backward = ".grad" in mismatch.output or mismatch.gate in ("stopped", "changed")
    shown = {
        name: array
        for name, array in question.case.arrays.items()
        if backward or name.rstrip("0123456789") not in operator.upstream
    }
    excess = mismatch.excess if math.isfinite(mismatch.excess) else None
    return Counterexample(
        note=question.case.note,
        options=dict(question.case.options),
        protocol=dict(question.case.protocol),
        arrays={name: array_document(np.asarray(array)) for name, array in shown.items()},
        output=mismatch.output,
        expected=array_document(question.expected[mismatch.output]),
        got=None if got is None or got.array is None else array_document(got.array),
        index=mismatch.index,
        wrong=mismatch.wrong,
        excess=excess,
    )


def _pair(failure: Failure) -> tuple[str, str]:
    mismatch = failure.mismatch
    assert mismatch.value is not None and mismatch.value.array is not None
    got = float(mismatch.value.array[mismatch.index])
    expected = float(failure.question.expected[mismatch.output][mismatch.index])
    if got.is_integer() and expected.is_integer() and max(abs(got), abs(expected)) < LARGEST_WHOLE:
        return f"{got:.0f}", f"{expected:.0f}"
    for digits in range(4, 18):
        pair = f"{got:.{digits}g}", f"{expected:.{digits}g}"
        if pair[0] != pair[1]:
            return pair
    return repr(got), repr(expected)


def _times(excess: float) -> str:
    if excess > 1e9:
        return "far beyond"
    return f"{excess:.3g} times" if excess < 1000 else f"10^{math.floor(math.log10(excess))} times"
