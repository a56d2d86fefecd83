"""L2 regularisation: y = reg / 2 * sum(w^2) and its gradient reg * w.

Conventions: w of any shape, reg a float of at least 0; y is a scalar, w.grad has the shape of w.
"""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, palettes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import one_thread, tensor

STRENGTHS = (0.5, 0.25, 2.0, 3.0, 0.0)


def forward(w: torch.Tensor, reg: float) -> torch.Tensor:
    """The scalar penalty."""
    return reg / 2 * (w**2).sum()


def reference(case: Case) -> Outputs:
    """The penalty and its gradient."""
    with one_thread():
        w = tensor(case.arrays["w"]).requires_grad_()
        y = forward(w, _strength(case))
        (gradient,) = torch.autograd.grad(y, w)
    return {"y": y.detach().numpy().copy(), "w.grad": gradient.numpy().copy()}


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """A sum of squares, and three roundings around it; all terms are positive."""
    return {
        "y": np.asarray(gamma(case.arrays["w"].size + 4, u) * expected["y"]),
        "w.grad": gamma(3, u) * np.abs(expected["w.grad"]),
    }


def _strength(case: Case) -> float:
    reg = case.options["reg"]
    assert isinstance(reg, float)
    return reg


def _case(values: Palette, reg: float, *shape: int, note: str = "") -> Case:
    return Case({"w": values("w", *shape)}, {"reg": reg}, note=note)


@st.composite
def l2_cases(draw: DrawFn) -> Case:
    """One to four axes of up to 5 entries."""
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    values = draw(palettes("small", "normal", "negative", "zeros", "large"))
    return _case(values, draw(st.sampled_from(STRENGTHS)), *shape)


EXAMPLES = (
    _case(Palette("normal", 1), 0.1, 3, 4, note="a matrix"),
    _case(Palette("normal", 2), 0.5, 5, note="a vector"),
    _case(Palette("normal", 3), 2.0, 2, 3, 4, 5, note="four axes"),
    _case(Palette("normal", 4), 0.0, 2, 3, note="no regularisation"),
)


def _scaled(output: str, factor: float) -> Reference:
    return lambda case: {output: np.asarray(factor * reference(case)[output])}


def _squares(case: Case) -> Array:
    return np.asarray(case.arrays["w"] ** 2)


MISTAKES: dict[str, Reference] = {
    "the factor 1/2 is missing": _scaled("y", 2),
    "the gradient is twice as large: the factor 1/2 cancels the 2 of the square": _scaled("w.grad", 2),
    "the gradient is half as large: the derivative of the square is missing": _scaled("w.grad", 0.5),
    "reg is missing from the loss": lambda case: {"y": np.asarray(_squares(case).sum() / 2)},
    "reg is missing from the gradient": lambda case: {"w.grad": case.arrays["w"]},
    "the root of the sum of squares is taken": lambda case: {
        "y": np.asarray(_strength(case) / 2 * np.sqrt(_squares(case).sum()))
    },
    "the mean of the squares is taken instead of their sum": lambda case: {
        "y": np.asarray(_strength(case) / 2 * _squares(case).mean())
    },
    "the sum is squared instead of the entries": lambda case: {
        "y": np.asarray(_strength(case) / 2 * case.arrays["w"].sum() ** 2)
    },
    "absolute values are summed instead of squares": lambda case: {
        "y": np.asarray(_strength(case) / 2 * np.abs(case.arrays["w"]).sum())
    },
}

l2_regularization = Operator(
    "l2_regularization", l2_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES, upstream=()
)
