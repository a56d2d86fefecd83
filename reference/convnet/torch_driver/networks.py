"""TwoLayerNet and VanillaCNN: the case's parameters are laid into the student's by shape and order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch

from .values import Yields, in_either_precision, numbers


def _matched(model: Any, arrays: list[Any]) -> list[tuple[Any, bool]] | None:
    """For each array the first parameter of its shape that is left, and whether it lies the other way round.

    Next best is one that holds the same numbers in the same order: a bias (1, H), a linear layer as a convolution.
    """
    left = list(model.parameters())
    matched = []
    for array in arrays:
        fitting = [(p, False) for p in left if tuple(p.shape) == array.shape]
        if array.ndim == 2:
            fitting += [(p, True) for p in left if tuple(p.shape) == array.shape[::-1]]
        fitting += [(p, False) for p in left if p.numel() == array.size and len(array) in p.shape[:2]]
        if not fitting:
            return None
        matched.append(fitting[0])
        left = [p for p in left if p is not fitting[0][0]]
    return matched if not left else None


def _compared(make: Callable[[], Any], case: Any, names: tuple[str, ...], gradients: tuple[str, ...]) -> Yields:
    """The number of parameters, the logits, and gradients of sum(logits * dy)."""
    model = make()
    with suppress(Exception), torch.no_grad():
        # Layers that take their size from the first batch have parameters only then.
        model(torch.from_numpy(case.x).float())
    yield "parameters", float(sum(p.numel() for p in model.parameters()))
    matched = _matched(model, [getattr(case, name) for name in names])

    def run(dtype: torch.dtype) -> Any:
        model.to(dtype)
        if matched is not None:
            with torch.no_grad():
                for (parameter, turned), name in zip(matched, names, strict=True):
                    array = getattr(case, name)
                    array = array.T if turned else array.reshape(parameter.shape)
                    parameter.copy_(torch.from_numpy(array.copy()))
        return model(torch.from_numpy(case.x.copy()).to(dtype))

    y = in_either_precision(run)
    if matched is None and isinstance(y, torch.Tensor) and tuple(y.shape) == case.dy.shape:
        shapes = [tuple(p.shape) for p in model.parameters()]
        raise ValueError(f"the parameters have shapes {shapes}, expected {[getattr(case, n).shape for n in names]}")
    yield "y", numbers(y)
    if matched is None:
        raise ValueError(f"the output has shape {tuple(y.shape)}, expected {case.dy.shape}")
    model.zero_grad()
    dy = torch.from_numpy(case.dy.copy()).to(y.dtype)
    # An axis that is left over or missing has cost y already.
    y.backward(dy.reshape(y.shape) if y.numel() == dy.numel() else dy)
    for (parameter, turned), name in zip(matched, names, strict=True):
        if name in gradients:
            if parameter.grad is None:
                raise ValueError(f"no gradient reaches the parameter of shape {tuple(parameter.shape)}")
            gradient = parameter.grad.numpy()
            yield f"gradient[{name}]", gradient.T.copy() if turned else gradient.reshape(getattr(case, name).shape)


def twolayer(module: Any, case: Any) -> Yields:
    """TwoLayerNet."""
    names = ("weight1", "bias1", "weight2", "bias2")
    yield from _compared(lambda: module.TwoLayerNet(*case.sizes), case, names, names)


def cnn(module: Any, case: Any) -> Yields:
    """VanillaCNN."""
    names = ("weight", "bias", "fc_weight", "fc_bias")
    yield from _compared(module.VanillaCNN, case, names, names[1:])
