"""Compare: the gates that one answer passes, in order, down to values within the allowed error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from checker.exam import AT_KINKS, Question
from checker.operator import Array
from checker.sandbox.answer import Answer, Fault, Value

Gate = Literal["stopped", "type", "shape", "dtype", "changed", "finite", "values"]

_SCALARS = ("float", "int", "bool", "float64", "float32", "longdouble")


@dataclass(frozen=True)
class Mismatch:
    """Why one output of one case is not accepted.

    ``excess`` is the largest error in units of the allowed one, at entry ``index`` (the first wrong entry);
    ``wrong`` of ``total`` entries are wrong. ``fault`` is set when the student's code stopped before the output
    came.
    """

    output: str
    gate: Gate
    message: str
    value: Value | None = None
    fault: Fault | None = None
    index: tuple[int, ...] = ()
    wrong: int = 0
    total: int = 0
    excess: float = 0.0


def mismatches(question: Question, answer: Answer, aspect: str, may_change: frozenset[str]) -> Iterator[Mismatch]:
    """Every output of an aspect that is wrong in this answer."""
    at_kinks = aspect.endswith(AT_KINKS)
    for output in question.aspects.get(aspect.removesuffix(AT_KINKS), ()):
        kinks = question.kinks.get(output)
        if at_kinks and (kinks is None or not kinks.any()):
            continue
        value = answer.outputs.get(output)
        if value is None:
            fault = answer.fault or Fault("died", "the code gave no such output")
            yield Mismatch(output, "stopped", stopped_text(fault), fault=fault)
            continue
        counted = None if kinks is None else (kinks if at_kinks else ~kinks)
        found = compare(output, value, question.expected[output], question.allowed[output], counted)
        changed = [name for name in answer.changed.get(output, ()) if name not in may_change]
        if found is None and changed and not at_kinks:
            found = Mismatch(output, "changed", f"the code changed its argument {' and '.join(changed)}", value)
        if found is not None:
            yield found


def compare(output: str, value: Value, expected: Array, allowed: Array, counted: Array | None) -> Mismatch | None:
    """The first gate at which a value fails, or None.

    ``counted`` masks the entries that count (None: all).
    """
    got = value.array
    if expected.ndim == 0 and got is not None and got.ndim == 0:
        got = got.astype(np.float64) if got.dtype.kind in "iu" else got
    elif got is None or value.type in _SCALARS:
        wanted = "a number" if expected.ndim == 0 else "an ndarray"
        detail = f" ({value.note})" if value.note else ""
        return Mismatch(output, "type", f"expected {wanted}, got {_a(value.type)}{detail}", value)
    elif got.shape != expected.shape:
        return Mismatch(output, "shape", f"expected shape {expected.shape}, got {got.shape}", value)
    if got.dtype != np.float64:
        return Mismatch(output, "dtype", f"expected floating-point numbers, got dtype {value.dtype}", value)
    return _compare_values(output, value, got, expected, allowed, counted)


def _compare_values(
    output: str, value: Value, got: Array, expected: Array, allowed: Array, counted: Array | None
) -> Mismatch | None:
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(got - expected)
        wrong = ~(error <= allowed)
    if counted is not None:
        wrong &= counted
    if not wrong.any():
        return None
    stray = wrong & ~np.isfinite(got)
    if stray.any():
        index = _first(stray)
        text = f"{got[index]} where a finite number is expected"
        return Mismatch(output, "finite", text, value, None, index, int(wrong.sum()), got.size, float("inf"))
    index = _first(wrong)
    with np.errstate(over="ignore"):
        excess = float((error[wrong] / allowed[wrong]).max())
    return Mismatch(output, "values", "wrong values", value, None, index, int(wrong.sum()), got.size, excess)


def in_float32(value: Value, expected: Array, allowed: Array) -> bool:
    """Whether accepted values are less exact than float64 arithmetic would make them."""
    ratio = 2.0**-29
    return value.array is not None and not bool((np.abs(value.array - expected) <= allowed * ratio).all())


def _first(mask: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0]) if mask.ndim else ()


def stopped_text(fault: Fault) -> str:
    """What stopped the student's code, and where, in one line."""
    where = f" ({fault.where})" if fault.where else ""
    what = f"{fault.type}: {fault.message}" if fault.type else fault.message
    return f"{'import failed: ' if fault.importing and fault.type else ''}{what}{where}"


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
