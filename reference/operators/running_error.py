"""Running error analysis: exact values that carry a bound on the error of computed ones through matrix products.

For operators of several stages, where one call on absolute values is no bound. Products and sums follow Higham,
Accuracy and Stability of Numerical Algorithms, sections 3.1 and 3.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from checker.bounds import gamma
from checker.operator import Array


@dataclass(frozen=True)
class Rounded:
    """``value`` is exact, and a computed one differs from it by at most ``error``, elementwise."""

    value: Array
    error: Array

    @property
    def most(self) -> Array:
        """The largest absolute value that a computed one can have."""
        return np.asarray(np.abs(self.value) + self.error)

    @property
    def T(self) -> Rounded:  # noqa: N802 - the name it has for arrays
        """The transpose."""
        return Rounded(self.value.T, self.error.T)


def given(array: Array) -> Rounded:
    """A value without error."""
    return Rounded(np.asarray(array, dtype=np.float64), np.zeros(array.shape))


def product(a: Rounded, b: Rounded, u: float) -> Rounded:
    """``a @ b``, its terms summed in any order."""
    passed_on = np.abs(a.value) @ b.error + a.error @ b.most
    return Rounded(a.value @ b.value, gamma(a.value.shape[-1] + 1, u) * (a.most @ b.most) + passed_on)


def total(a: Rounded, b: Rounded, u: float) -> Rounded:
    """``a + b``, possibly added term by term where ``a`` or ``b`` is a sum itself."""
    return Rounded(a.value + b.value, a.error + b.error + u * (a.most + b.most))


def affine(x: Rounded, weight: Rounded, bias: Rounded, u: float) -> Rounded:
    """``x @ weight + bias``, the bias added at any point of the sum."""
    grown = product(x, weight, u)
    slack = gamma(x.value.shape[-1] + 1, u) * (x.most @ weight.most + bias.most)
    return Rounded(grown.value + bias.value, grown.error + slack + bias.error)


def column_sum(a: Rounded, u: float) -> Rounded:
    """The sum over the first axis."""
    return Rounded(a.value.sum(0), gamma(len(a.value), u) * a.most.sum(0) + a.error.sum(0))
