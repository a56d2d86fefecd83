"""Mean squared error: the mean over all entries of (x - t)^2, as ``torch.nn.MSELoss``.

Conventions: x and t of one shape, the loss and dy numbers; no factor 1/2.
"""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, palettes, sizes
from checker.operator import Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd
from reference.operators.faults import batch_size, predict, upstream_ones


def forward(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """``torch.nn.functional.mse_loss``."""
    return torch.nn.functional.mse_loss(x, t)


reference = autograd(forward, ("x",))


def _case(values: Palette, n: int, c: int, used_before: bool = False, note: str = "") -> Case:
    arrays = {"x": values("x", n, c), "t": values("t", n, c), "dy": values.upstream("dy")}
    return Case(arrays, protocol={"used_before": used_before}, note=note)


@st.composite
def squared_loss_cases(draw: DrawFn) -> Case:
    """N and C up to about 6, an upstream gradient that is not 1."""
    n, c = draw(sizes((1, 6), (1, 5)))
    return _case(draw(palettes("small", "normal", "large")), n, c, draw(st.booleans()))


EXAMPLES = (
    _case(Palette("normal", 1), 1, 4, note="a single sample"),
    _case(Palette("normal", 2), 5, 1, note="a single column"),
    _case(Palette("normal", 3), 4, 3, note="several samples and columns"),
    _case(Palette(seed=4), 3, 4, note="zero upstream gradient").with_arrays(dy=np.zeros(())),
)


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """A difference, its square and a sum; in the gradient a difference and three factors."""
    n = case.arrays["x"].size
    return {"y": gamma(n + 4, u) * expected["y"], "x.grad": gamma(6, u) * np.abs(expected["x.grad"])}


def _columns(case: Case) -> float:
    return float(case.arrays["x"].shape[1])


MISTAKES: dict[str, Reference] = {
    "the loss is summed instead of averaged": predict(reference, "y", divide=lambda case: 1 / case.arrays["x"].size),
    "the loss is averaged over the batch alone, not over the columns": predict(
        reference, "y", divide=lambda case: 1 / _columns(case)
    ),
    "the loss has a factor 1/2 that was not asked for": predict(reference, "y", divide=lambda case: 2),
    "the square root of the mean is returned": lambda case: {"y": np.sqrt(reference(case)["y"])},
    "the absolute difference is taken instead of the square": lambda case: {
        "y": np.abs(case.arrays["x"] - case.arrays["t"]).mean()
    },
    "the gradient is not divided by the number of entries": predict(
        reference, "x.grad", divide=lambda case: 1 / case.arrays["x"].size
    ),
    "the gradient is divided by the batch size alone, not by the columns": predict(
        reference, "x.grad", divide=lambda case: 1 / _columns(case)
    ),
    "the gradient is divided by the columns alone, not by the batch size": predict(
        reference, "x.grad", divide=lambda case: 1 / batch_size(case)
    ),
    "the factor 2 of the gradient is missing": predict(reference, "x.grad", divide=lambda case: 2),
    "the gradient has the sign of the target's": predict(reference, "x.grad", divide=lambda case: -1),
    "the upstream gradient is ignored": predict(reference, "x.grad", alter=upstream_ones),
}

squared_loss = Operator("MSELoss", squared_loss_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES)
