"""The line that a ReLU network with one input and one output is around a point.

h(x) = W3 max(0, W2 max(0, W1 x + b1) + b2) + b3 with two units in each hidden layer. Conventions: x0 and the outputs W
and b are numbers, W x + b = h(x) near x0; W1 (2, 1), b1 (2,), W2 (2, 2), b2 (2,), W3 (1, 2), b3 (1,). No unit is at its
kink at x0. A homework's own network is asked at its points under the names ``W`` and ``b``; any other network gives
``other networks``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import one_thread, tensor

Network = Mapping[str, Array]

_ROUNDINGS = 16
"""On a path through the network and back: two products and sums per layer, and h(x0) - W x0."""


def forward(
    x0: torch.Tensor,
    w1: torch.Tensor,
    b1: torch.Tensor,
    w2: torch.Tensor,
    b2: torch.Tensor,
    w3: torch.Tensor,
    b3: torch.Tensor,
) -> torch.Tensor:
    """h(x0), from ``torch.nn.functional.linear`` and ``torch.relu``."""
    linear = torch.nn.functional.linear
    first = torch.relu(linear(x0.reshape(1, 1), w1, b1))
    return linear(torch.relu(linear(first, w2, b2)), w3, b3).reshape(())


def _line(case: Case) -> tuple[float, float]:
    with one_thread():
        x0, *network = [tensor(array) for array in case.arrays.values()]
        x0.requires_grad_()
        value = forward(x0, *network)
        (slope,) = torch.autograd.grad(value, x0)
    return float(slope), float(value.detach() - slope * x0.detach())


def _named(case: Case, slope: float, intercept: float) -> Outputs:
    if case.options["given"]:
        return {"W": np.array(slope), "b": np.array(intercept)}
    return {"other networks[W]": np.array(slope), "other networks[b]": np.array(intercept)}


def reference(case: Case) -> Outputs:
    """Slope and intercept from autograd."""
    return _named(case, *_line(case))


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """The same network on absolute values, with all units on; b is the difference of h(x0) and W x0."""
    twin = case.with_arrays(**{name: np.abs(array) for name, array in case.arrays.items()})
    slope, intercept = _line(twin)
    x0 = float(twin.arrays["x0"])
    scale = gamma(_ROUNDINGS, u)
    return _named(case, scale * slope, scale * (intercept + 2 * slope * x0))


def _hidden(case: Case) -> tuple[Array, Array]:
    """What the units of both layers get."""
    x0, w1, b1, w2, b2, _, _ = case.arrays.values()
    first = w1[:, 0] * x0 + b1
    return first, w2 @ np.maximum(first, 0) + b2


def _case(network: Network, x0: float, given: bool, note: str = "") -> Case:
    return Case({"x0": np.array(x0), **network}, {"given": given}, note=note)


def _network(values: Palette) -> Network:
    """Whole weights and biases that end in a half and then a quarter: no unit can get 0 at a whole x0."""
    return {
        "w1": values("w1", 2, 1),
        "b1": values("b1", 2) + 0.5,
        "w2": values("w2", 2, 2),
        "b2": values("b2", 2) + 0.25,
        "w3": values("w3", 1, 2),
        "b3": values("b3", 1),
    }


@st.composite
def _drawn(draw: DrawFn) -> Case:
    seed = draw(st.integers(0, 2**16 - 1))
    return _case(_network(Palette("small", seed)), float(draw(st.integers(-3, 3))), given=False)


def _with_units(case: Case, first: Array | int, second: Array | int) -> Outputs:
    """Slope and h(x0) - slope * x0 when these units count as on in the slope; nothing when that is right."""
    _, w1, _, w2, _, w3, _ = case.arrays.values()
    slope = float(((w3 * second) @ (w2 * first) @ w1)[0, 0])
    if slope == _line(case)[0]:
        return {}
    return _named(case, slope, _value(case) - slope * float(case.arrays["x0"]))


def _value(case: Case) -> float:
    slope, intercept = _line(case)
    return intercept + slope * float(case.arrays["x0"])


def _intercept(change: Callable[[Case], float]) -> Reference:
    """A mistake in b alone."""

    def mistake(case: Case) -> Outputs:
        made = _named(case, 0.0, change(case))
        return dict([made.popitem()])

    return mistake


MISTAKES: dict[str, Reference] = {
    "all units count as on": lambda case: _with_units(case, 1, 1),
    "all units of the second layer count as on": lambda case: _with_units(case, _hidden(case)[0] > 0, 1),
    "all units of the first layer count as on": lambda case: _with_units(case, 1, _hidden(case)[1] > 0),
    "b is h(x0), without W x0 subtracted": _intercept(_value),
    "W x0 is added to h(x0) instead of subtracted": _intercept(lambda case: 2 * _value(case) - _line(case)[1]),
    "b is the last layer's bias alone": _intercept(lambda case: float(case.arrays["b3"][0])),
}


def piecewise_linear(network: Network, points: Sequence[float]) -> Operator:
    """The operator that asks for a homework's own network at its points, and for drawn networks."""
    own = tuple(_case(network, x0, given=True, note=f"the given network at x0 = {x0:g}") for x0 in points)
    drawn = _drawn()
    return Operator("piecewise linear", drawn, reference, bound, examples=own, mistakes=MISTAKES)
