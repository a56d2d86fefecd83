"""Leaky ReLU: y = max(0, x) + a * min(0, x), for any slope a >= 0.

Conventions: the gradient at 0 hangs on the author's choice and is not compared. For a > 1, max(x, a x) is another
function.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.cases import Palette, palettes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd
from reference.operators.faults import predict, upstream_ones

SLOPES = (0.25, 0.02, 0.0, 0.5, 1.5, 2.25)


def forward(x: torch.Tensor, neg_slope: float) -> torch.Tensor:
    """``torch.nn.functional.leaky_relu``."""
    return torch.nn.functional.leaky_relu(x, neg_slope)


reference = autograd(forward, ("x",))


def _case(values: Palette, n: int, c: int, slope: float, used_before: bool = False, note: str = "") -> Case:
    arrays = {"x": values("x", n, c), "dy": values.upstream("dy", n, c)}
    return Case(arrays, {"neg_slope": slope}, {"used_before": used_before}, note)


@st.composite
def leaky_relu_cases(draw: DrawFn) -> Case:
    """N and C up to 5, slopes below and above 1, and 0."""
    n, c = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    values = draw(palettes("small", "normal", "negative", "zeros", "large"))
    return _case(values, n, c, draw(st.sampled_from(SLOPES)), draw(st.booleans()))


EXAMPLES = (
    _case(Palette("zeros", 1), 4, 5, 0.25, note="zeros and negative zeros"),
    _case(Palette("normal", 2), 3, 4, 1.5, note="a slope above one"),
    _case(Palette("normal", 3), 4, 3, 0.0, note="slope zero"),
    _case(Palette("normal", 4), 1, 5, 0.02, note="a single sample"),
    _case(Palette("negative", 5), 2, 3, 0.02, note="negative values only"),
    _case(Palette(seed=6), 3, 4, 0.5, note="zero upstream gradient").with_arrays(dy=np.zeros((3, 4))),
    _case(Palette("normal", 7), 4, 3, 0.25, used_before=True, note="the module has been used before"),
)


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """The slope is rounded once, and so is the product; positive values are selected, which costs nothing."""
    return {name: 3 * u * np.abs(array) for name, array in expected.items()}


def _slope(case: Case) -> float:
    slope = case.options["neg_slope"]
    assert isinstance(slope, float)
    return slope


def _factor(change: Callable[[Array, float], Array], *outputs: str) -> Reference:
    """The faults that differ in the factor of an entry alone: ``change(x, slope)`` is what it is multiplied by."""

    def mistake(case: Case) -> Outputs:
        factor = change(case.arrays["x"], _slope(case))
        made = {"y": factor * case.arrays["x"], "x.grad": factor * case.arrays["dy"]}
        return {name: made[name] for name in outputs}

    return mistake


MISTAKES: dict[str, Reference] = {
    "the slope is ignored: negative values are cut to zero": _factor(lambda x, a: np.where(x > 0, 1.0, 0.0), "y"),
    "negative values pass unchanged": _factor(lambda x, a: np.ones_like(x), "y"),
    "negative values come out positive": _factor(lambda x, a: np.where(x > 0, 1.0, -a), "y"),
    "max(x, a x) is taken, which is wrong for a slope above 1": _factor(lambda x, a: np.where(x > a * x, 1, a), "y"),
    "the slope is 0.01 whatever was asked for": _factor(lambda x, a: np.where(x > 0, 1.0, 0.01), "y", "x.grad"),
    "the slope is 0.02 whatever was asked for": _factor(lambda x, a: np.where(x > 0, 1.0, 0.02), "y", "x.grad"),
    "the slope is cut off to a whole number: it is written into an array of integers": _factor(
        lambda x, a: np.where(x > 0, 1.0, np.trunc(a)), "y", "x.grad"
    ),
    "the slope also multiplies positive values": _factor(lambda x, a: np.full_like(x, a), "y", "x.grad"),
    "the gradient is cut at negative values: the slope is missing": _factor(
        lambda x, a: np.where(x > 0, 1.0, 0.0), "x.grad"
    ),
    "the gradient passes unchanged at negative values: the slope is missing": _factor(
        lambda x, a: np.ones_like(x), "x.grad"
    ),
    "the gradient has the wrong sign at negative values": _factor(lambda x, a: np.where(x > 0, 1.0, -a), "x.grad"),
    "the slope multiplies the gradient at positive instead of negative values": _factor(
        lambda x, a: np.where(x > 0, a, 1.0), "x.grad"
    ),
    "the gradient is that of max(x, a x), which is wrong for a slope above 1": _factor(
        lambda x, a: np.where(x > a * x, 1.0, a), "x.grad"
    ),
    "the gradient is masked by its own sign instead of the input's": lambda case: {
        "x.grad": np.where(case.arrays["dy"] > 0, 1.0, _slope(case)) * case.arrays["dy"]
    },
    "the upstream gradient is ignored": predict(reference, "x.grad", alter=upstream_ones),
}

leaky_relu = Operator(
    "LeakyReLU",
    leaky_relu_cases(),
    reference,
    bound,
    examples=EXAMPLES,
    kinks=lambda case: {"x.grad": case.arrays["x"] == 0},
    mistakes=MISTAKES,
)
