"""Softmax over axis 1: y_ij = exp(x_ij) / sum_k exp(x_ik), and its full vector-Jacobian product.

Conventions: x, y and dy (N, C). Rows may lie thousands apart, so every row needs a maximum of its own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.cases import Palette, float32, palettes, sizes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd
from reference.operators.faults import predict, upstream_ones
from reference.operators.loss import LIBM


def forward(x: torch.Tensor) -> torch.Tensor:
    """``torch.softmax`` over the classes."""
    return torch.softmax(x, 1)


reference = autograd(forward, ("x",))


def _case(values: Palette, n: int, c: int, used_before: bool = False, note: str = "") -> Case:
    arrays = {"x": values("x", n, c), "dy": values.upstream("dy", n, c)}
    return Case(arrays, protocol={"used_before": used_before}, note=note)


def _moved(case: Case, *offsets: float) -> Case:
    """The case with an offset of its own added to each row."""
    return case.with_arrays(x=float32(case.arrays["x"] + np.array(offsets)[:, None]))


@st.composite
def softmax_cases(draw: DrawFn) -> Case:
    """N and C up to about 6; in some cases every row is moved by +1000 or -1000."""
    n, c = draw(sizes((1, 5), (1, 6)))
    values = draw(palettes("small", "normal", "offset rows", "negative"))
    return _case(values, n, c, draw(st.booleans()))


EXAMPLES = (
    _case(Palette(seed=1), 1, 4, note="a single sample"),
    _case(Palette("normal", 2), 4, 1, note="a single class"),
    _case(Palette("normal", 3), 1, 1, note="a single sample of a single class"),
    _moved(_case(Palette("normal", 4), 4, 3, note="rows offset by +1000 and -1000"), 1000, -1000, 1000, -1000),
    _moved(_case(Palette("normal", 5), 3, 5, note="rows offset differently"), -1000, 500, 0),
    _moved(_case(Palette("normal", 6), 2, 4, note="all rows offset by +1000"), 1000, 1000),
    _case(Palette("large", 7), 3, 4, note="logits thousands apart"),
    _case(Palette(seed=8), 3, 4, note="zero upstream gradient").with_arrays(dy=np.zeros((3, 4))),
    _case(Palette("normal", 9), 3, 5, used_before=True, note="the module has been used before"),
)


def relative(x: Array, y: Array, u: float) -> Array:
    """The relative error of a softmax's entries; the term in |max| admits exp(x - logsumexp(x))."""
    top = x.max(1, keepdims=True)
    depth = top - x
    c = x.shape[1]
    spread = 2 * (y * depth).sum(1, keepdims=True)
    return np.asarray(u * (depth + spread + np.abs(top) + np.log(c) + c + LIBM))


def pulled_back(y: Array, dy: Array, rho: Array, u: float) -> Array:
    """The error of y (dy - sum(y dy)), by that formula or by the Jacobian, when y has the relative error ``rho``."""
    reach = np.abs(dy) + (y * np.abs(dy)).sum(1, keepdims=True)
    rows = (rho * y * np.abs(dy)).sum(1, keepdims=True)
    return np.asarray(y * (rho * reach + rows + (y.shape[1] + 3) * u * reach))


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Shifted exponentials over their sum; the gradient inherits their errors."""
    y = expected["y"]
    rho = relative(case.arrays["x"], y, u)
    return {"y": rho * y, "x.grad": pulled_back(y, case.arrays["dy"], rho, u)}


def _backward(y: Array, dy: Array) -> Array:
    return np.asarray(y * (dy - (y * dy).sum(1, keepdims=True)))


def _forward_as(wrong: Callable[[Array], Array]) -> Reference:
    """A fault of forward, with the gradient that a right backward makes of its output."""

    def mistake(case: Case) -> Outputs:
        with np.errstate(all="ignore"):
            y = np.asarray(wrong(case.arrays["x"]))
            return {"y": y, "x.grad": _backward(y, case.arrays["dy"])}

    return mistake


def _backward_as(wrong: Callable[[Array, Array], Array]) -> Reference:
    return lambda case: {"x.grad": np.asarray(wrong(reference(case)["y"], case.arrays["dy"]))}


def _over_axis(e: Array, axis: int | None = 1) -> Array:
    return np.asarray(e / e.sum(axis, keepdims=True))


MISTAKES: dict[str, Reference] = {
    "exp overflows because the largest value of the row is not subtracted first": _forward_as(
        lambda x: _over_axis(np.exp(x))
    ),
    "one maximum is subtracted for the whole batch instead of one per row": _forward_as(
        lambda x: _over_axis(np.exp(x - x.max()))
    ),
    "the maximum of each column is subtracted instead of each row's": _forward_as(
        lambda x: _over_axis(np.exp(x - x.max(0)))
    ),
    "the softmax runs over the batch (axis 0) instead of the classes": _forward_as(
        lambda x: _over_axis(np.exp(x - x.max(0)), 0)
    ),
    "the exponentials are divided by the sum over the whole batch": _forward_as(
        lambda x: _over_axis(np.exp(x - x.max(1, keepdims=True)), None)
    ),
    "the exponentials are not divided by their sum": _forward_as(lambda x: np.exp(x - x.max(1, keepdims=True))),
    "the logarithm of the softmax is returned": lambda case: {
        "y": torch.log_softmax(torch.from_numpy(case.arrays["x"]), 1).numpy()
    },
    "only the diagonal of the Jacobian is used, y (1 - y) dy": _backward_as(lambda y, dy: y * (1 - y) * dy),
    "the sum over the other classes is missing: only y dy is left": _backward_as(lambda y, dy: y * dy),
    "the sum goes over the upstream gradient without its factor y": _backward_as(
        lambda y, dy: y * (dy - dy.sum(1, keepdims=True))
    ),
    "the sum runs over the batch (axis 0) instead of the classes": _backward_as(
        lambda y, dy: y * (dy - (y * dy).sum(0))
    ),
    "the sum runs over the whole batch instead of each row": _backward_as(lambda y, dy: y * (dy - (y * dy).sum())),
    "the factor y of the sum is missing: y dy - sum(y dy)": _backward_as(
        lambda y, dy: y * dy - (y * dy).sum(1, keepdims=True)
    ),
    "the Jacobian has a plus where a minus is due": _backward_as(
        lambda y, dy: y * (dy + (y * dy).sum(1, keepdims=True))
    ),
    "the upstream gradient is ignored: the gradient of the sum is zero": predict(
        reference, "x.grad", alter=upstream_ones
    ),
}

softmax = Operator("Softmax", softmax_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES)
