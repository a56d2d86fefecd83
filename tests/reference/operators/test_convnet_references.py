"""The references of the convnet homework must have the gradients that they claim, and equal torch's own optimizer."""

from __future__ import annotations

import numpy as np
import torch

from checker.operator import Case
from reference.operators import flattening, optim, piecewise_linear, sequential
from reference.operators.autograd import tensor
from tests.reference.operators.sample import OPERATORS, cases


def test_flattening_linear_has_the_gradient_of_finite_differences() -> None:
    """``torch.autograd.gradcheck`` must agree in float64."""
    small = [case for case in cases("flattening_linear") if max(abs(a).max() for a in case.arrays.values()) < 20]
    for case in small[:6]:
        inputs = [tensor(case.arrays[name]).requires_grad_() for name in ("x", "weight", "bias")]

        assert torch.autograd.gradcheck(flattening.forward, inputs)


def test_the_line_has_the_slope_of_finite_differences() -> None:
    """``torch.autograd.gradcheck`` must agree with the slope away from kinks."""
    for case in cases("piecewise_linear")[:8]:
        x0, *network = [tensor(array) for array in case.arrays.values()]

        def value(x: torch.Tensor, network: list[torch.Tensor] = network) -> torch.Tensor:
            return piecewise_linear.forward(x, *network)

        assert torch.autograd.gradcheck(value, [x0.requires_grad_()])


def _loss(case: Case, name: str, index: tuple[int, ...], step: float) -> float:
    moved = case.arrays[name].copy()
    moved[index] += step
    return float(sequential.reference(case.with_arrays(**{name: moved}))["loss"])


def test_classifier_gradients_are_those_of_finite_differences() -> None:
    """The gradients of parameters and of the batch must be the slopes of the loss."""
    rng, step = np.random.default_rng(0), 1e-6
    for case in cases("classifier")[:12]:
        right = sequential.reference(case)
        named = {name: f"{name[:-1]}.grad[{name[-1]}]" for name in case.arrays if name[:-1] in ("weight", "bias")}
        for name, output in {**named, "x": "x.grad[0]"}.items():
            index = tuple(int(rng.integers(n)) for n in case.arrays[name].shape)
            slope = (_loss(case, name, index, step) - _loss(case, name, index, -step)) / (2 * step)
            flat = np.ravel_multi_index(index, case.arrays[name].shape)

            assert abs(right[output].ravel()[flat] - slope) < 1e-6


def test_one_learning_rate_is_torch_with_decay_on_the_weights() -> None:
    """With one rate both forms of the rule must agree, and the rule must be torch's own."""
    for case in cases("sgd"):
        found = optim.settings(case)
        if found.changing:
            continue
        parameters = {name: tensor(array) for name, array in case.arrays.items() if name[0] in "wb"}
        decays = {"weight": found.reg, "bias": 0.0}
        groups = [
            {"params": [p for name, p in parameters.items() if name.startswith(kind)], "weight_decay": decay}
            for kind, decay in decays.items()
        ]
        optimizer = torch.optim.SGD(groups, lr=found.rates[0], momentum=found.momentum)
        for step in range(len(found.rates)):
            for name, parameter in parameters.items():
                parameter.grad = tensor(case.arrays[f"d{name[0]}{name[-1]}"][step])
            optimizer.step()
        right = optim.reference(case)
        for name, parameter in parameters.items():
            assert np.array_equal(right[optim.name_of(False, step, name[:-1], int(name[-1]))], parameter.numpy())


def test_torch_form_differs_when_the_learning_rate_changes_and_only_then() -> None:
    """The named deviation must show in every case with a changing rate, and in no other."""
    deviation = next(mistake for mistake in optim.MISTAKES if "whole velocity" in mistake)
    for case in cases("sgd"):
        assert bool(optim.MISTAKES[deviation](case)) == optim.settings(case).changing


def test_the_rule_in_numpy_is_the_reference() -> None:
    """What mistakes are made from must be right when nothing is altered."""
    for case in cases("sgd"):
        right = OPERATORS["sgd"].reference(case)
        for name, array in optim.run(case, optim.rule).items():
            assert np.allclose(array, right[name], rtol=1e-12, atol=1e-12)
