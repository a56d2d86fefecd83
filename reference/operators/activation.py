"""Activations. ReLU: y = max(x, 0), for any shape.

Conventions: the gradient at 0 and -0.0 is 0, as in torch; it is a kink, so any choice there costs nothing.
"""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import exact
from checker.cases import Palette, palettes
from checker.operator import Case, Operator
from reference.operators.autograd import autograd


def forward(x: torch.Tensor) -> torch.Tensor:
    """``torch.relu``."""
    return torch.relu(x)


def _case(values: Palette, *shape: int, used_before: bool = False, note: str = "") -> Case:
    arrays = {"x": values("x", *shape), "dy": values.upstream("dy", *shape)}
    return Case(arrays, protocol={"used_before": used_before}, note=note)


@st.composite
def relu_cases(draw: DrawFn) -> Case:
    """One to four axes of up to 5 entries."""
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    values = draw(palettes("small", "normal", "negative", "zeros", "large"))
    return _case(values, *shape, used_before=draw(st.booleans()))


EXAMPLES = (
    _case(Palette("zeros", 1), 4, 5, note="zeros and negative zeros"),
    _case(Palette("negative", 2), 2, 3, note="negative values only"),
    _case(Palette("normal", 3), 2, 3, 4, 5, note="four axes"),
    _case(Palette(seed=4), 3, 4, note="zero upstream gradient").with_arrays(dy=np.zeros((3, 4))),
)

MISTAKES = {
    "negative values pass unchanged": lambda case: {"y": case.arrays["x"]},
    "the absolute value is taken": lambda case: {"y": np.abs(case.arrays["x"])},
    "negative values are scaled by 0.01 instead of cut": lambda case: {
        "y": np.where(case.arrays["x"] > 0, 1.0, 0.01) * case.arrays["x"]
    },
    "the gradient passes at negative values, too": lambda case: {"x.grad": case.arrays["dy"]},
    "the gradient passes where the input is zero": lambda case: {"x.grad": case.arrays["dy"] * (case.arrays["x"] >= 0)},
    "the gradient passes where the input is negative instead of positive": lambda case: {
        "x.grad": case.arrays["dy"] * (case.arrays["x"] < 0)
    },
    "the upstream gradient is ignored": lambda case: {"x.grad": np.where(case.arrays["x"] > 0, 1.0, 0.0)},
    "the upstream gradient is cut at zero instead of masked by the input": lambda case: {
        "x.grad": np.maximum(case.arrays["dy"], 0)
    },
    "the upstream gradient is multiplied by the output": lambda case: {
        "x.grad": case.arrays["dy"] * np.maximum(case.arrays["x"], 0)
    },
}

relu = Operator(
    "ReLU",
    relu_cases(),
    autograd(forward, ("x",)),
    exact,
    examples=EXAMPLES,
    kinks=lambda case: {"x.grad": case.arrays["x"] == 0},
    mistakes=MISTAKES,
)
