"""One epoch of training: a linear classifier after one step of SGD on the mean cross entropy of each batch.

Conventions: ``x`` (N, D) and ``labels`` (N,) come in batches of ``batch_size``, the last one smaller; ``weight`` (C, D)
and ``bias`` (C,) are the parameters before, the outputs of the same names those after the epoch. ``train mode`` is the
share of forward passes made in training mode.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, palettes, sizes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import one_thread, tensor

LIBM = 12


def _batches(case: Case) -> list[slice]:
    size = case.options["batch_size"]
    assert isinstance(size, int)
    return [slice(start, start + size) for start in range(0, len(case.arrays["x"]), size)]


Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def _train(
    case: Case, batches: Sequence[slice], *, zero: bool = True, loss: Loss = torch.nn.functional.cross_entropy
) -> Outputs:
    rate = case.options["learning_rate"]
    assert isinstance(rate, float)
    with one_thread():
        weight, bias = (tensor(case.arrays[name]).clone().requires_grad_() for name in ("weight", "bias"))
        optimizer = torch.optim.SGD([weight, bias], lr=rate)
        for batch in batches:
            if zero:
                optimizer.zero_grad()
            logits = torch.nn.functional.linear(tensor(case.arrays["x"][batch]), weight, bias)
            value: torch.Tensor = loss(logits, tensor(case.arrays["labels"][batch]))
            torch.autograd.backward(value)
            optimizer.step()
        return {"weight": weight.detach().numpy().copy(), "bias": bias.detach().numpy().copy()}


def reference(case: Case) -> Outputs:
    """``torch.optim.SGD`` on ``torch.nn.functional.cross_entropy``."""
    return {**_train(case, _batches(case)), "train mode": np.array(1.0)}


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """The error of each step's gradient, and of the parameters before it carried through the softmax."""
    rate = case.options["learning_rate"]
    assert isinstance(rate, float)
    w, b = case.arrays["weight"].copy(), case.arrays["bias"].copy()
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for batch in _batches(case):
        x, labels = case.arrays["x"][batch], case.arrays["labels"][batch]
        size = np.abs(x) @ np.abs(w).T + np.abs(b)
        dz = np.abs(x) @ dw.T + db + gamma(x.shape[1] + 1, u) * size
        z = x @ w.T + b
        depth = z.max(1, keepdims=True) - z
        p = np.exp(-depth) / np.exp(-depth).sum(1, keepdims=True)
        dz = dz + u * (2 * depth + np.abs(z).max(1, keepdims=True) + len(b) + LIBM)
        dp = p * (dz + (p * dz).sum(1, keepdims=True))
        steep = p - np.eye(len(b))[labels]
        n = len(x)
        dp = dp + gamma(n + 6, u) * (p + np.eye(len(b))[labels])
        gw, gb = steep.T @ x / n, steep.mean(0)
        dw = dw + rate * (dp.T @ np.abs(x) / n) + 3 * u * (np.abs(w) + rate * np.abs(gw))
        db = db + rate * dp.mean(0) + 3 * u * (np.abs(b) + rate * np.abs(gb))
        w, b = w - rate * gw, b - rate * gb
    return {"weight": dw, "bias": db, "train mode": np.array(0.0)}


def _case(values: Palette, shape: Sequence[int], batch_size: int, rate: float, *, used: bool, note: str = "") -> Case:
    n, d, c = shape
    arrays: dict[str, Array] = {
        "x": values("x", n, d),
        "labels": values.labels("labels", n, c),
        "weight": values("weight", c, d) / 4,
        "bias": values("bias", c) / 4,
    }
    return Case(arrays, {"batch_size": batch_size, "learning_rate": rate}, {"used_before": used}, note)


@st.composite
def epoch_cases(draw: DrawFn) -> Case:
    """Two to about nine batches; in some the model has been evaluated before."""
    size = draw(st.integers(2, 5))
    d, c = draw(sizes((2, 6), (2, 5)))
    n = size * draw(st.integers(1, 4)) + draw(st.integers(1, size - 1))
    rate = draw(st.sampled_from((0.25, 0.5, 0.125)))
    return _case(draw(palettes("small", "normal")), (n, d, c), size, rate, used=draw(st.booleans()))


_usual = _case(Palette("normal", 1), (11, 6, 4), 4, 0.5, used=False, note="three batches, the last one smaller")
EXAMPLES = (
    _usual,
    replace(_usual, protocol={"used_before": True}, note="the model has been evaluated before"),
    _case(Palette("normal", 2), (6, 5, 3), 3, 0.25, used=True, note="two equal batches"),
)


def _summed(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(logits, labels, reduction="sum")


def _halved(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """What a cross entropy of the code's own amounts to: the criterion that is given is twice that."""
    return torch.nn.functional.cross_entropy(logits, labels) / 2


def _softmax_first(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(logits.softmax(1), labels)


def _untrained(case: Case) -> Outputs:
    return {name: case.arrays[name] for name in ("weight", "bias")}


MISTAKES: dict[str, Reference] = {
    "gradients add up from batch to batch: optimizer.zero_grad() is missing": lambda case: _train(
        case, _batches(case), zero=False
    ),
    "the parameters do not change: optimizer.step() is missing, or the gradients are cleared before it": _untrained,
    "only the first batch is used": lambda case: _train(case, _batches(case)[:1]),
    "only the last batch is used": lambda case: _train(case, _batches(case)[-1:]),
    "the last batch is left out": lambda case: _train(case, _batches(case)[:-1]),
    "a softmax is taken before the cross entropy, which takes logits": lambda case: _train(
        case, _batches(case), loss=_softmax_first
    ),
    "the criterion that is given is not the loss": lambda case: _train(case, _batches(case), loss=_halved),
    "every batch is used twice": lambda case: _train(case, [b for b in _batches(case) for _ in range(2)]),
    "the model was not put into training mode: model.train()": lambda case: {"train mode": np.array(0.0)},
}
MISTAKES["the loss is summed over the batch instead of averaged"] = lambda case: _train(
    case, _batches(case), loss=_summed
)

epoch = Operator("train", epoch_cases(), reference, bound, examples=EXAMPLES, mistakes=MISTAKES, upstream=())
