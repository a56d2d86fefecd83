"""PyNet's driver must get every output out of a right submission, and lose no more than it has to from a broken one."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from checker.bounds import FLOAT64, K
from checker.operator import Array, Case, Outputs, aspect_of
from reference.pynet import driver
from reference.pynet.rubric import LAYERS
from tests.reference.operators import variants
from tests.reference.operators.sample import OPERATORS, cases

CALLS = {task.call: task.operator for task in LAYERS.tasks}
# Layers may be asked with another one at work in between; what they compute is the operator's.
NAMES = {
    task.call: next(n for n, o in OPERATORS.items() if o.reference is task.operator.reference) for task in LAYERS.tasks
}


class _Layer:
    """A right layer: the correct NumPy program of an operator behind the homework's interface."""

    program: Callable[[Case], Outputs]
    parameters: tuple[str, ...] = ()

    def forward(self, x: Array, *labels: Array) -> Array:
        self.arrays = {"x": x} | {name: getattr(self, name) for name in self.parameters}
        if labels:
            self.arrays["labels"] = labels[0]
        shape = self._shape(x)
        return self._run(np.zeros(shape))["y"]

    def backward(self, dy: Array) -> Any:
        outputs = self._run(dy)
        gradients = tuple(outputs[f"{name}.grad"] for name in ("x", *self.parameters))
        return gradients if len(gradients) > 1 else gradients[0]

    def _run(self, dy: Array) -> Outputs:
        return type(self).program(Case({**self.arrays, "dy": dy}, getattr(self, "options", {})))

    def _shape(self, x: Array) -> tuple[int, ...]:
        return x.shape


class Linear(_Layer):
    program = variants.linear_blas
    parameters = ("weight", "bias")

    def __init__(self, input_channel: int, output_channel: int) -> None:
        self.sizes = input_channel, output_channel

    def _shape(self, x: Array) -> tuple[int, ...]:
        assert self.weight.shape == self.sizes  # type: ignore[attr-defined]
        return len(x), self.sizes[1]


class ReLU(_Layer):
    program = variants.relu_mask


class CrossEntropyLossWithSoftmax(_Layer):
    program = variants.cross_entropy_shifted

    def _shape(self, x: Array) -> tuple[int, ...]:
        return (len(x),)


class _Window(_Layer):
    def _window(self, kernel_size: int | tuple[int, int], padding: int, stride: int) -> None:
        kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        self.options = {"kernel": kernel, "padding": padding, "stride": stride}

    def _shape(self, x: Array) -> tuple[int, ...]:
        (kh, kw), p, s = self.options.values()
        channels = len(self.weight) if self.parameters else x.shape[1]  # type: ignore[attr-defined]
        return len(x), channels, (x.shape[2] + 2 * p - kh) // s + 1, (x.shape[3] + 2 * p - kw) // s + 1


class Conv2d(_Window):
    program = variants.conv_columns
    parameters = ("weight", "bias")

    def __init__(self, input_channel: int, output_channel: int, kernel_size: Any, padding: int = 0, stride: int = 1):
        self._window(kernel_size, padding, stride)


class MaxPool2d(_Window):
    program = variants.pool_columns

    def __init__(self, kernel_size: Any, padding: int = 0, stride: int = 1) -> None:
        self._window(kernel_size, padding, stride)


class BatchNorm1d:
    eps = 1e-3

    def __init__(self, input_channel: int, momentum: float = 0.9) -> None:
        self.momentum = momentum

    def forward(self, x: Array, train: bool) -> Array:
        if not train:
            return self.gamma * (x - self.r_mean) / np.sqrt(self.r_var + self.eps) + self.beta
        m, mu, var = self.momentum, x.mean(0), x.var(0)
        self.r_mean *= m
        self.r_mean += (1 - m) * mu
        self.r_var = m * self.r_var + (1 - m) * var
        self.std = np.sqrt(var + self.eps)
        self.normal = (x - mu) / self.std
        return self.gamma * self.normal + self.beta

    def backward(self, dy: Array) -> tuple[Array, Array, Array]:
        inner = dy - dy.mean(0) - self.normal * (dy * self.normal).mean(0)
        return self.gamma / self.std * inner, (dy * self.normal).sum(0), dy.sum(0)


def im2col(input_data: Array, kernel_h: int, kernel_w: int, stride: int, padding: int) -> Array:
    options = {"kernel": (kernel_h, kernel_w), "stride": stride, "padding": padding}
    return variants.unfold_cells(Case({"x": input_data}, options))["y"]


def col2im(input_data: Array, kernel_h: int, kernel_w: int, stride: int = 1, padding: int = 0) -> Array:
    size = tuple(
        (n - 1) * stride + k - 2 * padding for n, k in zip(input_data.shape[2:], (kernel_h, kernel_w), strict=True)
    )
    options = {"kernel": (kernel_h, kernel_w), "stride": stride, "padding": padding, "size": size}
    return variants.fold_cells(Case({"x": input_data}, options))["y"]


MODULE = SimpleNamespace(
    Linear=Linear,
    ReLU=ReLU,
    CrossEntropyLossWithSoftmax=CrossEntropyLossWithSoftmax,
    Conv2d=Conv2d,
    MaxPool2d=MaxPool2d,
    BatchNorm1d=BatchNorm1d,
    im2col=im2col,
    col2im=col2im,
)


def _given(case: Case) -> SimpleNamespace:
    protocol = {"another_between": True, **case.protocol}
    return SimpleNamespace(**{k: v.copy() for k, v in case.arrays.items()}, **case.options, **protocol)


def _outputs(call: str, module: Any, given: SimpleNamespace) -> tuple[Outputs, Exception | None]:
    outputs: Outputs = {}
    try:
        for names, value in getattr(driver, call)(module, given):
            outputs.update(zip(names, value, strict=True) if isinstance(names, tuple) else [(names, value)])
    except Exception as error:
        return outputs, error
    return outputs, None


@pytest.mark.parametrize("call", CALLS)
def test_every_output_of_a_right_submission_arrives(call: str) -> None:
    """All outputs must come, be right, and leave the arrays that may not change alone."""
    operator = CALLS[call]
    for case in cases(NAMES[call]):
        given = _given(case)
        with np.errstate(under="ignore"):
            outputs, error = _outputs(call, MODULE, given)
        expected = operator.reference(case)
        bound = operator.bound(case, expected, FLOAT64)

        assert error is None
        assert expected.keys() == outputs.keys()
        for name, array in case.arrays.items():
            assert np.array_equal(getattr(given, name), array), name
        for name, right in expected.items():
            assert (np.abs(outputs[name] - right) <= K * bound[name] + np.finfo(np.float64).tiny).all(), name


@pytest.mark.parametrize("call", [call for call in CALLS if call not in ("im2col", "col2im")])
def test_a_broken_backward_does_not_cost_the_forward(call: str) -> None:
    """Whether or not the layer was used before, forward outputs must all arrive when backward raises."""

    def broken(self: Any, dy: Array) -> Array:
        raise NotImplementedError

    classes = {n: type(n, (c,), {"backward": broken}) for n, c in vars(MODULE).items() if isinstance(c, type)}
    for case in cases(NAMES[call], 20):
        with np.errstate(under="ignore"):
            outputs, error = _outputs(call, SimpleNamespace(**classes), _given(case))

        assert isinstance(error, NotImplementedError)
        assert {name for name in CALLS[call].reference(case) if ".grad" not in name} == outputs.keys()


def test_a_broken_evaluation_does_not_cost_the_training_steps() -> None:
    """BatchNorm1d without evaluation must still give its training outputs and gradients."""

    class TrainingOnly(BatchNorm1d):
        def forward(self, x: Array, train: bool) -> Array:
            if not train:
                raise NotImplementedError
            return super().forward(x, train)

    case = CALLS["batchnorm1d"].examples[0]
    outputs, error = _outputs("batchnorm1d", SimpleNamespace(BatchNorm1d=TrainingOnly), _given(case))

    assert isinstance(error, NotImplementedError)
    assert {"eval"} == {aspect_of(name) for name in CALLS["batchnorm1d"].reference(case).keys() - outputs.keys()}


def test_what_a_layer_keeps_from_an_earlier_use_is_seen() -> None:
    """Gradients that pile up from call to call must show where the layer has been used before."""

    class PilingUp(Linear):
        total: Any = 0

        def backward(self, dy: Array) -> Any:
            dx, dw, db = super().backward(dy)
            self.total = self.total + dw
            return dx, self.total, db

    case = next(case for case in CALLS["linear"].examples if case.protocol["used_before"])
    outputs, _ = _outputs("linear", SimpleNamespace(Linear=PilingUp), _given(case))
    expected = CALLS["linear"].reference(case)

    assert not np.allclose(outputs["weight.grad"], expected["weight.grad"])
    assert np.allclose(outputs["x.grad"], expected["x.grad"])
