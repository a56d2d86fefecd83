"""Linear: y = x W + b.

Conventions: x (N, I), weight (I, O) (``torch.nn.Linear`` keeps its transpose), bias (O,), y and dy (N, O).
"""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import multilinear
from checker.cases import Palette, palettes, sizes
from checker.operator import Case, Operator, Reference
from reference.operators.autograd import autograd
from reference.operators.faults import batch_size, last_sample, no_bias, predict, upstream_ones


def forward(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """``torch.nn.functional.linear`` with the weight the other way round."""
    return x @ weight + bias


reference = autograd(forward, ("x", "weight", "bias"))


def _case(values: Palette, n: int, i: int, o: int, used_before: bool = False, note: str = "") -> Case:
    return Case(
        {
            "x": values("x", n, i),
            "weight": values("weight", i, o),
            "bias": values("bias", o),
            "dy": values.upstream("dy", n, o),
        },
        protocol={"used_before": used_before},
        note=note,
    )


@st.composite
def linear_cases(draw: DrawFn) -> Case:
    """N, I and O up to about 6, each with I > O and I < O."""
    n, i, o = draw(sizes((1, 5), (1, 5), (1, 5)))
    values = draw(palettes("small", "normal", "negative", "zeros", "large"))
    return _case(values, n, i, o, draw(st.booleans()))


EXAMPLES = (
    _case(Palette(seed=1), 1, 3, 2, note="a single sample"),
    _case(Palette("normal", 2), 7, 1, 4, note="a single input"),
    _case(Palette("normal", 3), 5, 4, 1, note="a single output"),
    _case(Palette("normal", 4), 3, 40, 5, note="a sum of forty terms"),
    _case(Palette(seed=5), 4, 2, 3, note="zero upstream gradient").with_arrays(dy=np.zeros((4, 3))),
    _case(Palette("normal", 6), 3, 4, 5, used_before=True, note="the layer has been used before"),
    _case(Palette("normal", 7), 3, 3, 3, note="all sizes are equal"),
)


def _terms(case: Case) -> dict[str, float]:
    n, i = case.arrays["x"].shape
    o = case.arrays["bias"].size
    return {"y": i + 1, "x.grad": o, "weight.grad": n, "bias.grad": n}


MISTAKES: dict[str, Reference] = {
    "the bias is left out": predict(reference, "y", alter=no_bias),
    "the bias multiplies instead of being added": lambda case: {
        "y": case.arrays["x"] @ case.arrays["weight"] * case.arrays["bias"]
    },
    "the weight gradient is the mean over the batch": predict(reference, "weight.grad", divide=batch_size),
    "the bias gradient is the mean over the batch": predict(reference, "bias.grad", divide=batch_size),
    "the weight gradient covers the last sample only": predict(reference, "weight.grad", alter=last_sample),
    "the bias gradient covers the last sample only": predict(reference, "bias.grad", alter=last_sample),
    "the input gradient ignores the upstream gradient": predict(reference, "x.grad", alter=upstream_ones),
    "the weight gradient ignores the upstream gradient": predict(reference, "weight.grad", alter=upstream_ones),
    "the bias gradient ignores the upstream gradient": predict(reference, "bias.grad", alter=upstream_ones),
}

linear = Operator(
    "Linear", linear_cases(), reference, multilinear(reference, _terms), examples=EXAMPLES, mistakes=MISTAKES
)
