"""The reference of an operator from its torch forward: autograd gives the gradients."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch

from checker.operator import Array, Case, Outputs, Reference


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one thread, since the number of threads decides the order of sums and so the last bit."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def tensor(array: Array) -> torch.Tensor:
    """A fresh copy; floats become float64."""
    dtype = np.float64 if np.issubdtype(array.dtype, np.floating) else array.dtype
    return torch.from_numpy(np.array(array, dtype=dtype, order="C"))


def pull_back(y: torch.Tensor, inputs: dict[str, torch.Tensor], dy: Array) -> Outputs:
    """The gradient of ``sum(y * dy)`` for every input, named ``<input>.grad``."""
    gradients = torch.autograd.grad(y, list(inputs.values()), tensor(dy))
    return {f"{name}.grad": gradient.numpy().copy() for name, gradient in zip(inputs, gradients, strict=True)}


def autograd(forward: Callable[..., torch.Tensor], differentiable: Sequence[str] = ()) -> Reference:
    """The reference with the outputs ``y`` and, for every differentiable input, ``<input>.grad`` from ``dy``.

    ``forward`` is called by name with those arrays and options of the case that it has parameters for.
    """
    parameters = inspect.signature(forward).parameters

    def reference(case: Case) -> Outputs:
        with one_thread():
            arrays = {name: tensor(array) for name, array in case.arrays.items() if name in parameters}
            options = {name: value for name, value in case.options.items() if name in parameters}
            inputs = {name: arrays[name].requires_grad_() for name in differentiable}
            y = forward(**arrays, **options)
            outputs = {"y": y.detach().numpy().copy()}
            return outputs | pull_back(y, inputs, case.arrays["dy"]) if inputs else outputs

    return reference
