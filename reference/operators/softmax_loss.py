"""Softmax loss that comes with its own gradient: the mean cross entropy, and what it pulls back with upstream 1.

Conventions: x (N, C) of scores, labels (N,) int64 in 0..C-1; y is the scalar mean loss, x.grad (N, C) is already
divided by N. Scores may be thousands apart: the loss then is their distance, not infinity.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis.strategies import SearchStrategy

from checker.operator import Case, Operator, Outputs, Reference
from reference.operators import loss
from reference.operators.loss import cross_entropy_mean


def _pulled_by_one(case: Case) -> Case:
    return Case({**case.arrays, "dy": np.ones(())}, {"reduction": "mean"})


def _own(function: Reference) -> Reference:
    """A function of cases with an upstream gradient, as one of cases without."""
    return lambda case: function(_pulled_by_one(case))


def _without_upstream(case: Case) -> Case:
    arrays = {name: array for name, array in case.arrays.items() if name != "dy"}
    return Case(arrays, protocol=case.protocol, note=case.note)


reference = _own(loss.reference)


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """That of the mean cross entropy."""
    return loss.bound(_pulled_by_one(case), expected, u)


EXAMPLES = (
    Case(
        {"x": np.array([[1000.0, 0.0, -1000.0]]), "labels": np.array([2])},
        protocol={"used_before": False},
        note="scores [1000, 0, -1000] with label 2: the loss is 2000",
    ),
    *(
        _without_upstream(case)
        for case in cross_entropy_mean.examples
        if "upstream" not in case.note and "used before" not in case.note
    ),
)

MISTAKES: dict[str, Reference] = {
    name: _own(mistake) for name, mistake in cross_entropy_mean.mistakes.items() if "upstream" not in name
}


def _one_label_down(case: Case) -> Outputs:
    return reference(case.with_arrays(labels=(case.arrays["labels"] - 1) % case.arrays["x"].shape[1]))


MISTAKES["labels are counted from 1 instead of 0"] = _one_label_down

_drawn: SearchStrategy[Any] = cross_entropy_mean.cases.map(_without_upstream)

softmax_loss = replace(
    cross_entropy_mean,
    name="softmax_loss",
    cases=_drawn,
    reference=reference,
    bound=bound,
    examples=EXAMPLES,
    mistakes=MISTAKES,
    upstream=(),
)
assert isinstance(softmax_loss, Operator)
