"""Discretion: what a student may be told about a hidden run, of which the cases stay secret.

The student's code sees the cases and words its own exceptions, so its words are not passed on: they could carry a case
out. What is told is chosen from what the grader knows: built-in names, lines of the submission, its own sentences.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping

import numpy as np

from checker.evidence import Failure
from checker.probes import CONSTANT_RATIO, NEEDED, REACHED
from checker.sandbox.answer import Fault, Value

_EXCEPTIONS = {
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}
_TYPES = {name for name, kind in vars(builtins).items() if isinstance(kind, type)} - _EXCEPTIONS
_TYPES |= {"NoneType", "ndarray", "matrix", "Tensor", "generator", "function", "method"}
_DTYPES = {np.dtype(code).name for code in "?bhilqBHILQefdgFDGO"}
_PLACE = re.compile(r"(?P<file>.{1,300}):(?P<line>[0-9]{1,6})(?: in .*)?", re.DOTALL)
_IMPORTED = re.compile(r"`[^`]*` is neither in the submission nor allowed")


def told(failure: Failure, failing: int, asked: int, sources: Mapping[str, str]) -> str:
    """What was seen, without what the case holds; ``sources`` is the text of the submission's files."""
    mismatch = failure.mismatch
    expected = failure.question.expected.get(mismatch.output)
    match mismatch.gate:
        case "stopped":
            assert mismatch.fault is not None
            seen = stopped(mismatch.fault, sources)
            if mismatch.fault.importing:
                return seen
        case "type":
            wanted = "a number" if expected is not None and expected.ndim == 0 else "an ndarray"
            seen = f"expected {wanted}, got {_type(mismatch.value)}"
        case "shape":
            seen = "wrong shape"
        case "dtype":
            known = mismatch.value is not None and mismatch.value.dtype in _DTYPES
            # A dtype is known only where there is a value.
            seen = "expected floating-point numbers" + (f", got dtype {mismatch.value.dtype}" if known else "")  # type: ignore[union-attr]
        case "changed":
            seen = mismatch.message
        case "finite":
            seen = "inf or nan where a finite number is expected"
        case "values":
            seen = "wrong values"
    return f"{seen} in {failing} of {asked} cases"


def stopped(fault: Fault, sources: Mapping[str, str]) -> str:
    """What stopped the code: the kind of exception and the line of the submission, not its text."""
    where = _place(fault.where, sources)
    if fault.kind in ("timeout", "died") and not fault.type:
        return fault.message
    what = fault.type if fault.type in _EXCEPTIONS else "an exception of the submission's own"
    if fault.kind == "memory":
        what = "more memory than the limit"
    if fault.module and any(_word(fault.module, text) for text in sources.values()):
        what = f"{what}: no module named {fault.module}"
    return f"{'import failed: ' if fault.importing else ''}{what}{f' ({where})' if where else ''}"


def without_values(diagnosis: str) -> str:
    """A diagnosis without the options, sizes and numbers of the case."""
    text = re.sub(rf"{re.escape(NEEDED)}: .*", f"{NEEDED}: certain options or sizes bring it out", diagnosis)
    text = re.sub(rf"{re.escape(REACHED)} [^;]*;", "the inputs are large;", text)
    text = re.sub(rf"it is \S+ {re.escape(CONSTANT_RATIO)}", f"it is a constant {CONSTANT_RATIO}", text)
    text = _IMPORTED.sub("a module is neither in the submission nor allowed", text)
    dtype, found, rest = text.partition(" is too narrow or no real number")
    return f"{dtype if dtype in _DTYPES else 'the dtype'}{found}{rest}" if found else text


def _type(value: Value | None) -> str:
    if value is None or value.type not in _TYPES:
        return "a value of another type"
    if value.type == "ndarray":
        return "an ndarray that holds no numbers or is too large"
    return f"{'an' if value.type[0] in 'aeiou' else 'a'} {value.type}"


def _place(where: str, sources: Mapping[str, str]) -> str:
    found = _PLACE.fullmatch(where)
    if found is None or found["file"] not in sources:
        return ""
    line = int(found["line"])
    return f"{found['file']}:{line}" if 1 <= line <= sources[found["file"]].count("\n") + 1 else ""


def _word(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
