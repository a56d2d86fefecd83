"""Sigmoid: y = 1 / (1 + exp(-x)), for any shape.

Conventions: the inputs reach 1000 both ways, where y is 1 or (nearly) 0, never nan.
"""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.cases import Palette, palettes
from checker.operator import Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd
from reference.operators.faults import predict, upstream_ones
from reference.operators.loss import LIBM

reference = autograd(lambda x: torch.sigmoid(x), ("x",))


def _case(values: Palette, *shape: int, used_before: bool = False, note: str = "") -> Case:
    arrays = {"x": values("x", *shape), "dy": values.upstream("dy", *shape)}
    return Case(arrays, protocol={"used_before": used_before}, note=note)


@st.composite
def sigmoid_cases(draw: DrawFn) -> Case:
    """One to three axes of up to 5 entries."""
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    return _case(draw(palettes("small", "normal", "negative", "zeros")), *shape, used_before=draw(st.booleans()))


_ENDS = _case(Palette("normal", 2), 2, 3, note="inputs of +1000 and -1000")

EXAMPLES = (
    _case(Palette("normal", 1), 3, 4, note="two axes"),
    _ENDS.with_arrays(x=np.array([[1000.0, -1000.0, 30.0], [-30.0, 100.0, -100.0]])),
    _case(Palette(seed=3), 3, 4, note="zero upstream gradient").with_arrays(dy=np.zeros((3, 4))),
)


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """One exponential and a division, or half of 1 + tanh(x/2), whose error near 0 is absolute; 1 - y cancels."""
    y, dy = expected["y"], np.abs(case.arrays["dy"])
    error = (LIBM + 3) * u * y + 2 * u
    return {"y": error, "x.grad": dy * (error + 4 * u * y * (1 - y))}


def _slope(case: Case, factor: int) -> Outputs:
    y = reference(case)["y"]
    return {"x.grad": case.arrays["dy"] * (y if factor else 1 - y)}


def _unstable(case: Case) -> Outputs:
    with np.errstate(all="ignore"):
        e = np.exp(case.arrays["x"])
        y = np.asarray(e / (1 + e))
        return {"y": y, "x.grad": case.arrays["dy"] * y * (1 - y)}


MISTAKES: dict[str, Reference] = {
    "the sign of the exponent is flipped: 1 / (1 + exp(x))": lambda case: {"y": 1 - reference(case)["y"]},
    "the hyperbolic tangent is returned": lambda case: {"y": np.tanh(case.arrays["x"])},
    "exp(x) overflows for large inputs: use exp(-|x|)": _unstable,
    "the factor 1 - y is missing": lambda case: _slope(case, 1),
    "the factor y is missing": lambda case: _slope(case, 0),
    "the gradient is taken at the output instead of the input": lambda case: {
        "x.grad": reference(case.with_arrays(x=reference(case)["y"]))["x.grad"]
    },
    "the upstream gradient is ignored": predict(reference, "x.grad", alter=upstream_ones),
}

sigmoid = Operator("Sigmoid", sigmoid_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES)
