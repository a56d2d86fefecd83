"""Conv2d and MaxPool2d with one number for the kernel, and no padding of the pool, as many homeworks have them.

Everything else is as in conv.py and pooling.py; a few faults come on top that loops over windows invite.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from checker.operator import Array, Case, Outputs
from reference.operators import conv, pooling
from reference.operators.unfold import padded


def _no_stride(case: Case) -> Outputs:
    """The weight gradient when it takes windows that step by 1."""
    option: dict[str, Any] = dict(case.options)
    high, wide = option["kernel"]
    down, right = case.arrays["dy"].shape[2:]
    reached = padded(case, 1, 1).arrays["x"][:, :, : down + high - 1, : right + wide - 1]
    near = replace(case.with_arrays(x=reached), options={**option, "stride": 1, "padding": 0})
    return {"weight.grad": conv.reference(near)["weight.grad"]}


conv2d_square = replace(
    conv.conv2d,
    cases=conv.conv2d_cases(square=True),
    examples=conv.conv2d_examples(square=True),
    mistakes=conv.MISTAKES | {"the weight gradient is taken as if the stride were 1": _no_stride},
)


def _place(case: Case, cells: int, step: int) -> tuple[Array, Array]:
    """Maxima of windows of some size and step, cut off at the border, and the gradient that goes to them."""
    x, dy = case.arrays["x"], case.arrays["dy"]
    y, dx = np.zeros_like(dy), np.zeros_like(x)
    for n, c, a, b in np.ndindex(*dy.shape):
        part = x[n, c, a * step : a * step + cells, b * step : b * step + cells]
        i, j = np.unravel_index(int(part.argmax()), part.shape)
        y[n, c, a, b] = part[i, j]
        dx[n, c, a * step + i, b * step + j] += dy[n, c, a, b]
    return y, dx


def _stride_for_kernel(case: Case) -> Outputs:
    stride: Any = case.options["stride"]
    y, dx = _place(case, stride, stride)
    return {"y": y, "x.grad": dx}


maxpool2d_square = replace(
    pooling.maxpool2d,
    cases=pooling.maxpool2d_cases(square=True, padded=False),
    examples=pooling.maxpool2d_examples(square=True, padded=False),
    mistakes=pooling.MISTAKES
    | {
        "the window has the size of the stride instead of the kernel": _stride_for_kernel,
    },
)
