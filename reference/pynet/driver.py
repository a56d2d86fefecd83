"""How PyNet's layers are called. Runs beside the student's code, with the standard library and NumPy only.

Every function gets the student's module and a case, and yields (name, value), or a tuple of names with the tuple that
a call returned, as soon as it has them: what fails later does not cost what came before.

Tensors go by position, since students rename them; settings by the keywords that the homework names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count, takewhile
from typing import Any

import numpy as np


def _use(layer: Any, case: Any, labels: tuple[Any, ...], *sizes: int) -> None:
    """Run a layer on batches of these sizes."""
    for size, factor in zip(sizes, (-2, 2), strict=False):
        # An exception is not judged here: the calls that follow will raise it again.
        with suppress(Exception):
            layer.forward(*(_batch(array, size) for array in (factor * case.x + 1, *labels)))
            layer.backward(_batch(2 * case.dy, size))


def _layer(make: Callable[[], Any], case: Any, gradients: Any, *labels: Any) -> Iterator[tuple[Any, Any]]:
    """A layer's output and gradients. Nothing of other batches may be left in them, nor of other layers."""
    layer = make()
    if case.used_before:
        # A larger batch and a smaller one.
        _use(layer, case, labels, 2 * len(case.x), 1)
    yield "y", layer.forward(case.x, *labels)
    if case.another_between:
        _use(make(), case, labels, len(case.x))
    yield gradients, layer.backward(case.dy)


def _batch(array: Any, size: int) -> Any:
    """``size`` samples, which are taken from the start again when there are fewer."""
    return array[np.arange(size) % len(array)]


def _with_parameters(layer: Any, case: Any) -> Any:
    layer.weight, layer.bias = case.weight, case.bias
    return layer


PARAMETERS = ("x.grad", "weight.grad", "bias.grad")


def linear(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """Linear: y = x W + b with weight (in, out)."""
    yield from _layer(lambda: _with_parameters(hw3_pynet.Linear(*case.weight.shape), case), case, PARAMETERS)


def _batchnorm1d(hw3_pynet: Any, case: Any) -> Any:
    layer = hw3_pynet.BatchNorm1d(case.gamma.size, momentum=case.momentum)
    layer.gamma, layer.beta = case.gamma, case.beta
    # Updating these in place is the layer's right, and two layers start from them.
    layer.r_mean, layer.r_var = case.r_mean.copy(), case.r_var.copy()
    return layer


def _batchnorm1d_forward(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    layer = _batchnorm1d(hw3_pynet, case)
    for i in takewhile(lambda i: hasattr(case, f"x{i}"), count()):
        # A copy, because the layer may overwrite it and the backward steps need it once more.
        x = getattr(case, f"x{i}").copy()
        if hasattr(case, f"dy{i}"):
            yield f"train[{i}]", layer.forward(x, True)
            yield f"r_mean[{i}]", np.array(layer.r_mean).reshape(-1)
            yield f"r_var[{i}]", np.array(layer.r_var).reshape(-1)
        else:
            yield f"eval[{i}]", layer.forward(x, False)


def _batchnorm1d_backward(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    layer = _batchnorm1d(hw3_pynet, case)
    for i in takewhile(lambda i: hasattr(case, f"dy{i}"), count()):
        layer.forward(getattr(case, f"x{i}"), True)
        yield (f"x.grad[{i}]", f"gamma.grad[{i}]", f"beta.grad[{i}]"), layer.backward(getattr(case, f"dy{i}"))


def batchnorm1d(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """BatchNorm1d: all steps forward with one layer, the training steps forward and backward with another."""
    failure = None
    for part in (_batchnorm1d_forward, _batchnorm1d_backward):
        try:
            yield from part(hw3_pynet, case)
        except Exception as error:
            failure = failure or error
    if failure is not None:
        raise failure


def relu(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """ReLU of any shape."""
    yield from _layer(hw3_pynet.ReLU, case, "x.grad")


def cross_entropy(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """CrossEntropyLossWithSoftmax: one loss and one upstream gradient per sample."""
    yield from _layer(hw3_pynet.CrossEntropyLossWithSoftmax, case, "x.grad", case.labels)


def im2col(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """im2col: windows as columns."""
    yield "y", hw3_pynet.im2col(case.x, *case.kernel, case.stride, case.padding)


def _steps(case: Any) -> dict[str, int]:
    """Padding and stride, each left out where the homework's default is meant: padding 0 and stride 1."""
    given = {"padding": (case.padding, 0), "stride": (case.stride, 1)}
    return {name: value for name, (value, default) in given.items() if value != default}


def col2im(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """col2im: columns added up in a picture."""
    yield "y", hw3_pynet.col2im(case.x, *case.kernel, **_steps(case))


def _kernel(case: Any) -> int | tuple[int, int]:
    high, wide = case.kernel
    return high if case.kernel_as_int else (high, wide)


def conv2d(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """Conv2d: cross-correlation with weight (O, C, kh, kw)."""
    outputs, inputs = case.weight.shape[:2]

    def make() -> Any:
        return _with_parameters(hw3_pynet.Conv2d(inputs, outputs, _kernel(case), **_steps(case)), case)

    yield from _layer(make, case, PARAMETERS)


def maxpool2d(hw3_pynet: Any, case: Any) -> Iterator[tuple[Any, Any]]:
    """MaxPool2d: its stride is 1 unless given."""
    yield from _layer(lambda: hw3_pynet.MaxPool2d(_kernel(case), **_steps(case)), case, "x.grad")
