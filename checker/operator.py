"""Operator and Case: what a task is compared with, and the inputs it is compared on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

Array = NDArray[Any]
Option = bool | int | float | str | None | tuple[int, ...] | tuple[float, ...] | tuple[str, ...]
Outputs = dict[str, Array]


@dataclass(frozen=True)
class Case:
    """One drawn input.

    ``arrays`` go to the reference and to the student's code; ``options`` are constructor and call arguments
    (stride, momentum ...) that both obey; ``protocol`` says only how the driver calls the student's code (for
    example that a layer has been used before), which the right answer does not depend on. ``note`` names an
    explicit example in reports. A case of a ``group`` is scored apart: its output ``y`` belongs to the aspect
    ``y <group>``. ``hidden`` arrays (labels of a test set) stay with the grader.
    """

    arrays: Mapping[str, Array]
    options: Mapping[str, Option] = field(default_factory=dict)
    protocol: Mapping[str, Option] = field(default_factory=dict)
    note: str = ""
    group: str = ""
    hidden: Mapping[str, Array] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """Digest of everything that the student's code sees."""
        digest = hashlib.blake2b(repr((sorted(self.options.items()), sorted(self.protocol.items()))).encode())
        for name in sorted(self.arrays):
            array = self.arrays[name]
            digest.update(f"{name}{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def with_arrays(self, **arrays: Array) -> Case:
        """The same case with some arrays replaced."""
        return replace(self, arrays={**self.arrays, **arrays})


Reference = Callable[[Case], Outputs]
Bound = Callable[[Case, Outputs, float], Outputs]
Measure = Callable[[Case, Mapping[str, Array]], Mapping[str, float]]
Metrics = Callable[[Case, Mapping[str, Array]], Mapping[str, Array]]
Derive = Callable[[Case, Mapping[str, Array]], tuple[Outputs, Outputs]]


@dataclass(frozen=True)
class Judgement:
    """What the grader itself works out from an answer: further ``outputs``, which are then compared like all others.

    ``undecided`` names aspects that only a person can judge, and says why.
    """

    outputs: Outputs
    undecided: Mapping[str, str] = field(default_factory=dict)


Judge = Callable[[Case, Mapping[str, Array]], Judgement]


def _no_kinks(case: Case) -> Outputs:
    return {}


@dataclass(frozen=True)
class Operator:
    """One ``torch.nn`` counterpart.

    ``reference(case)`` gives every right output in float64, ``bound(case, expected, u)`` the forward-error bound of
    each output for arithmetic with unit roundoff ``u``. Outputs of the same kind in one case (steps, layers) are
    named ``name[0]``, ``name[1]`` ...; the aspect ``name`` covers them all.

    ``examples`` are cases that fuzzing would meet too rarely. ``kinks(case)`` marks, per output, the entries that
    hang on a convention (a subgradient, a tie): they are compared by the note aspect ``<output> at kinks`` alone.
    ``mistakes`` predicts, from the reference side, the outputs of known faults; a mistake lists only the outputs
    that it changes. ``upstream`` names the arrays that are upstream gradients.

    Where no counterpart can exist (a function of the student's own), ``derive(case, outputs)`` works out expected
    outputs and allowed errors from other outputs of the same answer; ``reference`` then only declares their
    names. ``measure(case, outputs)`` works out a number per measured aspect (an accuracy), or raises
    UnmeasurableError. ``metrics(case, outputs)`` gives what a report shows beside the points, by name: numbers, vectors
    with an entry per class, or matrices; nothing for cases that it does not speak of. ``judge(case, outputs)`` adds
    outputs that are not the student's to give, such as what a network of the grader's says about an image.
    """

    name: str
    cases: SearchStrategy[Case]
    reference: Reference
    bound: Bound
    examples: Sequence[Case] = ()
    kinks: Callable[[Case], Outputs] = _no_kinks
    mistakes: Mapping[str, Reference] = field(default_factory=dict)
    upstream: tuple[str, ...] = ("dy",)
    derive: Derive | None = None
    measure: Measure | None = None
    judge: Judge | None = None
    metrics: Metrics | None = None


def aspect_of(output: str) -> str:
    """The aspect an output belongs to: its name without the index of a step or layer."""
    return output.split("[", 1)[0]
