"""Unfold (im2col) and fold (col2im).

Conventions: pictures are (N, C, H, W), columns (N, C*kh*kw, oH, oW) with the channel slowest and the kernel's row
before its column, as ``torch.nn.functional.unfold`` orders them; its last axis is split into (oH, oW) here. Padding is
zeros on all four sides; rows and columns that no whole window reaches are dropped. Fold adds up what overlaps and is
asked only at sizes that the windows fit exactly, since (H, W) cannot be told from the columns otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any, Literal, cast

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import exact, multilinear
from checker.cases import Palette, Window, palettes, sizes, window, windows
from checker.operator import Array, Case, Operator, Outputs
from reference.operators.autograd import autograd

Pair = tuple[int, int]


def unfold_forward(x: torch.Tensor, kernel: Pair, stride: int, padding: int) -> torch.Tensor:
    """``torch.nn.functional.unfold`` with the positions in two axes."""
    high, wide = ((size + 2 * padding - cells) // stride + 1 for size, cells in zip(x.shape[2:], kernel, strict=True))
    columns = torch.nn.functional.unfold(x, kernel, padding=padding, stride=stride)
    return columns.reshape(len(x), -1, high, wide)


def fold_forward(x: torch.Tensor, size: Pair, kernel: Pair, stride: int, padding: int) -> torch.Tensor:
    """``torch.nn.functional.fold`` with the positions in two axes."""
    return torch.nn.functional.fold(x.flatten(2), size, kernel, padding=padding, stride=stride)


unfold_reference = autograd(unfold_forward)
fold_reference = autograd(fold_forward)


def _unfold_case(values: Palette, n: int, c: int, sliding: Window, note: str = "") -> Case:
    return Case({"x": values("x", n, c, *sliding.size)}, sliding.options, note=note)


def _fold_case(values: Palette, n: int, c: int, sliding: Window, note: str = "") -> Case:
    (high, wide), size = sliding.kernel, sliding.size
    return Case({"x": values("x", n, c * high * wide, *sliding.out)}, {**sliding.options, "size": size}, note=note)


@st.composite
def unfold_cases(draw: DrawFn) -> Case:
    """Up to about 3 samples and channels."""
    n, c = draw(sizes((1, 3), (1, 3)))
    return _unfold_case(draw(palettes("distinct", "small", "normal", "large")), n, c, draw(windows()))


@st.composite
def fold_cases(draw: DrawFn) -> Case:
    """As unfold, without a tail."""
    n, c = draw(sizes((1, 3), (1, 3)))
    return _fold_case(draw(palettes("small", "distinct", "normal", "large")), n, c, draw(windows(fitting=True)))


UNFOLD_EXAMPLES = (
    _unfold_case(Palette("distinct", 1), 1, 1, window((2, 3), out=(2, 2)), "a single sample and channel"),
    _unfold_case(
        Palette("distinct", 2), 2, 3, window((3, 2), stride=2, out=(2, 3), tail=(1, 1)), "the stride leaves a tail"
    ),
    _unfold_case(Palette("distinct", 3), 3, 2, window((1, 2), stride=3, out=(2, 3)), "stride larger than the kernel"),
    _unfold_case(Palette("distinct", 4), 2, 1, window((2, 3)), "the kernel covers the whole input"),
    _unfold_case(Palette("distinct", 5), 1, 2, window((1, 1), padding=1, out=(4, 5)), "padding around a 1x1 kernel"),
)

FOLD_EXAMPLES = (
    _fold_case(Palette(seed=1), 1, 1, window((2, 3), out=(2, 2)), "a single sample and channel"),
    _fold_case(Palette("normal", 2), 2, 3, window((3, 2), stride=2, out=(2, 3)), "windows overlap in height only"),
    _fold_case(Palette("normal", 3), 3, 2, window((1, 2), stride=3, out=(2, 3)), "stride larger than the kernel"),
    _fold_case(Palette(seed=4), 2, 1, window((2, 3)), "the kernel covers the whole output"),
    _fold_case(Palette(seed=5), 1, 2, window((1, 1), padding=1, out=(4, 5)), "padding around a 1x1 kernel"),
    _fold_case(Palette("normal", 6), 2, 3, window((3, 4), padding=1, out=(4, 3)), "padding and overlap"),
)


def overlap(case: Case) -> int:
    """How many windows a cell can lie in at most."""
    (high, wide), stride = cast(Pair, case.options["kernel"]), cast(int, case.options["stride"])
    return ceil(high / stride) * ceil(wide / stride)


def overwrite(columns: Array, size: Pair, kernel: Pair, stride: int, padding: int, *, by_cell: bool) -> Array:
    """What fold gives with ``=`` in place of ``+=``, looping over the kernel's cells or over the windows."""
    (high, wide), (down, right) = kernel, columns.shape[2:]
    blocks = columns.reshape(len(columns), -1, high, wide, down, right)
    full = np.zeros((*blocks.shape[:2], size[0] + 2 * padding, size[1] + 2 * padding))
    if by_cell:
        for i, j in np.ndindex(high, wide):
            full[:, :, i : i + stride * down : stride, j : j + stride * right : stride] = blocks[:, :, i, j]
    else:
        for i, j in np.ndindex(down, right):
            full[:, :, i * stride : i * stride + high, j * stride : j * stride + wide] = blocks[..., i, j]
    return full[:, :, padding : padding + size[0], padding : padding + size[1]]


def padded(case: Case, before: int, after: int, mode: Literal["constant", "edge"] = "constant") -> Case:
    """The case with the padding in x already, ``before`` and ``after`` times its width."""
    p = cast(int, case.options["padding"])
    frame = (before * p, after * p)
    x = np.pad(case.arrays["x"], ((0, 0), (0, 0), frame, frame), mode)
    return replace(case.with_arrays(x=x), options={**case.options, "padding": 0})


def _blocks(case: Case, columns: Array) -> Array:
    return columns.reshape(len(columns), -1, *cast(Pair, case.options["kernel"]), *columns.shape[2:])


def _channels_fastest(case: Case) -> Outputs:
    y = unfold_reference(case)["y"]
    return {"y": np.moveaxis(_blocks(case, y), 1, 3).reshape(y.shape)}


def _by_column(case: Case) -> Outputs:
    y = unfold_reference(case)["y"]
    return {"y": _blocks(case, y).swapaxes(2, 3).reshape(y.shape)}


def _back_to_front(case: Case) -> Outputs:
    y = unfold_reference(case)["y"]
    return {"y": _blocks(case, y)[:, :, ::-1, ::-1].reshape(y.shape)}


def _fold_channels_fastest(case: Case) -> Outputs:
    x, (high, wide) = case.arrays["x"], cast(Pair, case.options["kernel"])
    blocks = np.moveaxis(x.reshape(len(x), high, wide, -1, *x.shape[2:]), 3, 1)
    return fold_reference(case.with_arrays(x=blocks.reshape(x.shape)))


def _fold_by_column(case: Case) -> Outputs:
    x, (high, wide) = case.arrays["x"], cast(Pair, case.options["kernel"])
    blocks = x.reshape(len(x), -1, wide, high, *x.shape[2:]).swapaxes(2, 3)
    return fold_reference(case.with_arrays(x=blocks.reshape(x.shape)))


def _fold_overwrite(by_cell: bool) -> Any:
    return lambda case: {"y": overwrite(case.arrays["x"], **case.options, by_cell=by_cell)}


def _crop_after(case: Case) -> Outputs:
    (high, wide), p = cast(Pair, case.options["size"]), cast(int, case.options["padding"])
    uncropped = {**case.options, "size": (high + 2 * p, wide + 2 * p), "padding": 0}
    return {"y": fold_reference(replace(case, options=uncropped))["y"][:, :, :high, :wide]}


def _averaged(case: Case) -> Outputs:
    counts = fold_reference(case.with_arrays(x=np.ones_like(case.arrays["x"])))["y"]
    return {"y": fold_reference(case)["y"] / np.maximum(counts, 1)}


unfold = Operator(
    "Unfold",
    unfold_cases(),
    unfold_reference,
    exact,
    examples=UNFOLD_EXAMPLES,
    mistakes={
        "the channel varies fastest along the columns instead of slowest": _channels_fastest,
        "windows are read column by column instead of row by row": _by_column,
        "windows are read back to front": _back_to_front,
        "the padding is put at the bottom and on the right only": lambda case: unfold_reference(padded(case, 0, 2)),
        "the padding repeats the edge instead of zeros": lambda case: unfold_reference(padded(case, 1, 1, "edge")),
    },
    upstream=(),
)

fold = Operator(
    "Fold",
    fold_cases(),
    fold_reference,
    multilinear(fold_reference, lambda case: {"y": overlap(case)}),
    examples=FOLD_EXAMPLES,
    mistakes={
        "overlapping windows overwrite each other instead of adding up, the last window wins": _fold_overwrite(False),
        "overlapping windows overwrite each other instead of adding up, the last kernel cell wins": _fold_overwrite(
            True
        ),
        "overlapping windows are averaged instead of added up": _averaged,
        "the channel is taken to vary fastest along the columns": _fold_channels_fastest,
        "windows are filled column by column instead of row by row": _fold_by_column,
        "the padding is cropped at the bottom and on the right only": _crop_after,
    },
    upstream=(),
)
