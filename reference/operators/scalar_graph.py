"""Scalar graphs of numbers, three of them, with the gradient for every input.

- f1, a squared error: L = (x1 w1 + x2 w2 + b - y)^2.
- f2, tanh by exponentials: y = (exp(2x) - 1) / (exp(2x) + 1).
- f3, the softmax loss of two classes: L = -log(p_y) with p = softmax(s1, s2) and y in {1, 2}.

Conventions: inputs are float64 scalars, the label of f3 an int64. Graded inputs stay where the formulas as written down
neither overflow nor divide by zero; cases of f3 beyond that are a group of their own, for notes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, palettes
from checker.operator import Array, Bound, Case, Operator, Outputs, Reference
from reference.operators.autograd import one_thread, tensor
from reference.operators.faults import predict
from reference.operators.loss import EPSILONS, LIBM

OVERFLOW = "at overflow"
ROUNDINGS = 16
"""Additions, products and quotients on the longest path of a graph, forward and backward."""


def f1_forward(
    x1: torch.Tensor, w1: torch.Tensor, x2: torch.Tensor, w2: torch.Tensor, b: torch.Tensor, y: torch.Tensor
) -> torch.Tensor:
    """A squared error."""
    return (x1 * w1 + x2 * w2 + b - y) ** 2


def f2_forward(x: torch.Tensor) -> torch.Tensor:
    """``torch.tanh``."""
    return torch.tanh(x)


def f3_forward(s1: torch.Tensor, s2: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """``torch.nn.functional.cross_entropy`` of two logits."""
    return torch.nn.functional.cross_entropy(torch.stack((s1, s2))[None], label[None] - 1, reduction="sum")


def _graph(value: str, forward: Callable[..., torch.Tensor], inputs: Sequence[str]) -> Reference:
    """The output ``value`` and the gradients ``<input>.grad``."""

    def reference(case: Case) -> Outputs:
        with one_thread():
            arrays = {name: tensor(array) for name, array in case.arrays.items()}
            leaves = [arrays[name].requires_grad_() for name in inputs]
            result = forward(**arrays)
            gradients = torch.autograd.grad(result, leaves)
        named = {f"{name}.grad": grad.numpy().copy() for name, grad in zip(inputs, gradients, strict=True)}
        return {value: result.detach().numpy().copy()} | named

    return reference


def _twin(roundings: int, twin: Callable[[dict[str, Array]], dict[str, Any]]) -> Bound:
    """gamma(roundings) times the graph, forward and backward, on absolute values, with a sum for every difference."""

    def bound(case: Case, expected: Outputs, u: float) -> Outputs:
        values = twin(dict(case.arrays))
        return {name: np.asarray(gamma(roundings, u) * values[name]) for name in expected}

    return bound


def _f1_twin(a: dict[str, Array]) -> dict[str, Any]:
    size = abs(a["x1"] * a["w1"]) + abs(a["x2"] * a["w2"]) + abs(a["b"]) + abs(a["y"])
    partners: dict[str, Any] = {"x1": a["w1"], "w1": a["x1"], "x2": a["w2"], "w2": a["x2"], "b": 1.0, "y": 1.0}
    return {"L": size**2} | {f"{name}.grad": 2 * size * abs(partner) for name, partner in partners.items()}


def _f2_twin(a: dict[str, Array]) -> dict[str, Any]:
    # t / b becomes (e + 1) / (e + 1); both paths of the gradient are at most 2, and so is 1 + y^2.
    return {"y": 1.0, "x.grad": 4.0}


def _f3_twin(a: dict[str, Array]) -> dict[str, Any]:
    # exp(s - logsumexp) and log(d) - s round numbers of the size of s, and exp turns that into relative errors of p.
    size = 1 + abs(a["s1"]) + abs(a["s2"])
    return {"L": 2 * size, "s1.grad": 2 * size, "s2.grad": 2 * size}


def scalars(**values: float) -> dict[str, Array]:
    """Arrays without axes."""
    return {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}


def _f1_case(values: Palette, note: str = "") -> Case:
    names = ("x1", "w1", "x2", "w2", "b", "y")
    return Case(scalars(**dict(zip(names, values("inputs", 6), strict=True))), note=note)


@st.composite
def f1_cases(draw: DrawFn) -> Case:
    """Whole numbers, fractions and numbers in the thousands, of both signs."""
    return _f1_case(draw(palettes("small", "normal", "large")))


@st.composite
def f2_cases(draw: DrawFn) -> Case:
    """Up to about 30 on both sides of 0."""
    (x,) = draw(palettes("small", "normal"))("x", 1)
    return Case(scalars(x=x * draw(st.sampled_from((1.0, 0.25, 8.0)))))


def f3_case(s1: float, s2: float, label: int, note: str = "", group: str = "") -> Case:
    """One case of f3."""
    arrays = scalars(s1=s1, s2=s2) | {"label": np.asarray(label, dtype=np.int64)}
    return Case(arrays, note=note, group=group)


@st.composite
def f3_cases(draw: DrawFn) -> Case:
    """Up to about 30 on both sides of 0, with either label."""
    s1, s2 = draw(palettes("small", "normal"))("s", 2)
    scale = draw(st.sampled_from((1.0, 0.25, 8.0)))
    return f3_case(s1 * scale, s2 * scale, draw(st.integers(1, 2)))


F1_EXAMPLES = (
    Case(scalars(x1=0.75, w1=0.25, x2=0.5, w2=0.875, b=0.125, y=0.625), note="inputs between 0 and 1"),
    Case(scalars(x1=2, w1=3, x2=-1, w2=4, b=5, y=7), note="no loss: every gradient is 0"),
)
F2_EXAMPLES = (
    Case(scalars(x=0.375), note="an input between 0 and 1"),
    Case(scalars(x=0), note="zero"),
    Case(scalars(x=30), note="far right, where tanh is flat"),
    Case(scalars(x=-30), note="far left, where tanh is flat"),
)
F3_EXAMPLES = (
    f3_case(0.8125, 0.1875, 1, "inputs between 0 and 1, label 1"),
    f3_case(0.25, 0.6875, 2, "inputs between 0 and 1, label 2"),
    f3_case(30, -30, 1, "60 apart, confident and right"),
    f3_case(30, -30, 2, "60 apart, confident and wrong"),
    f3_case(-30, 30, 1, "60 apart, the other way round"),
    f3_case(800, 799, 1, "exp overflows", OVERFLOW),
    f3_case(-800, -799, 2, "both exponentials vanish", OVERFLOW),
    f3_case(500, -500, 2, "the probability vanishes", OVERFLOW),
)

_f1 = _graph("L", f1_forward, ("x1", "w1", "x2", "w2", "b", "y"))
_f2 = _graph("y", f2_forward, ("x",))
_f3 = _graph("L", f3_forward, ("s1", "s2"))


def _swapped(reference: Reference, *pairs: tuple[str, str]) -> Reference:
    """Gradients that stand in each other's place."""

    def mistake(case: Case) -> Outputs:
        right = reference(case)
        return {f"{a}.grad": right[f"{b}.grad"] for pair in pairs for a, b in (pair, pair[::-1])}

    return mistake


def _difference(case: Case) -> Array:
    a = case.arrays
    return np.asarray(a["x1"] * a["w1"] + a["x2"] * a["w2"] + a["b"] - a["y"])


F1_MISTAKES: dict[str, Reference] = {
    "the difference is not squared": lambda case: {"L": _difference(case)},
    "b is left out of the sum": lambda case: _f1(case.with_arrays(**scalars(b=0))),
    "the gradients of each input and its weight have changed places": _swapped(_f1, ("x1", "w1"), ("x2", "w2")),
    "the gradient for y has the sign of that for y_hat, though y is subtracted": lambda case: {
        "y.grad": -_f1(case)["y.grad"]
    },
    "the difference is taken for the gradient of its square": lambda case: {
        name: array / 2 for name, array in _f1(case).items() if name != "L"
    },
}


def _f2_one_path(denominator: bool) -> Reference:
    def mistake(case: Case) -> Outputs:
        e = np.exp(2 * case.arrays["x"])
        return {"x.grad": np.asarray(2 * e * (-(e - 1) / (e + 1) ** 2 if denominator else 1 / (e + 1)))}

    return mistake


F2_MISTAKES: dict[str, Reference] = {
    "exp(x) is taken instead of exp(2x)": lambda case: {"y": np.asarray(np.tanh(case.arrays["x"] / 2))},
    "the factor 2 of d = 2x is missing from the gradient": lambda case: {"x.grad": _f2(case)["x.grad"] / 2},
    "e is used twice, and only the gradient through t = e - 1 is counted": _f2_one_path(denominator=False),
    "e is used twice, and only the gradient through b = e + 1 is counted": _f2_one_path(denominator=True),
}


def _f3_slopes(slopes: Callable[[Array, Array], Array]) -> Reference:
    """Gradients from (p, chosen), the probabilities and 1 at the label, as (s1, s2)."""

    def mistake(case: Case) -> Outputs:
        s = np.array([case.arrays["s1"], case.arrays["s2"]])
        with np.errstate(over="ignore", under="ignore"):
            p = 1 / (1 + np.exp(s[::-1] - s))
        first, second = slopes(p, np.eye(2)[int(case.arrays["label"]) - 1])
        return {"s1.grad": np.asarray(first), "s2.grad": np.asarray(second)}

    return mistake


def _f3_always(label: int, *outputs: str) -> Reference:
    """These outputs for one label, whatever was asked."""
    return predict(_f3, *outputs, alter=lambda case: case.with_arrays(label=np.asarray(label, dtype=np.int64)))


def _f3_more(epsilon: float) -> Reference:
    """The loss of a probability to which something is added."""
    return lambda case: {"L": np.asarray(-np.log(np.exp(-_f3(case)["L"]) + epsilon))}


F3_MISTAKES: dict[str, Reference] = {
    "y is ignored: the loss is always that of y = 1": _f3_always(1, "L"),
    "y is ignored: the gradient is always that of y = 1": _f3_always(1, "s1.grad", "s2.grad"),
    "the loss is always that of y = 2: y is 1 or 2, not 0 or 1": _f3_always(2, "L"),
    "the gradient is always that of y = 2: y is 1 or 2, not 0 or 1": _f3_always(2, "s1.grad", "s2.grad"),
    **{f"{epsilon} is added to the probability inside the logarithm": _f3_more(float(epsilon)) for epsilon in EPSILONS},
    "the gradient for y = 2 is missing": _f3_slopes(lambda p, chosen: (p - chosen) * chosen[0]),
    "the minus in front of the logarithm is missing": lambda case: {"L": -_f3(case)["L"]},
    "the probability is returned, without its logarithm": lambda case: {"L": np.asarray(np.exp(-_f3(case)["L"]))},
    "e1 and e2 are used twice, and the gradient through the sum d is missing": _f3_slopes(lambda p, chosen: -chosen),
    "e1 and e2 are used twice, and only the gradient through the sum d is counted": _f3_slopes(lambda p, chosen: p),
    "the gradients of s1 and s2 have changed places, or their sign is flipped": _f3_slopes(
        lambda p, chosen: (p - chosen)[::-1]
    ),
}

f1 = Operator(
    "f1", f1_cases(), _f1, _twin(ROUNDINGS, _f1_twin), examples=F1_EXAMPLES, mistakes=F1_MISTAKES, upstream=()
)
f2 = Operator(
    "f2", f2_cases(), _f2, _twin(ROUNDINGS + LIBM, _f2_twin), examples=F2_EXAMPLES, mistakes=F2_MISTAKES, upstream=()
)
f3 = Operator(
    "f3",
    f3_cases(),
    _f3,
    _twin(ROUNDINGS + 2 * LIBM, _f3_twin),
    examples=F3_EXAMPLES,
    mistakes=F3_MISTAKES,
    upstream=(),
)
