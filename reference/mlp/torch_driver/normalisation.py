"""How batch normalisation is called; torch's own is refused."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from .values import ParametersError, array, copy, forward, gradients_of, use_before


class ForbiddenError(Exception):
    """A function of torch does what was to be written."""


_NORMALISING = ("batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm")


class Own(TorchFunctionMode):
    """Refuses the functions of torch that normalise, by whatever name they are imported."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if any(word in name for word in _NORMALISING):
            raise ForbiddenError(f"{name} of torch is called: write the normalisation yourself")
        return func(*args, **(kwargs or {}))


def _scale_and_shift(module: Any) -> tuple[Any, Any]:
    """Gamma and beta by any name: of two tensors, gamma is the one nearer to ones at the start, else the first."""
    found = list(module.parameters())
    if len(found) != 2:
        held = [*found, *module.buffers(), *vars(module).values()]
        found = list({id(value): value for value in held if isinstance(value, torch.Tensor)}.values())
    if len(found) != 2:
        shapes = [tuple(value.shape) for value in found]
        raise ParametersError(f"two parameters are expected, gamma and beta; there are: {shapes or 'none'}")
    first, second = found
    with torch.no_grad():
        swapped = (first - 1).abs().sum() > (second - 1).abs().sum()
    return (second, first) if swapped else (first, second)


def _refused(module: Any, n: int, c: int) -> Any:
    """For each of five wrong shapes, whether any exception is raised; the right one has just been accepted."""
    refused = []
    for shape in ((n, c + 1), (n, 1), (c,), (n, c, c), (n, c, 1)):
        try:
            module(torch.ones(shape, dtype=torch.float64))
        except Exception:
            refused.append(1.0)
        else:
            refused.append(0.0)
    return np.array(refused)


def _made(make: Any, case: Any) -> Any:
    c = case.gamma.size
    return make(c, case.eps) if case.eps_given else make(c)


def _normalised(make: Any, case: Any) -> Iterator[Any]:
    """The outputs of a module, and among them the tensor y itself."""
    n, c = case.x.shape
    with Own():
        module = _made(make, case)
    registered = [tuple(parameter.shape) for parameter in module.parameters()]
    single = n == 1
    if not single:
        yield "registered", float(len(registered))
    module.double()
    gamma, beta = _scale_and_shift(module)
    if not single:
        yield "gamma", array(gamma.detach().clone())
        yield "beta", array(beta.detach().clone())
    for tensor, values in ((gamma, case.gamma), (beta, case.beta)):
        if tensor.numel() != c:
            raise ParametersError(
                f"gamma and beta should have {c} entries, but one has the shape {tuple(tensor.shape)}"
            )
        copy(tensor, values)
        tensor.requires_grad_()
    x = torch.from_numpy(case.x).requires_grad_()
    with Own():
        use_before(case, module)
        # Without running statistics, evaluation after that training step is no different.
        module.train(not case.used_before)
        y = forward(module, x)
    yield "y", array(y)
    if single:
        return
    if c > 1:
        with Own():
            yield "shapes", _refused(module, n, c)
    yield y
    gradients = gradients_of(y, [x, gamma, beta], case.dy)
    yield "x.grad", gradients[0]
    # Their shape is judged once, at the start.
    yield "gamma.grad", gradients[1].reshape(-1)
    yield "beta.grad", gradients[2].reshape(-1)


def batchnorm_autograd(custom_batchnorm: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """CustomBatchNormAutograd."""
    for given in _normalised(custom_batchnorm.CustomBatchNormAutograd, case):
        if isinstance(given, tuple):
            yield given


def _in_graph(node: Any, function: Any) -> bool:
    """Whether a function of one's own has made a node that leads to this one."""
    waiting, seen = [node], set()
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if getattr(node, "_forward_cls", None) is function:
            return True
        waiting += [before for before, _ in node.next_functions]
    return False


def batchnorm_module(custom_batchnorm: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """CustomBatchNormManualModule, and whether it calls the function."""
    for given in _normalised(custom_batchnorm.CustomBatchNormManualModule, case):
        if isinstance(given, tuple):
            yield given
        else:
            yield "function", float(_in_graph(given.grad_fn, custom_batchnorm.CustomBatchNormManualFunction))


def _tensors(value: Any) -> int:
    if isinstance(value, torch.Tensor):
        return 1
    if isinstance(value, dict):
        return sum(map(_tensors, value.values()))
    return sum(map(_tensors, value)) if isinstance(value, list | tuple | set) else 0


def _saved(ctx: Any, size: int) -> float:
    """Different tensors of at least this size that are saved, one at least."""
    return float(max(1, len({t.data_ptr() for t in ctx.saved_tensors if t is not None and t.numel() >= size})))


def batchnorm_function(custom_batchnorm: Any, case: Any) -> Iterator[tuple[str, Any]]:
    """CustomBatchNormManualFunction under every mask of required gradients."""
    function = custom_batchnorm.CustomBatchNormManualFunction
    arrays = {name: getattr(case, name) for name in ("x", "gamma", "beta")}
    # The default shows in the output; a backward pass may count on being told of all four inputs.
    eps, unneeded = (case.eps,) if case.eps_given else (), []
    with Own():
        for k, mask in enumerate(list(product((True, False), repeat=3))[:-1]):
            inputs = [torch.from_numpy(a).requires_grad_(m) for a, m in zip(arrays.values(), mask, strict=True)]
            if k == 0:
                yield "y", array(function.apply(*inputs, *eps))
                if len(case.x) == 1:
                    return
            y = function.apply(*inputs, case.eps)
            if k == 0:
                yield "saved", _saved(y.grad_fn, case.x.size)
                yield "context", float(_tensors(vars(y.grad_fn)))
            needed = [x for x in inputs if x.requires_grad]
            names = [f"{name}.grad[{k}]" for name, m in zip(arrays, mask, strict=True) if m]
            yield from zip(names, gradients_of(y, needed, case.dy), strict=True)
            returned = function.backward(y.grad_fn, torch.from_numpy(case.dy.copy()))
            unneeded.append([float(gradient is None) for gradient in returned[:3]])
        yield "unneeded", np.array(unneeded)
        if case.gradcheck:
            inputs = [torch.from_numpy(a.copy()).requires_grad_() for a in arrays.values()]
            checked = torch.autograd.gradcheck(function.apply, (*inputs, case.eps), raise_exception=False)
            yield "gradcheck", float(checked)
