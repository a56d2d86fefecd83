"""Networks of a few modules with the cross entropy of a softmax at the end: the cases for sequential.py.

Cases are drawn so that no rounding can move a ReLU over its kink or a maximum to another cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.cases import Palette, palettes, sizes
from checker.operator import Array, Case, Operator, Option, Reference
from reference.operators.sequential import Module, bound, gradients_from, is_clear, kinks, logits, reference


class _Sizes(NamedTuple):
    """The numbers that a network is built from; ``pool`` is kernel and stride of its pools."""

    n: int = 3
    channels: int = 2
    classes: int = 4
    picture: tuple[int, int] = (5, 6)
    kernel: int = 3
    stride: int = 1
    padding: int = 1
    pool: tuple[int, int] = (2, 2)


_USUAL = _Sizes()
ATTEMPTS = 100
"""Of as many sets of values one is clear, or the sizes are given up."""


def _network(kinds: Sequence[str], size: _Sizes) -> tuple[list[Module], tuple[int, ...]]:
    """The modules of these kinds, fitted together, and the shape of a batch."""
    pictures = any(kind in ("Conv2D", "MaxPooling") for kind in kinds)
    shape = [size.channels, *size.picture] if pictures else [size.picture[0]]
    batch = (size.n, *shape)
    modules = []
    for i, kind in enumerate(kinds):
        if kind == "Conv2D":
            k = min(size.kernel, *(n + 2 * size.padding for n in shape[1:]))
            # Windows of padding alone would all hold the bias, and tie.
            padding = min(size.padding, k - 1)
            modules.append(Module(kind, (shape[0], shape[0] + 1, k, size.stride, padding)))
            shape = [shape[0] + 1, *((n + 2 * padding - k) // size.stride + 1 for n in shape[1:])]
        elif kind == "MaxPooling":
            k = min(size.pool[0], *shape[1:])
            modules.append(Module(kind, (k, size.pool[1])))
            shape = [shape[0], *((n - k) // size.pool[1] + 1 for n in shape[1:])]
        elif kind == "Linear":
            out = size.classes if i == len(kinds) - 1 else size.classes + 2
            modules.append(Module(kind, (prod(shape), out)))
            shape = [out]
        else:
            modules.append(Module(kind, ()))
    return modules, batch


def _arrays(values: Palette, modules: Sequence[Module], batch: tuple[int, ...]) -> dict[str, Array]:
    """Weights of at most about 1 keep the softmax from saturating; biases that end in a half keep sums off 0."""
    arrays = {"x": values("x", *batch)}
    for i, (kind, arguments) in enumerate(modules):
        if kind in ("Conv2D", "Linear"):
            inputs, outputs = arguments[:2]
            shape = (outputs, inputs, *arguments[2:3] * 2) if kind == "Conv2D" else (inputs, outputs)
            arrays[f"weight{i}"] = values(f"weight{i}", *shape) / 4
            arrays[f"bias{i}"] = values(f"bias{i}", outputs) + 0.5
    return arrays


def _case(values: Palette, kinds: Sequence[str], size: _Sizes = _USUAL, *, used: bool = False, note: str = "") -> Case:
    modules, batch = _network(kinds, size)
    labels = values.labels("labels", size.n, size.classes)
    for attempt in range(ATTEMPTS):
        mode = values.mode if attempt < 3 else "normal"
        arrays = _arrays(Palette(mode, values.seed + 2**16 * attempt), modules, batch)
        options: dict[str, Option] = {"modules": tuple(map(str, modules))}
        case = Case({**arrays, "labels": labels}, options, {"used_before": used}, note)
        if is_clear(case):
            break
    else:
        reject()
    return case


_PATTERNS = (
    ("Linear",),
    ("Linear", "ReLU", "Linear"),
    ("Conv2D", "ReLU", "MaxPooling", "Linear"),
    ("Conv2D", "Linear"),
    ("ReLU", "Linear"),
    ("MaxPooling", "Linear", "ReLU", "Linear"),
    ("Conv2D", "MaxPooling", "ReLU", "Linear"),
    ("Conv2D", "ReLU", "Conv2D", "ReLU", "MaxPooling", "Linear"),
)


@st.composite
def classifier_cases(draw: DrawFn) -> Case:
    """Up to six modules on up to four samples."""
    n, channels, classes = draw(sizes((1, 3), (1, 2), (2, 4)))
    picture = draw(sizes((2, 5), (2, 5)))
    size = _Sizes(
        n,
        channels,
        classes,
        (picture[0], picture[1]),
        draw(st.integers(1, 3)),
        draw(st.integers(1, 2)),
        draw(st.integers(0, 1)),
        draw(st.sampled_from(((2, 2), (2, 1), (3, 2)))),
    )
    return _case(draw(palettes("small", "normal")), draw(st.sampled_from(_PATTERNS)), size, used=draw(st.booleans()))


EXAMPLES = (
    _case(Palette(seed=1), _PATTERNS[0], note="a single module"),
    _case(Palette("normal", 2), _PATTERNS[2], note="convolution, ReLU, pooling and a linear layer"),
    _case(Palette("normal", 3), _PATTERNS[7], _Sizes(2, 1, 3, (5, 4)), note="two convolutions"),
    _case(Palette("normal", 4), _PATTERNS[1], _Sizes(5, classes=2), note="two classes"),
    _case(Palette("normal", 5), _PATTERNS[4], _Sizes(4, classes=3), note="the first module has no parameters"),
    _case(Palette("normal", 6), _PATTERNS[2], _Sizes(1, 3, 2), note="a single sample"),
    _case(Palette("normal", 7), _PATTERNS[2], used=True, note="the network has been used before"),
)


def _probabilities(case: Case) -> Array:
    return reference(case)["probs"]


MISTAKES: dict[str, Reference] = {
    "the logits are returned instead of the probabilities": lambda case: {"probs": logits(case)},
    "the logarithms of the probabilities are returned": lambda case: {"probs": np.log(_probabilities(case))},
    "the probabilities are passed back instead of the criterion's gradient": lambda case: gradients_from(
        case, _probabilities(case)
    ),
}

classifier = Operator(
    "ConvNet", classifier_cases(), reference, bound, examples=EXAMPLES, kinks=kinks, mistakes=MISTAKES, upstream=()
)
