"""Answers: what came back from the student's process, as the grader holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from checker.operator import Array

FaultKind = Literal["raised", "timeout", "memory", "died"]


@dataclass(frozen=True)
class Value:
    """One returned value.

    ``array`` holds the numbers when there are any (0-d for Python and NumPy scalars), as float64, except for integer,
    bool and float16/complex arrays, which keep their dtype. ``type`` is the name of the type that the student returned
    (``ndarray``, ``float``, ``list``, ``NoneType``), ``dtype`` and ``shape`` are those of the returned array
    (``dtype`` is "" for non-arrays). ``note`` says why there is no array (``larger than 16 MiB``, ``object array``).
    """

    type: str
    array: Array | None = None
    dtype: str = ""
    shape: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Fault:
    """What stopped the student's code.

    ``type`` is the exception's type name (empty unless raised), ``where`` is ``file.py:12 in forward``: the innermost
    frame in the submission. ``importing`` is true when the student's files could not be imported. ``module`` is the
    missing module of a ModuleNotFoundError.
    """

    kind: FaultKind
    message: str
    type: str = ""
    where: str = ""
    importing: bool = False
    module: str = ""


@dataclass(frozen=True)
class Answer:
    """What the student's code did with one case.

    ``outputs`` by name, as far as it came; ``fault`` is what stopped it early. ``changed[output]`` names the argument
    arrays that had been changed when the output arrived and not before; ``aliases[output]`` names an argument array
    whose memory the output shares. Of outputs that arrive together, the first carries the changes. ``undecided`` is
    the grader's word: aspects that only a person can judge, and why.
    """

    outputs: dict[str, Value] = field(default_factory=dict)
    fault: Fault | None = None
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    undecided: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """Answers to all cases of one call, with the output that was printed meanwhile (capped)."""

    answers: tuple[Answer, ...]
    printed: str = ""
