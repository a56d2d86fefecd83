"""Class weights by the effective number of samples: w_c proportional to (1 - beta) / (1 - beta^n_c), with sum C.

Conventions: ``counts`` (C,) whole numbers of samples per class, the weights (C,); beta is below 1, and 0 makes all
weights 1.
"""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import tensor

LIBM = 12


def _beta(case: Case) -> float:
    beta = case.options["beta"]
    assert isinstance(beta, float)
    return beta


def _effective(case: Case) -> Array:
    beta = _beta(case)
    counts = tensor(case.arrays["counts"].astype(np.float64))
    return np.asarray(((1 - beta**counts) / (1 - beta)).numpy())


def _normalised(weights: Array) -> Outputs:
    return {"weights": weights / weights.sum() * len(weights)}


def reference(case: Case) -> Outputs:
    """The formula, in float64."""
    return _normalised(1 / _effective(case))


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """1 - beta^n loses digits where beta^n is near 1; the same holds for 1 - beta."""
    beta, counts = _beta(case), case.arrays["counts"].astype(np.float64)
    power = beta**counts
    lost = u * (1 + power * (counts + LIBM)) / (1 - power) + 2 * u / (1 - beta)
    weights = expected["weights"]
    return {"weights": weights * (lost + lost @ weights / weights.sum() + (len(weights) + 4) * u)}


def _case(counts: tuple[int, ...], beta: float, note: str = "") -> Case:
    return Case({"counts": np.array(counts, dtype=np.int64)}, {"beta": beta}, note=note)


@st.composite
def weight_cases(draw: DrawFn) -> Case:
    """Two to ten classes, from 1 to 6,000 samples each."""
    counts = draw(st.lists(st.integers(1, 6000), min_size=2, max_size=10, unique=True))
    return _case(tuple(counts), draw(st.sampled_from((0.9, 0.99, 0.999, 0.9999, 0.5))))


EXAMPLES = (
    _case((645, 387, 232, 139), 0.9999, "four classes"),
    _case((5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50), 0.9999, "the imbalanced CIFAR-10"),
    _case((7, 300, 20), 0.0, "beta 0: all weights are 1"),
    _case((1, 50000, 12), 0.999, "very different sizes"),
    _case((40, 40, 40), 0.99, "equal sizes"),
)

DEFAULT_BETA = 0.9999


def _other_beta(case: Case) -> Outputs:
    return reference(Case(case.arrays, {"beta": DEFAULT_BETA}))


MISTAKES: dict[str, Reference] = {
    "the weights are not normalised: their sum has to be the number of classes": lambda case: {
        "weights": 1 / _effective(case)
    },
    "the weights are normalised to sum to 1 instead of the number of classes": lambda case: {
        "weights": reference(case)["weights"] / len(case.arrays["counts"])
    },
    "the weights are normalised to sum to 10, whatever the number of classes": lambda case: {
        "weights": reference(case)["weights"] * 10 / len(case.arrays["counts"])
    },
    "beta is ignored: the default of 0.9999 is used": _other_beta,
    "the weights are one over the class sizes, whatever beta is": lambda case: _normalised(1 / case.arrays["counts"]),
    "the weights are proportional to the class sizes, upside down: rare classes have to count more": lambda case: (
        _normalised(case.arrays["counts"])
    ),
    "the weights are the classes' shares of the samples, upside down: rare classes have to count more": lambda case: {
        "weights": case.arrays["counts"] / case.arrays["counts"].sum()
    },
    "the weights are the number of samples over the class sizes, whatever beta is": lambda case: {
        "weights": case.arrays["counts"].sum() / case.arrays["counts"]
    },
    "the weights are balanced by the class sizes alone (samples / (classes * class size)), whatever beta is": (
        lambda case: {"weights": case.arrays["counts"].mean() / case.arrays["counts"]}
    ),
    "the weights are not normalised to sum to the number of classes, and 1 - beta is left out": lambda case: {
        "weights": 1 / (_effective(case) * (1 - _beta(case)))
    },
    "the weights are divided by the largest: their sum has to be the number of classes": lambda case: {
        "weights": _effective(case).min() / _effective(case)
    },
    "the effective numbers themselves are used, not one over them": lambda case: _normalised(_effective(case)),
    "the effective numbers are returned": lambda case: {"weights": _effective(case)},
}

class_weights = Operator("class weights", weight_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES)
