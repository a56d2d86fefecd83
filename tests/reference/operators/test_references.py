"""The references must have the gradients that they claim, and leave their inputs alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np
import pytest
import torch

from checker.operator import Array, Case
from reference.operators import activation, autograd, conv, linear, loss, norm, pooling, unfold
from tests.reference.operators.sample import OPERATORS, cases

FORWARDS: dict[str, tuple[Callable[..., torch.Tensor], tuple[str, ...]]] = {
    "linear": (linear.forward, ("x", "weight", "bias")),
    "cross_entropy": (loss.forward, ("x",)),
    "cross_entropy_mean": (loss.forward, ("x",)),
    "conv2d": (conv.forward, ("x", "weight", "bias")),
    "maxpool2d": (pooling.forward, ("x",)),
    "unfold": (unfold.unfold_forward, ("x",)),
    "fold": (unfold.fold_forward, ("x",)),
    "relu": (activation.forward, ("x",)),
}


def _smooth(name: str, case: Case) -> bool:
    """Whether finite differences make sense: away from kinks and from rounding of large numbers."""
    kinks = OPERATORS[name].kinks(case)
    largest = max(float(np.abs(array).max()) for array in case.arrays.values())
    return largest < 20 and not any(mask.any() for mask in kinks.values())


def _entries(case: Case) -> int:
    return sum(array.size for array in case.arrays.values())


@pytest.mark.parametrize("name", FORWARDS)
def test_forward_has_the_gradient_of_finite_differences(name: str) -> None:
    """``torch.autograd.gradcheck`` must agree in float64."""
    forward, differentiable = FORWARDS[name]
    smooth = sorted((case for case in cases(name) if _smooth(name, case)), key=_entries)
    assert len(smooth) >= 20
    for case in smooth[4:20:2]:
        arrays = {k: autograd.tensor(v) for k, v in case.arrays.items() if k in (*differentiable, "labels")}
        options = {k: v for k, v in case.options.items() if k in inspect.signature(forward).parameters}
        inputs = [arrays.pop(k).requires_grad_() for k in differentiable]

        def call(
            *tensors: torch.Tensor,
            rest: dict[str, torch.Tensor] = arrays,
            options: dict[str, object] = options,
        ) -> torch.Tensor:
            return forward(**dict(zip(differentiable, tensors, strict=True)), **rest, **options)

        assert torch.autograd.gradcheck(call, inputs)


def test_batchnorm_gradient_is_that_of_finite_differences() -> None:
    """The gradients that the reference gives must be the slopes of sum(y * dy)."""
    for case in norm.batchnorm1d.examples[:3]:
        right = norm.reference(case)

        def slope(name: str, case: Case = case) -> Array:
            array = case.arrays[name]
            out = np.zeros_like(array)
            step = float(np.abs(array).max()) * 1e-6
            for index in np.ndindex(*array.shape):
                moved = [array.copy(), array.copy()]
                moved[0][index] += step
                moved[1][index] -= step
                up, down = (norm.reference(case.with_arrays(**{name: m}))["train[0]"] for m in moved)
                out[index] = ((up - down) * case.arrays["dy0"]).sum() / (2 * step)
            return out

        for name, output in (("x0", "x.grad[0]"), ("gamma", "gamma.grad[0]"), ("beta", "beta.grad[0]")):
            expected = slope(name)
            largest = np.abs(expected).max() + np.abs(case.arrays["dy0"]).max()

            assert np.abs(right[output] - expected).max() <= 1e-5 * largest


def test_running_statistics_are_those_of_torch_where_the_conventions_meet() -> None:
    """The running mean must be torch's with momentum 1 - m, the variance up to the factor (N - 1) / N."""
    case = norm.batchnorm1d.examples[1]
    x, m = autograd.tensor(case.arrays["x0"]), float(case.options["momentum"])  # type: ignore[arg-type]
    mean, var = autograd.tensor(case.arrays["r_mean"]), autograd.tensor(case.arrays["r_var"])
    old = m * var.numpy()
    torch.nn.functional.batch_norm(x, mean, var, training=True, momentum=1 - m)
    outputs = norm.reference(case)

    np.testing.assert_allclose(outputs["r_mean[0]"], mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(outputs["r_var[0]"] - old, (var.numpy() - old) * (len(x) - 1) / len(x), rtol=1e-9)


@pytest.mark.parametrize("name", OPERATORS)
def test_reference_gives_fresh_float64_and_keeps_its_inputs(name: str) -> None:
    """Outputs must be float64 arrays of their own; inputs, options and torch's thread count stay as they were."""
    operator = OPERATORS[name]
    threads = torch.get_num_threads()
    for case in cases(name, 20):
        before = case.key
        first, second = operator.reference(case), operator.reference(case)

        assert Case(case.arrays, case.options, case.protocol).key == before
        assert torch.get_num_threads() == threads
        for output, array in first.items():
            assert isinstance(array, np.ndarray)
            assert array.dtype == np.float64
            assert np.array_equal(array, second[output])
            assert not any(np.shares_memory(array, given) for given in case.arrays.values())


@pytest.mark.parametrize("name", [name for name, operator in OPERATORS.items() if operator.upstream])
def test_zero_upstream_gives_zero_gradients(name: str) -> None:
    """Where the upstream gradient is zero, every gradient must be exactly zero."""
    operator = OPERATORS[name]
    for case in cases(name, 20):
        zeros = {array: np.zeros_like(case.arrays[array]) for array in operator.upstream if array in case.arrays}
        for output, array in operator.reference(case.with_arrays(**zeros)).items():
            if ".grad" in output:
                assert not array.any(), output
    assert activation.relu.kinks(Case({"x": np.array([-0.0, 0.0, 1.0])}))["x.grad"].tolist() == [True, True, False]
