"""Accuracy: the share of rows whose largest prediction is at the target, between 0 and 1.

Conventions: x (N, C) predictions, t (N, C) one-hot targets. No row has two largest values.
"""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, palettes, sizes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import one_thread, tensor
from reference.operators.faults import batch_size, predict


def reference(case: Case) -> Outputs:
    """The share of equal ``torch.argmax``."""
    with one_thread():
        x, t = (tensor(case.arrays[name]).argmax(1) for name in ("x", "t"))
        return {"y": (x == t).double().mean().numpy()}


def _case(values: Palette, n: int, c: int, right: float = 0.5, note: str = "") -> Case:
    """``right`` is how likely a row is right."""
    x = values("x", n, c)
    best = x.argmax(1)
    other = (best + values.rng("other").integers(1, max(c, 2), n)) % c
    labels = np.where(values.rng("right").random(n) < right, best, other)
    return Case({"x": x, "t": np.eye(c)[labels]}, note=note)


@st.composite
def accuracy_cases(draw: DrawFn) -> Case:
    """N up to 8, C from 2 to about 8; about half of the rows are right."""
    n, c = draw(sizes((1, 8), (2, 7)))
    return _case(draw(palettes("distinct", "normal")), n, c, draw(st.sampled_from((0.5, 0.3, 0.8))))


EXAMPLES = (
    _case(Palette("distinct", 1), 1, 3, 1.0, note="a single sample, right"),
    _case(Palette("normal", 2), 6, 4, 1.0, note="every row right"),
    _case(Palette("normal", 3), 5, 3, 0.0, note="every row wrong"),
    _case(Palette("normal", 4), 3, 7, note="more classes than samples"),
    _case(Palette("normal", 5), 9, 4, note="more samples than classes"),
)


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """A count is exact; its mean is rounded, as a division or as a product with 1/N."""
    return {"y": gamma(2, u) * expected["y"]}


def _over_batch(case: Case) -> Outputs:
    x, t = (case.arrays[name].argmax(0) for name in ("x", "t"))
    return {"y": np.asarray((x == t).mean())}


def _entries(case: Case) -> Array:
    x = case.arrays["x"]
    return np.asarray(((x == x.max(1, keepdims=True)) == case.arrays["t"]).mean())


MISTAKES: dict[str, Reference] = {
    "the right rows are counted, not divided by their number": predict(
        reference, "y", divide=lambda case: 1 / batch_size(case)
    ),
    "the right rows are divided by the number of classes": predict(
        reference, "y", divide=lambda case: case.arrays["x"].shape[1] / batch_size(case)
    ),
    "the accuracy is in percent instead of a share": predict(reference, "y", divide=lambda case: 0.01),
    "the largest value is looked for over the batch (axis 0) instead of the classes": _over_batch,
    "the share of wrong rows is returned": lambda case: {"y": 1 - reference(case)["y"]},
    "single entries are compared instead of rows": lambda case: {"y": _entries(case)},
}

accuracy = Operator("Accuracy", accuracy_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES, upstream=())
