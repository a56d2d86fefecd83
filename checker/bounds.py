"""Forward-error bounds: how far a correct program may be from the exact result.

A bound is absolute and elementwise. For a sum or dot product of n terms in any order, with or without fused
multiply-add, the error is at most gamma(n, u) times the sum of absolute values (Higham, Accuracy and Stability of
Numerical Algorithms, sections 3.1 and 4.2).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checker.operator import Bound, Case, Outputs, Reference

FLOAT32 = 2.0**-24
"""Unit roundoff of float32: the precision in which every answer must be right."""

FLOAT64 = 2.0**-53
"""Unit roundoff of float64: beyond it, an answer was computed in float32 somewhere."""

K = 4.0
"""Allowed error in units of the bound: 1 for torch's own rounding, 1 for libm, 2 for second-order terms."""

TINY = 4 * float(np.finfo(np.float32).tiny)
"""Absolute slack for denormals."""


def gamma(n: float, u: float) -> float:
    """Relative error bound n*u / (1 - n*u) of n roundings."""
    return n * u / (1 - n * u)


def exact(case: Case, expected: Outputs, u: float) -> Outputs:
    """Bound of a selection: no arithmetic, no error."""
    return {name: np.zeros_like(array, dtype=np.float64) for name, array in expected.items()}


def multilinear(reference: Reference, terms: Callable[[Case], dict[str, float]]) -> Bound:
    """Bound of a multilinear operator: gamma(terms) times the same call on absolute values.

    ``terms(case)`` gives, per output, the number of products that are added up (the bias counts as one).
    """

    def bound(case: Case, expected: Outputs, u: float) -> Outputs:
        twin = reference(case.with_arrays(**{name: np.abs(array) for name, array in case.arrays.items()}))
        counts = terms(case)
        return {name: gamma(counts[name], u) * twin[name] for name in expected}

    return bound
