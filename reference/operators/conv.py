"""Conv2d: cross-correlation, y[n,o] = bias[o] + sum over c,i,j of weight[o,c,i,j] * x[n,c, s*a+i-p, s*b+j-p].

Conventions: x (N, C, H, W), weight (O, C, kh, kw), bias (O,), y and dy (N, O, oH, oW); stride and padding are one
number for both axes, padding is zeros; rows and columns that no whole window reaches are dropped and have gradient 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import FLOAT64, multilinear
from checker.cases import Palette, Window, palettes, sizes, window, windows
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd
from reference.operators.faults import batch_size, last_sample, no_bias, predict, upstream_ones
from reference.operators.unfold import overwrite, padded


def forward(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int = 1, padding: int = 0
) -> torch.Tensor:
    """``torch.nn.functional.conv2d``."""
    return torch.nn.functional.conv2d(x, weight, bias, stride, padding)


output = autograd(forward)
reference = autograd(forward, ("x", "weight", "bias"))


def _case(
    values: Palette,
    n: int,
    c: int,
    o: int,
    sliding: Window,
    *,
    as_int: bool = False,
    used: bool = False,
    note: str = "",
) -> Case:
    arrays = {
        "x": values("x", n, c, *sliding.size),
        "weight": values("weight", o, c, *sliding.kernel),
        "bias": values("bias", o),
        "dy": values.upstream("dy", n, o, *sliding.out),
    }
    return Case(arrays, sliding.options, {"kernel_as_int": as_int, "used_before": used}, note)


@st.composite
def conv2d_cases(draw: DrawFn, *, square: bool = False) -> Case:
    """Up to about 4 samples and channels; ``square`` leaves out kernels with kh != kw."""
    n, c, o = draw(sizes((1, 3), (1, 3), (1, 3)))
    sliding = draw(windows(square=square))
    as_int = draw(st.booleans()) and sliding.kernel[0] == sliding.kernel[1]
    values = draw(palettes("small", "normal", "negative", "zeros", "large"))
    return _case(values, n, c, o, sliding, as_int=as_int, used=draw(st.booleans()))


def conv2d_examples(*, square: bool = False) -> tuple[Case, ...]:
    """Cases that drawing meets rarely."""
    normal, wide = Palette("normal", 1), 3 if square else 2
    zero = _case(Palette(seed=2), 2, 1, 3, window((wide, wide), out=(2, 1)), note="zero upstream gradient")
    return (
        _case(Palette(seed=3), 1, 1, 2, window((3, wide), out=(2, 3)), note="a single sample and channel"),
        _case(normal, 2, 3, 4, window((3, wide), stride=2, out=(2, 3), tail=(1, 1)), note="the stride leaves a tail"),
        _case(normal, 3, 2, 1, window((wide, wide), stride=3, out=(2, 3)), note="stride larger than the kernel"),
        _case(normal, 3, 2, 4, window((3, wide)), note="the kernel covers the whole input"),
        _case(normal, 2, 3, 1, window((1, 1), padding=1, out=(4, 5)), note="padding around a 1x1 kernel"),
        _case(normal, 2, 1, 3, window((3, wide), padding=2, stride=2, out=(3, 4)), note="padding, stride and overlap"),
        _case(normal, 2, 3, 1, window((3, 3), out=(2, 3)), as_int=True, note="the kernel is given as one number"),
        _case(normal, 3, 3, 3, window((wide, wide), out=(3, 3)), note="samples, channels and sizes are equal"),
        _case(normal, 2, 3, 4, window((wide, wide), out=(2, 3)), used=True, note="the layer has been used before"),
        zero.with_arrays(dy=np.zeros_like(zero.arrays["dy"])),
    )


def _terms(case: Case) -> dict[str, float]:
    o, c, high, wide = case.arrays["weight"].shape
    positions = case.arrays["dy"].size // o
    return {"y": c * high * wide + 1, "x.grad": o * high * wide, "weight.grad": positions, "bias.grad": positions}


def _flipped(case: Case) -> Case:
    return case.with_arrays(weight=case.arrays["weight"][:, :, ::-1, ::-1])


def _other_order(weight: Array, *, back: bool) -> Array:
    """Rows of a flattened weight with the channel fastest, read as if it were slowest; ``back`` is the other way."""
    if back:
        return np.moveaxis(weight.reshape(len(weight), *weight.shape[2:], -1), 3, 1)
    return np.moveaxis(weight, 1, 3).reshape(weight.shape)


def _flattened(back: bool) -> Reference:
    """The weight and the columns are flattened in two orders: with the channel fastest, and slowest."""

    def mistake(case: Case) -> Outputs:
        right = reference(case)
        wrong = reference(case.with_arrays(weight=_other_order(case.arrays["weight"], back=back)))
        gradient = _other_order(right["weight.grad"], back=not back)
        return {"y": wrong["y"], "x.grad": wrong["x.grad"], "weight.grad": gradient}

    return mistake


def _bias_multiplies(case: Case) -> Outputs:
    return {"y": reference(no_bias(case))["y"] * case.arrays["bias"][:, None, None]}


def _bias_times(count: Callable[[Case], int]) -> Reference:
    return predict(reference, "y", alter=lambda case: case.with_arrays(bias=case.arrays["bias"] * count(case)))


def _crop_after(case: Case) -> Outputs:
    high, wide = case.arrays["x"].shape[2:]
    return {"x.grad": reference(padded(case, 1, 1))["x.grad"][:, :, :high, :wide]}


def _no_stride(case: Case) -> Outputs:
    dense = replace(case, options={**case.options, "stride": 1})
    dy = np.zeros_like(output(dense)["y"])
    high, wide = case.arrays["dy"].shape[2:]
    dy[:, :, :high, :wide] = case.arrays["dy"]
    return {"x.grad": reference(dense.with_arrays(dy=dy))["x.grad"]}


def _overwritten(by_cell: bool) -> Reference:
    def mistake(case: Case) -> Outputs:
        x, weight, dy = (case.arrays[name] for name in ("x", "weight", "dy"))
        columns = np.einsum("ocij,noab->ncijab", weight, dy).reshape(len(x), -1, *dy.shape[2:])
        options: dict[str, Any] = {name: case.options[name] for name in ("stride", "padding")}
        return {"x.grad": overwrite(columns, x.shape[2:], weight.shape[2:], **options, by_cell=by_cell)}

    return mistake


MISTAKES: dict[str, Reference] = {
    "the bias is left out": predict(reference, "y", alter=no_bias),
    "the bias multiplies instead of being added": _bias_multiplies,
    "the bias is added once for every kernel cell": _bias_times(lambda case: prod(case.arrays["weight"].shape[2:])),
    "the bias is added once for every input channel": _bias_times(lambda case: case.arrays["weight"].shape[1]),
    "the kernel is flipped": predict(reference, "y", alter=_flipped),
    "the padding is put at the bottom and on the right only": predict(
        reference, "y", "weight.grad", alter=lambda case: padded(case, 0, 2)
    ),
    "the padding repeats the edge instead of zeros": predict(
        reference, "y", "weight.grad", alter=lambda case: padded(case, 1, 1, "edge")
    ),
    "the weight is flattened with the channel fastest, the columns with the channel slowest": _flattened(False),
    "the weight is flattened with the channel slowest, the columns with the channel fastest": _flattened(True),
    "the kernel is flipped in the input gradient": predict(reference, "x.grad", alter=_flipped),
    "overlapping windows overwrite each other instead of adding up, the last window wins": _overwritten(False),
    "overlapping windows overwrite each other instead of adding up, the last kernel cell wins": _overwritten(True),
    "the padding of the input gradient is cropped at the bottom and on the right only": _crop_after,
    "the input gradient is spread as if the stride were 1": _no_stride,
    "the weight gradient covers the last sample only": predict(reference, "weight.grad", alter=last_sample),
    "the bias gradient covers the last sample only": predict(reference, "bias.grad", alter=last_sample),
    "the weight gradient is the mean over the batch": predict(reference, "weight.grad", divide=batch_size),
    "the bias gradient is the mean over the batch": predict(reference, "bias.grad", divide=batch_size),
    "the bias gradient is the mean over the positions": predict(
        reference, "bias.grad", divide=lambda case: prod(case.arrays["dy"].shape[2:])
    ),
    "the bias gradient is the mean over batch and positions": predict(
        reference, "bias.grad", divide=lambda case: _terms(case)["bias.grad"]
    ),
    "the input gradient ignores the upstream gradient": predict(reference, "x.grad", alter=upstream_ones),
    "the weight gradient ignores the upstream gradient": predict(reference, "weight.grad", alter=upstream_ones),
    "the bias gradient ignores the upstream gradient": predict(reference, "bias.grad", alter=upstream_ones),
}


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """That of any order of the sums; a Fourier transform in float64 spreads the rounding of one place over all."""
    direct = multilinear(reference, _terms)(case, expected, u)
    x, weight, dy = (float(np.linalg.norm(case.arrays[name])) for name in ("x", "weight", "dy"))
    spread = {"y": x * weight, "x.grad": dy * weight, "weight.grad": x * dy}
    return {name: allowed + 8 * FLOAT64 * spread.get(name, 0.0) for name, allowed in direct.items()}


conv2d = Operator(
    "Conv2d",
    conv2d_cases(),
    reference,
    bound,
    examples=conv2d_examples(),
    mistakes=MISTAKES,
)
