"""A network of two fully connected layers with a sigmoid between them: y = W2 sigmoid(W1 flatten(x) + b1) + b2.

Conventions: x (N, d1, ..., dn), ``weight1`` (H, I) with I = d1 * ... * dn in row-major order, ``bias1`` (H,),
``weight2`` (C, H), ``bias2`` (C,), y and dy (N, C). ``parameters`` is how many numbers there are to learn;
``gradient[name]`` is the gradient of sum(y * dy) for a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, palettes, sizes
from checker.operator import Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd

Tensor = torch.Tensor
F = torch.nn.functional

PARAMETERS = ("weight1", "bias1", "weight2", "bias2")
LIBM = 12
"""Roundings granted to a sigmoid: its exp, a sum and a division."""


def _reference(between: Callable[[Tensor], Tensor], after: Callable[[Tensor], Tensor] = lambda y: y) -> Reference:
    """The network with these functions between and after its layers, by autograd."""

    def forward(x: Tensor, weight1: Tensor, bias1: Tensor, weight2: Tensor, bias2: Tensor) -> Tensor:
        return after(F.linear(between(F.linear(x.flatten(1), weight1, bias1)), weight2, bias2))

    answer = autograd(forward, PARAMETERS)

    def reference(case: Case) -> Outputs:
        outputs = answer(case)
        return {"y": outputs["y"]} | {f"gradient[{name}]": outputs[f"{name}.grad"] for name in PARAMETERS}

    return reference


_network = _reference(torch.sigmoid)


def reference(case: Case) -> Outputs:
    """``torch.nn.functional.linear``, ``torch.sigmoid``, ``linear``."""
    count = sum(case.arrays[name].size for name in PARAMETERS)
    return {"parameters": np.array(float(count)), **_network(case)}


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Two sums of products, with the sigmoid's slope of at most 1/4 between them, there and back."""
    w1, b1, w2, b2 = (case.arrays[name] for name in PARAMETERS)
    x = case.arrays["x"].reshape(len(case.arrays["x"]), -1)
    dy, (n, c), (h, i) = np.abs(case.arrays["dy"]), case.arrays["dy"].shape, w1.shape
    s = 1 / (1 + np.exp(-(x @ w1.T + b1)))
    ds = gamma(i + 1, u) * (np.abs(x) @ np.abs(w1).T + np.abs(b1)) / 4 + LIBM * u * s
    back = dy @ np.abs(w2)
    dz = gamma(c, u) * back / 4 + back * (ds + LIBM * u)
    rows = np.abs(x)
    return {
        "parameters": np.array(0.0),
        "y": ds @ np.abs(w2).T + gamma(h + 1, u) * (s @ np.abs(w2).T + np.abs(b2)),
        "gradient[weight1]": dz.T @ rows + gamma(n + 1, u) * (back.T @ rows) / 4,
        "gradient[bias1]": dz.sum(0) + gamma(n + 1, u) * back.sum(0) / 4,
        "gradient[weight2]": dy.T @ ds + gamma(n, u) * dy.T @ s,
        "gradient[bias2]": gamma(n, u) * dy.sum(0),
    }


def _case(values: Palette, n: int, axes: Sequence[int], h: int, c: int, scale: float = 4, note: str = "") -> Case:
    shapes = {"weight1": (h, prod(axes)), "bias1": (h,), "weight2": (c, h), "bias2": (c,)}
    parameters = {name: values(name, *shape) / scale for name, shape in shapes.items()}
    arrays = {"x": values("x", n, *axes), **parameters, "dy": values.upstream("dy", n, c)}
    return Case(arrays, {"sizes": (prod(axes), h, c)}, note=note)


@st.composite
def two_layer_cases(draw: DrawFn) -> Case:
    """Small pictures of three colours, hidden sizes up to 7 and up to 6 classes."""
    n, high, wide, h, c = draw(sizes((1, 4), (1, 3), (1, 3), (2, 6), (2, 5)))
    # Parameters are told apart by their shapes.
    while h in (3 * high * wide, c):
        h += 1
    while c in (3 * high * wide, h):
        c += 1
    return _case(draw(palettes("small", "normal")), n, (3, high, wide), h, c)


EXAMPLES = (
    _case(Palette("normal", 1), 2, (3, 4, 5), 7, 6, note="pictures"),
    _case(Palette("normal", 2), 3, (8,), 5, 4, note="flat samples"),
    _case(Palette("normal", 3), 3, (3, 32, 32), 256, 10, 64, note="the sizes of the homework"),
)


def _without(*names: str) -> Reference:
    """These parameters do not exist."""

    def mistake(case: Case) -> Outputs:
        zeroed = case.with_arrays(**{name: np.zeros_like(case.arrays[name]) for name in names})
        count = sum(case.arrays[name].size for name in PARAMETERS if name not in names)
        return {"parameters": np.array(float(count)), "y": _network(zeroed)["y"]}

    return mistake


MISTAKES: dict[str, Reference] = {
    "there is no sigmoid between the layers": _reference(lambda z: z),
    "a ReLU stands in the place of the sigmoid": _reference(torch.relu),
    "a tanh stands in the place of the sigmoid": _reference(torch.tanh),
    "a softmax follows the last layer: the loss takes the raw logits": _reference(
        torch.sigmoid, lambda y: y.softmax(1)
    ),
    "a log-softmax follows the last layer: the loss takes the raw logits": _reference(
        torch.sigmoid, lambda y: y.log_softmax(1)
    ),
    "a sigmoid follows the last layer, too": _reference(torch.sigmoid, torch.sigmoid),
    "the layers have no biases": _without("bias1", "bias2"),
}

two_layer_sigmoid = Operator(
    "TwoLayerNet", two_layer_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES, upstream=("dy",)
)
