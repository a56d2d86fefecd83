"""Predicting what a known fault returns: the reference is asked about a case altered as the fault alters it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checker.operator import Case, Outputs, Reference


def unaltered(case: Case) -> Case:
    """The case itself."""
    return case


def upstream_ones(case: Case) -> Case:
    """The upstream gradient is ignored."""
    return case.with_arrays(dy=np.ones_like(case.arrays["dy"]))


def last_sample(case: Case) -> Case:
    """Only the last sample is seen."""
    return case.with_arrays(x=case.arrays["x"][-1:], dy=case.arrays["dy"][-1:])


def no_bias(case: Case) -> Case:
    """The bias is left out."""
    return case.with_arrays(bias=np.zeros_like(case.arrays["bias"]))


def batch_size(case: Case) -> int:
    """N, by which a mean differs from a sum."""
    return len(case.arrays["x"])


def predict(
    reference: Reference,
    *outputs: str,
    alter: Callable[[Case], Case] = unaltered,
    divide: Callable[[Case], float] = lambda case: 1,
) -> Reference:
    """These outputs of the reference for the altered case, divided by something."""

    def mistake(case: Case) -> Outputs:
        made = reference(alter(case))
        return {name: np.asarray(made[name] / divide(case)) for name in outputs}

    return mistake
