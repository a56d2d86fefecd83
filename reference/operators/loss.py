"""Losses. Cross entropy of a softmax: loss_i = log(sum_j exp(x_ij)) - x_i,label.

Conventions: x (N, C) of logits, labels (N,) int64 in 0..C-1. With reduction "none" the loss and dy are (N,); with
"mean" they are scalars. Logits may be thousands apart: the loss then is their distance, not infinity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, float32, palettes, sizes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd
from reference.operators.faults import batch_size, predict, upstream_ones

FAR = "of large logits"
FIRST_FAR = 64
"""From about 88 on, exp overflows in float32, and at -104 it vanishes."""

EPSILONS = ("1e-4", "1e-5", "1e-6", "1e-7", "1e-8", "1e-9", "1e-10", "1e-12", "1e-15", "1e-16")
"""Numbers by which students keep a probability away from 0."""

LIBM = 12
"""Roundings granted to exp and log: six units in the last place each (NumPy's float32 ones measure 2.4)."""


def forward(x: torch.Tensor, labels: torch.Tensor, reduction: str) -> torch.Tensor:
    """``torch.nn.functional.cross_entropy``."""
    return torch.nn.functional.cross_entropy(x, labels, reduction=reduction)


reference = autograd(forward, ("x",))


def _case(values: Palette, n: int, c: int, reduction: str, used_before: bool = False, note: str = "") -> Case:
    arrays = {"x": values("x", n, c), "labels": values.labels("labels", n, c)}
    arrays["dy"] = values.upstream("dy", *(() if reduction == "mean" else (n,)))
    return Case(arrays, {"reduction": reduction}, {"used_before": used_before}, note)


def _apart(case: Case, gap: float, right: bool = False) -> Case:
    """The case with one logit of every row raised by ``gap``: the label's, or the one after it."""
    x, labels = case.arrays["x"].copy(), case.arrays["labels"]
    x[np.arange(len(x)), labels if right else (labels + 1) % x.shape[1]] += gap
    return _grouped(case.with_arrays(x=float32(x)))


def _grouped(case: Case) -> Case:
    """Large logits are scored apart: a plain softmax is right until exp overflows or a probability vanishes."""
    return replace(case, group=FAR if np.abs(case.arrays["x"]).max() > FIRST_FAR else "")


@st.composite
def cross_entropy_cases(draw: DrawFn, reduction: str = "none") -> Case:
    """N up to 6, C from 2 to about 7; in some cases every row's offset differs, or one logit is 30 or 200 ahead."""
    n, c = draw(sizes((1, 6), (2, 7)))
    values = draw(palettes("small", "normal", "offset rows"))
    case = _grouped(_case(values, n, c, reduction, draw(st.booleans())))
    gap = draw(st.sampled_from((0.0, 0.0, 30.0, 200.0)))
    return _apart(case, gap, right=draw(st.booleans())) if gap else case


def _examples(reduction: str) -> tuple[Case, ...]:
    offset = np.array([[1000.0], [-1000.0], [1000.0], [-1000.0]])
    ends = _case(Palette("normal", 5), 5, 3, reduction, note="first and last class, repeated, one absent")
    rows = _case(Palette("normal", 4), 4, 3, reduction, note="rows offset by +1000 and -1000")
    zero = _case(Palette(seed=6), 3, 4, reduction, note="zero upstream gradient")
    return (
        _case(Palette(seed=1), 1, 3, reduction, note="a single sample"),
        _case(Palette("normal", 2), 5, 2, reduction, note="two classes"),
        ends.with_arrays(labels=np.array([2, 0, 2, 0, 0])),
        _grouped(rows.with_arrays(x=float32(rows.arrays["x"] + offset))),
        zero.with_arrays(dy=np.zeros_like(zero.arrays["dy"])),
        _apart(_case(Palette("normal", 7), 4, 3, reduction, note="logits 30 apart"), 30, right=True),
        _apart(_case(Palette("normal", 8), 4, 3, reduction, note="logits 200 apart"), 200),
        _apart(_case(Palette("normal", 9), 4, 3, reduction, note="logits 2000 apart, confident and right"), 2000, True),
        _apart(_case(Palette("normal", 10), 3, 4, reduction, note="logits 2000 apart, confident and wrong"), 2000),
        _case(Palette("normal", 11), 3, 5, reduction, used_before=True, note="the loss has been used before"),
        _case(Palette("normal", 12), 4, 4, reduction, note="as many samples as classes"),
    )


def _onehot(case: Case) -> Array:
    return np.asarray(np.eye(case.arrays["x"].shape[1])[case.arrays["labels"]])


def _share(case: Case) -> Array:
    """The weight of each sample's loss in sum(loss * dy), as a column."""
    n, dy = len(case.arrays["x"]), case.arrays["dy"]
    return np.full((n, 1), dy / n) if dy.ndim == 0 else dy[:, None]


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Shifted exponentials, their sum and its logarithm; the terms in |max| admit exp(x - logsumexp(x))."""
    x, labels = case.arrays["x"], case.arrays["labels"]
    n, c = x.shape
    top = x.max(1, keepdims=True)
    depth = top - x
    p = np.exp(-depth) / np.exp(-depth).sum(1, keepdims=True)
    loss = reference(_with(case, "none"))["y"]
    each = u * (3 * depth[np.arange(n), labels] + 2 * np.abs(top[:, 0]) + c + LIBM + 3 * loss + 2 * np.log(c))
    rho = u * (depth + 2 * (p * depth).sum(1, keepdims=True) + np.abs(top) + np.log(c) + c + LIBM)
    y = each if expected["y"].ndim else np.asarray(each.mean() + gamma(n + 1, u) * loss.mean())
    return {"y": y, "x.grad": np.abs(_share(case)) * (rho * p + 4 * u * (p + _onehot(case)))}


def _with(case: Case, reduction: str) -> Case:
    dy = _share(case)[:, 0]
    return Case({**case.arrays, "dy": dy.sum() if reduction == "mean" else dy}, {"reduction": reduction})


def _from_softmax(p: Callable[[Array], Array], epsilon: float = 0.0) -> Reference:
    """The loss as -log(p + epsilon) of a softmax, and its gradient as p minus one-hot."""

    def mistake(case: Case) -> Outputs:
        with np.errstate(all="ignore"):
            probability = p(case.arrays["x"])
            loss = -np.log(probability[np.arange(len(probability)), case.arrays["labels"]] + epsilon)
            y = loss if case.arrays["dy"].ndim else np.asarray(loss.mean())
            return {"y": y, "x.grad": _share(case) * (probability - _onehot(case))}

    return mistake


def _from_logsumexp(shift: Callable[[Array], Any]) -> Reference:
    """The loss as log(sum(exp(z))) - z[label] with z = x - shift, and its gradient."""

    def mistake(case: Case) -> Outputs:
        with np.errstate(all="ignore"):
            z = case.arrays["x"] - shift(case.arrays["x"])
            logp = z - np.log(np.exp(z).sum(1, keepdims=True))
            loss = -logp[np.arange(len(z)), case.arrays["labels"]]
            y = loss if case.arrays["dy"].ndim else np.asarray(loss.mean())
            return {"y": y, "x.grad": _share(case) * (np.exp(logp) - _onehot(case))}

    return mistake


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(1, keepdims=True))
    return np.asarray(e / e.sum(1, keepdims=True))


def _unshifted(x: Array) -> Array:
    e = np.exp(x)
    return np.asarray(e / e.sum(1, keepdims=True))


def _one_shift(x: Array) -> Array:
    e = np.exp(x - x.max())
    return np.asarray(e / e.sum(1, keepdims=True))


def _over_batch(x: Array) -> Array:
    return np.asarray(_softmax(x.T).T)


def _at_least(epsilon: float) -> Callable[[Array], Array]:
    return lambda x: np.asarray(np.maximum(_softmax(x), epsilon))


def _largest(case: Case) -> Outputs:
    x = case.arrays["x"]
    return {"x.grad": _share(case) * (_softmax(x) - np.eye(x.shape[1])[x.argmax(1)])}


def _columns(case: Case) -> Outputs:
    ones = np.zeros_like(case.arrays["x"])
    ones[:, case.arrays["labels"]] = 1
    return {"x.grad": _share(case) * (_softmax(case.arrays["x"]) - ones)}


MISTAKES: dict[str, Reference] = {
    "exp overflows because the largest logit of the row is not subtracted first": _from_softmax(_unshifted),
    "one maximum is subtracted for the whole batch instead of one per row": _from_softmax(_one_shift),
    "the log of the sum of exp overflows because the largest logit of the row is not subtracted first": _from_logsumexp(
        lambda x: 0
    ),
    "the log of the sum of exp is taken after subtracting one maximum for the whole batch": _from_logsumexp(np.max),
    "the softmax runs over the batch instead of the classes": _from_softmax(_over_batch),
    "the logarithm is taken of a probability that has become 0": predict(_from_softmax(_softmax), "y"),
    **{
        f"{epsilon} is added to the probability inside the logarithm": predict(
            _from_softmax(_softmax, float(epsilon)), "y"
        )
        for epsilon in EPSILONS
    },
    **{
        f"the probability is cut off at {epsilon} before its logarithm is taken": predict(
            _from_softmax(_at_least(float(epsilon))), "y"
        )
        for epsilon in EPSILONS
    },
    "the logarithm is base 2": predict(reference, "y", divide=lambda case: float(np.log(2))),
    "the upstream gradient is ignored": predict(reference, "x.grad", alter=upstream_ones),
    "one is not subtracted at the label": lambda case: {"x.grad": _share(case) * _softmax(case.arrays["x"])},
    "one is subtracted in the label columns of every sample": _columns,
    "one is subtracted at the largest logit instead of the label": _largest,
}


def _mean_upstream(case: Case) -> Case:
    dy = case.arrays["dy"]
    return case.with_arrays(dy=np.full_like(dy, dy.mean()))


NONE_MISTAKES: dict[str, Reference] = MISTAKES | {
    "every loss is divided by the batch size": predict(reference, "y", divide=batch_size),
    "every sample gets the mean loss": lambda case: {"y": np.full_like(case.arrays["dy"], reference(case)["y"].mean())},
    "the gradient is divided by the batch size": predict(reference, "x.grad", divide=batch_size),
    "every sample gets the mean of the upstream gradient": predict(reference, "x.grad", alter=_mean_upstream),
}

MEAN_MISTAKES: dict[str, Reference] = MISTAKES | {
    "the loss is summed instead of averaged": predict(reference, "y", divide=lambda case: 1 / batch_size(case)),
    "the loss is averaged over the classes, too": predict(
        reference, "y", divide=lambda case: case.arrays["x"].shape[1]
    ),
    "the gradient is not divided by the batch size": predict(
        reference, "x.grad", divide=lambda case: 1 / batch_size(case)
    ),
    "the gradient is divided by the batch size twice": predict(reference, "x.grad", divide=batch_size),
    "the gradient is divided by the number of classes instead of the batch size": predict(
        reference, "x.grad", divide=lambda case: case.arrays["x"].shape[1] / batch_size(case)
    ),
}


def _operator(reduction: str, mistakes: dict[str, Reference]) -> Operator:
    cases, examples = cross_entropy_cases(reduction), _examples(reduction)
    return Operator("CrossEntropy", cases, reference, bound, examples=examples, mistakes=mistakes)


cross_entropy = _operator("none", NONE_MISTAKES)
cross_entropy_mean = _operator("mean", MEAN_MISTAKES)
