"""Cross entropy on probabilities: the mean over the batch of -sum_j t_ij log(x_ij), with one-hot targets.

Conventions: x (N, C) probabilities, t (N, C) one-hot, the loss a number. Its gradient is -t / (x N), without an
upstream gradient. A small epsilon beside the probability is a right program's choice: probabilities stay away from 0.
"""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checker.bounds import gamma
from checker.cases import Palette, palettes, sizes
from checker.operator import Array, Case, Operator, Outputs, Reference
from reference.operators.autograd import one_thread, pull_back, tensor
from reference.operators.faults import batch_size, predict
from reference.operators.loss import LIBM

EPSILON = 1e-5
"""The largest epsilon that may be added to a probability, or that it may be clipped to."""

PARTS = {"small": 16, "normal": 1024}
"""Probabilities are whole multiples of one over this, exact in float32; each that is drawn is at least 1/32."""


def forward(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """``torch.nn.functional.nll_loss`` of the logarithms."""
    return torch.nn.functional.nll_loss(torch.log(x), t.argmax(1))


def reference(case: Case) -> Outputs:
    """The loss and the gradient of the probabilities."""
    with one_thread():
        x, t = (tensor(case.arrays[name]) for name in ("x", "t"))
        y = forward(x.requires_grad_(), t)
        return {"y": y.detach().numpy().copy(), **pull_back(y, {"x": x}, np.ones(()))}


def _probabilities(values: Palette, n: int, c: int) -> Array:
    """Rows that sum to 1 exactly."""
    rng, parts = values.rng("x"), PARTS[values.mode]
    least = max(parts // 32, 1)
    shares = rng.dirichlet(np.ones(c), n)
    return np.asarray((least + rng.multinomial(parts - c * least, shares)) / parts)


def _case(
    values: Palette, n: int, c: int, labels: Array | None = None, used_before: bool = False, note: str = ""
) -> Case:
    labels = values.labels("t", n, c) if labels is None else labels
    arrays = {"x": _probabilities(values, n, c), "t": np.eye(c)[labels]}
    return Case(arrays, protocol={"used_before": used_before}, note=note)


@st.composite
def probability_loss_cases(draw: DrawFn) -> Case:
    """N up to 6, C from 2 to about 7, probabilities from 1/32 on."""
    n, c = draw(sizes((1, 6), (2, 7)))
    return _case(draw(palettes(*PARTS)), n, c, used_before=draw(st.booleans()))


EXAMPLES = (
    _case(Palette(seed=1), 1, 3, note="a single sample"),
    _case(Palette("normal", 2), 5, 2, note="two classes"),
    _case(Palette("normal", 3), 4, 1, note="a single class"),
    _case(Palette("normal", 4), 5, 3, np.array([2, 0, 2, 0, 0]), note="first and last class, repeated, one absent"),
    _case(Palette("normal", 5), 3, 5, used_before=True, note="the module has been used before"),
    # Far below what a program may cut off, and far above the largest epsilon.
    Case(
        {"x": np.array([[1, 511], [384, 128], [508, 4]]) / 512, "t": np.eye(2)[[0, 0, 1]]},
        protocol={"used_before": False},
        note="targets of small probability",
    ),
)


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """The logarithm's and the sums' rounding, and an epsilon: log(x + e) - log(x) <= e / x, and its slope."""
    x, t = case.arrays["x"], case.arrays["t"]
    n, c = x.shape
    rounding = (LIBM * u + gamma(n * c + 2, u)) * expected["y"]
    epsilon = (t * EPSILON / x).sum() / n
    slope = t * EPSILON / (x * x * n)
    return {"y": np.asarray(rounding + epsilon), "x.grad": 3 * u * np.abs(expected["x.grad"]) + slope}


def no_entry(case: Case) -> Outputs:
    """No entry hangs on a convention; but because of the epsilon, no answer can be told to be float32, either."""
    return {"y": np.array(False), "x.grad": np.zeros(case.arrays["x"].shape, bool)}


def _columns(case: Case) -> Outputs:
    x, t = case.arrays["x"], case.arrays["t"]
    return {"x.grad": np.broadcast_to(-t.max(0), x.shape) / (x * len(x))}


def _cut_off(case: Case) -> Outputs:
    return reference(case.with_arrays(x=np.maximum(case.arrays["x"], 0.01)))


def _binary(case: Case) -> Outputs:
    with np.errstate(divide="ignore", invalid="ignore"):
        others = (1 - case.arrays["t"]) * np.log(1 - case.arrays["x"])
    return {"y": reference(case)["y"] - others.sum(1).mean()}


MISTAKES: dict[str, Reference] = {
    "the loss is summed instead of averaged over the batch": lambda case: {
        "y": reference(case)["y"] * batch_size(case)
    },
    "the loss is averaged over the classes, too": predict(
        reference, "y", divide=lambda case: case.arrays["x"].shape[1]
    ),
    "the logarithm is base 2": predict(reference, "y", divide=lambda case: float(np.log(2))),
    "the minus sign is missing in the loss": predict(reference, "y", divide=lambda case: -1),
    "the probability itself is taken instead of its logarithm": lambda case: {
        "y": -(case.arrays["t"] * case.arrays["x"]).sum(1).mean()
    },
    "the logarithms of 1 - x of the other classes are added, as in the binary cross entropy": _binary,
    "probabilities are cut off far too early, at 0.01": _cut_off,
    "the targets are ignored: the logarithms of all classes are summed": lambda case: {
        "y": -np.log(case.arrays["x"]).sum(1).mean()
    },
    "the gradient is not divided by the batch size": lambda case: {
        "x.grad": reference(case)["x.grad"] * batch_size(case)
    },
    "the gradient is divided by the batch size twice": predict(reference, "x.grad", divide=batch_size),
    "the gradient is divided by the number of classes instead of the batch size": predict(
        reference, "x.grad", divide=lambda case: case.arrays["x"].shape[1] / batch_size(case)
    ),
    "the gradient is divided by the number of classes, too": predict(
        reference, "x.grad", divide=lambda case: case.arrays["x"].shape[1]
    ),
    "the minus sign is missing in the gradient": predict(reference, "x.grad", divide=lambda case: -1),
    "the gradient is that of the logits, (x - t) / N, instead of the probabilities": lambda case: {
        "x.grad": (case.arrays["x"] - case.arrays["t"]) / batch_size(case)
    },
    "the gradient is that of the logits and not divided by the batch size": lambda case: {
        "x.grad": case.arrays["x"] - case.arrays["t"]
    },
    "the targets are ignored in the gradient: every entry has -1 / (x N)": lambda case: {
        "x.grad": -1 / (case.arrays["x"] * batch_size(case))
    },
    "the gradient has an entry in the target columns of every sample": _columns,
}

probability_loss = Operator(
    "CrossEntropy on probabilities",
    probability_loss_cases(),
    reference,
    bound,
    examples=EXAMPLES,
    kinks=no_entry,
    mistakes=MISTAKES,
    upstream=(),
)
