"""Values go into a module and come out of it as arrays. In float64, or in float32 where the student's code insists."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import torch


class ParametersError(Exception):
    """A module does not hold the parameters that it should."""


def array(value: Any) -> Any:
    """A tensor's numbers."""
    return value.detach().numpy() if isinstance(value, torch.Tensor) else value


def copy(parameter: torch.Tensor, values: Any) -> None:
    """Write an array into a parameter."""
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(values).reshape(parameter.shape))


def forward(module: Any, inputs: Any) -> Any:
    """The output in float64, or in float32 where the code does not take float64."""
    module.double()
    try:
        return module(inputs)
    except RuntimeError as error:
        if not any(word in str(error) for word in ("dtype", "Double", "Float", "double", "float")):
            raise
        module.float()
        return module(inputs.float())


def gradients_of(y: Any, inputs: list[Any], dy: Any) -> list[Any]:
    """The gradients of all inputs; zeros where an input has no part in the output."""
    found = torch.autograd.grad(y, inputs, torch.from_numpy(dy).to(y.dtype), retain_graph=True, allow_unused=True)
    return [np.zeros(x.shape) if g is None else g.detach().numpy() for x, g in zip(inputs, found, strict=True)]


def numbers(module: Any) -> float:
    """How many numbers a module learns."""
    return float(sum(parameter.numel() for parameter in module.parameters()))


def use_before(case: Any, module: Any) -> None:
    """A training step on another, smaller batch: nothing of that may be left in the answers."""
    if case.used_before:
        # An exception is not judged here: the calls that follow will raise it again.
        with suppress(Exception):
            forward(module, torch.from_numpy(2 * case.x[:2] + 1)).sum().backward()
        module.zero_grad()
