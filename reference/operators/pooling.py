"""MaxPool2d: the largest entry of every window.

Conventions: x (N, C, H, W), y and dy (N, C, oH, oW); stride and padding are one number for both axes; rows and columns
that no whole window reaches are dropped. Padding never wins: torch pads with -inf, and padded cases are positive, so
that code that pads with zeros agrees. The first of several maxima of a window gets its gradient, in row-major order as
in torch; cells of such a window are kinks, so any choice there costs nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import exact, gamma
from checker.cases import Palette, Window, float32, palettes, sizes, window, windows
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd
from reference.operators.faults import predict, upstream_ones
from reference.operators.unfold import fold_reference, overlap, overwrite


def forward(x: torch.Tensor, kernel: tuple[int, int], stride: int, padding: int) -> torch.Tensor:
    """``torch.nn.functional.max_pool2d``."""
    return torch.nn.functional.max_pool2d(x, kernel, stride, padding)


reference = autograd(forward, ("x",))


def _case(
    values: Palette, n: int, c: int, sliding: Window, *, as_int: bool = False, used: bool = False, note: str = ""
) -> Case:
    x = values("x", n, c, *sliding.size)
    if sliding.padding:
        x = float32(x - x.min() + 1)
    arrays = {"x": x, "dy": values.upstream("dy", n, c, *sliding.out)}
    return Case(arrays, sliding.options, {"kernel_as_int": as_int, "used_before": used}, note)


@st.composite
def maxpool2d_cases(draw: DrawFn, *, square: bool = False, padded: bool = True) -> Case:
    """Mostly untied values, so that the way of the gradient is seen everywhere; "small" values tie often."""
    n, c = draw(sizes((1, 3), (1, 3)))
    sliding = draw(windows(square=square, padded=padded, half_padded=True))
    as_int = draw(st.booleans()) and sliding.kernel[0] == sliding.kernel[1]
    values = draw(palettes("distinct", "normal", "negative", "small"))
    return _case(values, n, c, sliding, as_int=as_int, used=draw(st.booleans()))


def maxpool2d_examples(*, square: bool = False, padded: bool = True) -> tuple[Case, ...]:
    """Cases that drawing meets rarely."""
    distinct, wide = Palette("distinct", 1), 3 if square else 2
    zero = _case(distinct, 2, 1, window((3, wide), out=(2, 1)), note="zero upstream gradient")
    padding = (
        _case(distinct, 2, 3, window((3, wide), padding=1, out=(4, 3)), note="padding and overlap"),
        _case(distinct, 1, 2, window((3, wide), padding=1, stride=2, out=(2, 3), tail=(1, 0)), note="padding and tail"),
    )
    return (
        _case(distinct, 1, 1, window((3, wide), out=(2, 3)), note="a single sample and channel"),
        _case(distinct, 2, 3, window((3, wide), stride=2, out=(2, 3), tail=(1, 1)), note="the stride leaves a tail"),
        _case(distinct, 3, 2, window((wide, wide), stride=3, out=(2, 3)), note="stride larger than the kernel"),
        _case(distinct, 3, 2, window((3, wide)), note="the kernel covers the whole input"),
        _case(distinct, 2, 3, window((1, 1), out=(2, 3)), note="a 1x1 kernel"),
        _case(distinct, 3, 3, window((wide, wide), out=(3, 3)), note="samples, channels and sizes are equal"),
        _case(Palette("negative", 2), 2, 3, window((3, wide), stride=2, out=(2, 3)), note="negative values only"),
        _case(
            distinct, 2, 3, window((2, 2), stride=2, out=(2, 3)), as_int=True, note="the kernel is given as one number"
        ),
        _case(Palette("small", 3), 2, 3, window((3, wide), out=(3, 4)), note="several maxima in a window"),
        _case(distinct, 2, 3, window((3, wide), out=(3, 4)), used=True, note="the layer has been used before"),
        zero.with_arrays(dy=np.zeros_like(zero.arrays["dy"])),
        *(padding if padded else ()),
    )


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Selection is exact; a cell's gradient is a sum over the windows that it wins."""
    twin = reference(case.with_arrays(dy=np.abs(case.arrays["dy"])))["x.grad"]
    return exact(case, expected, u) | {"x.grad": gamma(overlap(case), u) * twin}


def _cells(case: Case) -> Array:
    """The cells of every window, (N, C, kh*kw, oH, oW), with padding as -inf."""
    option: dict[str, Any] = dict(case.options)
    p, s = option["padding"], option["stride"]
    x = np.pad(case.arrays["x"], ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    view = np.lib.stride_tricks.sliding_window_view(x, option["kernel"], (2, 3))[:, :, ::s, ::s]
    return np.moveaxis(view.reshape(*view.shape[:4], -1), 4, 2)


def _spread(case: Case, columns: Array) -> Array:
    """Columns (N, C, kh*kw, oH, oW) added up in the cells that they belong to."""
    options = {**case.options, "size": case.arrays["x"].shape[2:]}
    flat = columns.reshape(len(columns), -1, *columns.shape[3:])
    return fold_reference(Case({"x": flat.astype(np.float64)}, options))["y"]


def kinks(case: Case) -> Outputs:
    """Every cell of a window whose maximum is attained twice."""
    cells = _cells(case)
    tied = (cells == cells.max(2, keepdims=True)).sum(2, keepdims=True) > 1
    return {"x.grad": _spread(case, np.broadcast_to(tied, cells.shape)) > 0}


def _winners(case: Case, *, last: bool = False) -> Array:
    """1 at the first (or last) maximum of every window."""
    cells = _cells(case)
    count = cells.shape[2]
    at = count - 1 - cells[:, :, ::-1].argmax(2) if last else cells.argmax(2)
    return np.asarray(np.arange(count)[:, None, None] == at[:, :, None]).astype(np.float64)


def _every_tie(case: Case) -> Array:
    cells = _cells(case)
    return np.asarray(cells == cells.max(2, keepdims=True)).astype(np.float64)


def _gradient(share: Any) -> Reference:
    """The gradient when every window hands ``share`` of its upstream gradient to its cells."""
    return lambda case: {"x.grad": _spread(case, share(case) * case.arrays["dy"][:, :, None])}


def _split_ties(case: Case) -> Array:
    ties = _every_tie(case)
    return np.asarray(ties / ties.sum(2, keepdims=True))


def _even(case: Case) -> Array:
    cells = _cells(case)
    return np.full(cells.shape, 1 / cells.shape[2])


def _overwritten(by_cell: bool) -> Reference:
    def mistake(case: Case) -> Outputs:
        columns = _winners(case) * case.arrays["dy"][:, :, None]
        options: dict[str, Any] = dict(case.options)
        flat = columns.reshape(len(columns), -1, *columns.shape[3:])
        return {"x.grad": overwrite(flat, case.arrays["x"].shape[2:], **options, by_cell=by_cell)}

    return mistake


def _last_win(case: Case) -> Outputs:
    option: dict[str, Any] = dict(case.options)
    (_, wide), s, p = option["kernel"], option["stride"], option["padding"]
    dx, dy, at = np.zeros_like(case.arrays["x"]), case.arrays["dy"], _cells(case).argmax(2)
    for n, c, a, b in np.ndindex(*dy.shape):
        i, j = divmod(int(at[n, c, a, b]), wide)
        dx[n, c, a * s + i - p, b * s + j - p] = dy[n, c, a, b]
    return {"x.grad": dx}


def _average(case: Case) -> Outputs:
    return {"y": np.asarray(np.where(np.isinf(cells := _cells(case)), 0, cells).mean(2))}


MISTAKES: dict[str, Reference] = {
    "the average is taken instead of the maximum": _average,
    "the search for the maximum starts at 0": lambda case: {"y": np.maximum(reference(case)["y"], 0)},
    "the smallest entry is taken": lambda case: {"y": -reference(case.with_arrays(x=-case.arrays["x"]))["y"]},
    "the upstream gradient is ignored": predict(reference, "x.grad", alter=upstream_ones),
    "every tie gets the gradient": _gradient(_every_tie),
    "ties share the gradient": _gradient(_split_ties),
    "the last of several maxima gets the gradient": _gradient(lambda case: _winners(case, last=True)),
    "the gradient is spread evenly over the window": _gradient(_even),
    "a cell that wins several windows keeps the last gradient instead of the sum": _last_win,
    "overlapping windows overwrite each other instead of adding up, the last window wins": _overwritten(False),
    "overlapping windows overwrite each other instead of adding up, the last kernel cell wins": _overwritten(True),
}

maxpool2d = Operator(
    "MaxPool2d",
    maxpool2d_cases(),
    reference,
    bound,
    examples=maxpool2d_examples(),
    kinks=kinks,
    mistakes=MISTAKES,
)
