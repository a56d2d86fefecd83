"""The matrix of a convolution: vec(conv(X)) = A vec(X), for one input and one output channel.

Conventions: cross-correlation with zero padding; X and Y are flattened in row-major order, so A has one row per entry
of Y and one column per entry of X. The output ``A`` is asked at one setting (a 3x3 input and kernel, stride 4,
padding 2), and ``other sizes`` at any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import exact
from checker.cases import Palette, Window, palettes, windows
from checker.operator import Array, Case, Operator, Option, Outputs, Reference
from reference.operators.autograd import tensor
from reference.operators.unfold import Pair

GIVEN = Window((3, 3), 4, 2, (3, 3), (2, 2))
"""The setting of the problem: a 4x9 matrix with four entries."""


def forward(weight: torch.Tensor, input_shape: Pair, stride: int, padding: int) -> torch.Tensor:
    """``torch.nn.functional.conv2d`` of every unit image; the images are the columns."""
    images = torch.eye(prod(input_shape), dtype=weight.dtype).reshape(-1, 1, *input_shape)
    return torch.nn.functional.conv2d(images, weight[None, None], stride=stride, padding=padding).flatten(1).T


def _case(values: Palette, sliding: Window, note: str = "") -> Case:
    options: dict[str, Option] = {
        "input_shape": sliding.size,
        "stride": sliding.stride,
        "padding": sliding.padding,
    }
    return Case({"weight": values("weight", *sliding.kernel)}, options, note=note)


@st.composite
def conv_matrix_cases(draw: DrawFn) -> Case:
    """The given setting and other ones, with weights that are mostly all different."""
    values = draw(palettes("distinct", "normal", "small"))
    sliding = GIVEN if draw(st.booleans()) else draw(windows())
    return _case(values, sliding)


def _output(case: Case) -> str:
    option = case.options
    given = (option["input_shape"], option["stride"], option["padding"]) == (GIVEN.size, GIVEN.stride, GIVEN.padding)
    return "A" if given and case.arrays["weight"].shape == GIVEN.kernel else "other sizes"


def _matrix(case: Case) -> Array:
    options: dict[str, Any] = dict(case.options)
    return forward(tensor(case.arrays["weight"]), **options).numpy().copy()


def reference(case: Case) -> Outputs:
    """The matrix, under the name of its setting."""
    return {_output(case): _matrix(case)}


EXAMPLES = (
    _case(Palette("distinct", 1), GIVEN, "the problem's setting"),
    _case(Palette("normal", 2), GIVEN, "the problem's setting with fractions"),
    _case(Palette("distinct", 3), Window((3, 3), 1, 1, (4, 3), (4, 3)), "overlapping windows"),
    _case(Palette("distinct", 4), Window((2, 3), 2, 0, (5, 6), (2, 2)), "the stride leaves a tail"),
)


def _by_columns(matrix: Array, shape: Sequence[int]) -> Array:
    """The rows of a matrix, which run over a picture row by row, in the order that runs column by column."""
    return matrix[np.arange(prod(shape)).reshape(shape).T.ravel()]


def _flattened(*, y: bool = False, x: bool = False) -> Reference:
    """The matrix with Y or X flattened column by column."""

    def mistake(case: Case) -> Outputs:
        option: dict[str, Any] = dict(case.options)
        matrix, stride, p = _matrix(case), option["stride"], option["padding"]
        sizes = zip(option["input_shape"], case.arrays["weight"].shape, strict=True)
        out = [(n + 2 * p - k) // stride + 1 for n, k in sizes]
        matrix = _by_columns(matrix, out) if y else matrix
        return {_output(case): _by_columns(matrix.T, option["input_shape"]).T if x else matrix}

    return mistake


def _flipped(case: Case) -> Outputs:
    return {_output(case): _matrix(case.with_arrays(weight=case.arrays["weight"][::-1, ::-1]))}


def _transposed(case: Case) -> Outputs:
    """In the square setting of the problem, a transposed kernel is the same as both orders turned."""
    if _output(case) != "A":
        return {}
    return {"A": _matrix(case.with_arrays(weight=case.arrays["weight"].T))}


MISTAKES: dict[str, Reference] = {
    "the kernel is flipped": _flipped,
    "the kernel is transposed, or input and output are flattened column by column": _transposed,
    "the output is flattened column by column": _flattened(y=True),
    "the input is flattened column by column": _flattened(x=True),
}

conv_matrix = Operator(
    "conv2d as a matrix", conv_matrix_cases(), reference, exact, examples=EXAMPLES, mistakes=MISTAKES
)
