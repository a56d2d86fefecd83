"""Shrink: let Hypothesis look for the smallest case that fails the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

import numpy as np
from hypothesis.strategies import SearchStrategy

from checker import drawing
from checker.operator import Case

BUDGET = 200
"""New cases that may be tried per search: a count, not a clock, so that a report does not depend on the machine."""


class _StillFailsError(Exception):
    pass


def smallest(
    strategy: SearchStrategy[Case],
    *,
    seed: int,
    count: int,
    known: Mapping[str, bool],
    fails: Callable[[Case], bool],
    budget: int = BUDGET,
) -> Case | None:
    """The smallest failing case, or None if none of the drawn cases fails.

    The exam's draw is repeated with its ``seed`` and ``count``; ``known`` holds its verdicts by case key, so only
    smaller cases are asked anew, through ``fails``.
    """
    verdicts = dict(known)
    best: list[Case] = []

    def body(case: Case) -> None:
        verdict = verdicts.get(case.key)
        if verdict is None:
            if len(verdicts) - len(known) >= budget:
                return
            verdict = verdicts[case.key] = fails(case)
        if verdict:
            best[:] = [case]
            raise _StillFailsError

    with suppress(_StillFailsError):
        drawing.run(strategy, seed, count, body, shrink=True)
    return best[0] if best else None


def size(case: Case) -> tuple[int, int, int, float, str]:
    """Orders cases by how much a person has to read: special calls, entries, fractions, magnitude; then by key."""
    special = sum(bool(value) for value in case.protocol.values())
    entries = sum(array.size for array in case.arrays.values())
    fractions = sum(int((array != np.round(array)).sum()) for array in case.arrays.values())
    magnitude = sum(float(abs(array).sum()) for array in case.arrays.values())
    return special, entries, fractions, magnitude, case.key
