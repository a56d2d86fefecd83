"""A convolution of 7x7, ReLU, max pooling of 2x2 and a linear layer on CIFAR's 3x32x32.

Conventions: ``weight`` (32, 3, 7, 7), ``bias`` (32,), ``fc_weight`` (10, 32 * 13 * 13) on pictures flattened in
row-major order, ``fc_bias`` (10,), y and dy (N, 10). Values are such that every sum is exact in float32, so that no
rounding moves a maximum; where the gradient of a tie goes is left open, and does not change the gradients compared
here: those of ``bias``, ``fc_weight`` and ``fc_bias``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from hypothesis import strategies as st

from checker.bounds import gamma
from checker.cases import Palette
from checker.operator import Case, Operator, Outputs, Reference
from reference.operators.autograd import autograd

Tensor = torch.Tensor
F = torch.nn.functional

PARAMETERS = ("weight", "bias", "fc_weight", "fc_bias")
COMPARED = ("bias", "fc_weight", "fc_bias")
CHANNELS, KERNEL, SIDE, CLASSES = 32, 7, 13, 10
LARGEST_EXACT = 2.0**24 / 2**11
"""Everything is a multiple of 2**-11: activations of 2**-5, weights of the linear layer of 2**-6."""


def _reference(
    after: Callable[[Tensor], Tensor], between: Callable[[Tensor], Tensor], last: Callable[[Tensor], Tensor]
) -> Reference:
    """The network with these functions after the convolution, after the pooling and at the end."""

    def forward(x: Tensor, weight: Tensor, bias: Tensor, fc_weight: Tensor, fc_bias: Tensor) -> Tensor:
        pooled = F.max_pool2d(after(F.conv2d(x, weight, bias)), 2)
        return last(F.linear(between(pooled).flatten(1), fc_weight, fc_bias))

    answer = autograd(forward, PARAMETERS)

    def reference(case: Case) -> Outputs:
        outputs = answer(case)
        return {"y": outputs["y"]} | {f"gradient[{name}]": outputs[f"{name}.grad"] for name in COMPARED}

    return reference


def _same(z: Tensor) -> Tensor:
    return z


_network = _reference(torch.relu, _same, _same)


def reference(case: Case) -> Outputs:
    """``conv2d``, ``relu``, ``max_pool2d`` and ``linear`` of ``torch.nn.functional``."""
    count = sum(case.arrays[name].size for name in PARAMETERS)
    return {"parameters": np.array(float(count)), **_network(case)}


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """All sums are exact in float32 in any order: one rounding is granted to code that scales on its way."""
    twin = _network(case.with_arrays(**{name: np.abs(array) for name, array in case.arrays.items()}))
    assert all(array.max() < LARGEST_EXACT for array in twin.values())
    return {"parameters": np.array(0.0)} | {name: gamma(1, u) * array for name, array in twin.items()}


def _case(seed: int, n: int, note: str = "") -> Case:
    values = Palette(seed=seed)
    sparse = Palette("zeros", seed).rng("sparse").integers(0, 4, (CLASSES, CHANNELS * SIDE**2)) == 0
    arrays = {
        "x": values("x", n, 3, 32, 32),
        "weight": values("weight", CHANNELS, 3, KERNEL, KERNEL) / 16,
        "bias": values("bias", CHANNELS) / 4 + 1 / 32,
        "fc_weight": values("fc_weight", CLASSES, CHANNELS * SIDE**2) * sparse / 64,
        "fc_bias": values("fc_bias", CLASSES) / 4,
        "dy": values.upstream("dy", n, CLASSES),
    }
    return Case(arrays, note=note)


EXAMPLES = (_case(1, 3, "three pictures"), _case(2, 1, "a single picture"))
cnn_cases = st.builds(_case, st.integers(0, 3), st.integers(1, 2))

MISTAKES: dict[str, Reference] = {
    "there is no ReLU": _reference(_same, _same, _same),
    "a sigmoid stands in the place of the ReLU": _reference(torch.sigmoid, _same, _same),
    "a softmax follows the last layer: the loss takes the raw logits": _reference(
        torch.relu, _same, lambda y: y.softmax(1)
    ),
    "a log-softmax follows the last layer: the loss takes the raw logits": _reference(
        torch.relu, _same, lambda y: y.log_softmax(1)
    ),
    "the picture is flattened with the channels last: it has to be in row-major order": _reference(
        torch.relu, lambda z: z.movedim(1, -1), _same
    ),
    "a ReLU follows the last layer, too": _reference(torch.relu, _same, torch.relu),
}

vanilla_cnn = Operator("VanillaCNN", cnn_cases, reference, bound, examples=EXAMPLES, mistakes=MISTAKES)
