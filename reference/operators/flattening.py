"""Linear that flattens every sample first: y = flatten(x) W + b.

Conventions: x (N, d1, ..., dn), weight (I, O) with I = d1 * ... * dn in row-major order, bias (O,), y and dy (N, O);
the input gradient has the shape of x.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import multilinear
from checker.cases import Palette, palettes, sizes
from checker.operator import Case, Operator, Outputs, Reference
from reference.operators import linear
from reference.operators.autograd import autograd


def forward(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """``torch.nn.Flatten`` and ``torch.nn.functional.linear`` with the weight the other way round."""
    return linear.forward(x.flatten(1), weight, bias)


reference = autograd(forward, ("x", "weight", "bias"))


def _case(values: Palette, n: int, axes: Sequence[int], o: int, *, used: bool = False, note: str = "") -> Case:
    arrays = {
        "x": values("x", n, *axes),
        "weight": values("weight", prod(axes), o),
        "bias": values("bias", o),
        "dy": values.upstream("dy", n, o),
    }
    return Case(arrays, protocol={"used_before": used}, note=note)


@st.composite
def flattening_linear_cases(draw: DrawFn) -> Case:
    """N and O up to about 5, samples of one to three axes of up to about 5."""
    count = draw(st.integers(1, 3))
    n, o, *axes = draw(sizes((1, 4), (1, 4), *[(1, 4)] * count))
    values = draw(palettes("small", "normal", "negative", "zeros", "large"))
    return _case(values, n, axes, o, used=draw(st.booleans()))


_zero = _case(Palette(seed=5), 4, (3, 2), 5, note="zero upstream gradient")

EXAMPLES = (
    _case(Palette(seed=1), 3, (5,), 2, note="flat samples"),
    _case(Palette("normal", 2), 2, (3, 4), 5, note="samples of two axes"),
    _case(Palette("normal", 3), 4, (2, 3, 5), 6, note="images"),
    _case(Palette("normal", 4), 1, (3, 2, 4), 5, note="a single image"),
    _case(Palette("normal", 6), 3, (2, 4), 1, note="a single output"),
    _case(Palette("normal", 7), 3, (4, 2), 5, used=True, note="the layer has been used before"),
    _zero.with_arrays(dy=np.zeros_like(_zero.arrays["dy"])),
)


def _terms(case: Case) -> dict[str, float]:
    n, o = case.arrays["dy"].shape
    return {"y": len(case.arrays["weight"]) + 1, "x.grad": o, "weight.grad": n, "bias.grad": n}


def _flat(case: Case) -> Case:
    return case.with_arrays(x=case.arrays["x"].reshape(len(case.arrays["x"]), -1))


def _columns_first(case: Case) -> Outputs:
    x = case.arrays["x"]
    turned = x.reshape(len(x), -1, order="F")
    wrong = linear.reference(case.with_arrays(x=turned))
    return {"y": wrong["y"], "weight.grad": wrong["weight.grad"]}


def _shaped(mistake: Reference) -> Reference:
    """A mistake of Linear, its input gradient in the shape of x."""

    def shaped(case: Case) -> Outputs:
        outputs = mistake(_flat(case))
        if "x.grad" in outputs:
            outputs["x.grad"] = outputs["x.grad"].reshape(case.arrays["x"].shape)
        return outputs

    return shaped


MISTAKES = {name: _shaped(mistake) for name, mistake in linear.MISTAKES.items()} | {
    "a sample is flattened with its first axis fastest instead of its last": _columns_first,
}

flattening_linear = Operator(
    "Linear",
    flattening_linear_cases(),
    reference,
    multilinear(reference, _terms),
    examples=EXAMPLES,
    mistakes=MISTAKES,
)
