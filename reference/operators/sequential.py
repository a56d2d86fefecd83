"""A classifier that is a row of modules with the cross entropy of a softmax at the end.

Conventions: ``modules`` lists the modules with their arguments, ``Conv2D(in, out, kernel, stride, padding)``,
``MaxPooling(kernel, stride)``, ``ReLU()`` and ``Linear(in, out)``; module i has ``weight<i>`` and ``bias<i>`` if it has
any. Linear flattens what it gets. Outputs: ``probs`` (N, classes), the mean ``loss`` and the gradients of the loss,
``weight.grad[i]``, ``bias.grad[i]`` and ``x.grad[i]`` for the input of module i (for Linear, of the flattened input).

Windows of zeros behind a ReLU are ties; where their gradient goes is left open, and does not reach the module before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
import torch

from checker.bounds import FLOAT32, K, gamma
from checker.operator import Array, Case, Option, Outputs
from reference.operators import loss, pooling
from reference.operators.autograd import one_thread, tensor

Tensor = torch.Tensor
F = torch.nn.functional


class Module(NamedTuple):
    """One entry of ``modules``: its kind and its arguments in order."""

    kind: str
    arguments: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.kind}({', '.join(map(str, self.arguments))})"


def parse(text: str) -> Module:
    """The module that ``Linear(3, 2)`` stands for."""
    kind, _, arguments = text.rstrip(")").partition("(")
    return Module(kind, tuple(int(number) for number in arguments.split(",") if number))


def modules_of(case: Case) -> list[Module]:
    """The modules of a case, in order."""
    names: Any = case.options["modules"]
    return [parse(name) for name in names]


def _parameters(case: Case, i: int) -> list[Tensor]:
    names = (f"weight{i}", f"bias{i}")
    return [tensor(case.arrays[name]) for name in names if name in case.arrays]


def _apply(module: Module, h: Tensor, parameters: Sequence[Tensor]) -> Tensor:
    if module.kind == "Conv2D":
        (weight, bias), (_, _, _, stride, padding) = parameters, module.arguments
        return F.conv2d(h, weight, bias, stride, padding)
    if module.kind == "MaxPooling":
        kernel, stride = module.arguments
        return F.max_pool2d(h, kernel, stride)
    if module.kind == "Linear":
        weight, bias = parameters
        return h @ weight + bias
    return torch.relu(h)


class _Pass(NamedTuple):
    """One way through the modules: the input of each, their parameters, and what comes out."""

    inputs: list[Tensor]
    parameters: dict[str, Tensor]
    logits: Tensor


Apply = Callable[[int, Module, Tensor, Sequence[Tensor]], Tensor]


def _through(case: Case, apply: Apply, make: Callable[[Tensor], Tensor]) -> _Pass:
    """All modules by ``apply``; ``make`` is applied to the batch and to every parameter first."""
    h = make(tensor(case.arrays["x"])).requires_grad_()
    inputs: list[Tensor] = []
    parameters: dict[str, Tensor] = {}
    for i, module in enumerate(modules_of(case)):
        own = [make(parameter).requires_grad_() for parameter in _parameters(case, i)]
        parameters.update(zip((f"weight.grad[{i}]", f"bias.grad[{i}]"), own, strict=False))
        h = h.flatten(1) if module.kind == "Linear" else h
        inputs.append(h)
        h = apply(i, module, h, own)
    return _Pass(inputs, parameters, h)


def _forward(case: Case) -> _Pass:
    return _through(case, lambda i, module, h, own: _apply(module, h, own), lambda t: t)


def _gradients(way: _Pass, y: Tensor, dy: Tensor | None = None) -> Outputs:
    named = {f"x.grad[{i}]": h for i, h in enumerate(way.inputs)} | way.parameters
    found = torch.autograd.grad(y, list(named.values()), dy, retain_graph=True)
    return {name: gradient.numpy().copy() for name, gradient in zip(named, found, strict=True)}


def reference(case: Case) -> Outputs:
    """``torch.nn.functional`` layers, softmax and cross entropy, with autograd."""
    with one_thread():
        way = _forward(case)
        mean = F.cross_entropy(way.logits, tensor(case.arrays["labels"]))
        forward = {"probs": way.logits.softmax(1), "loss": mean}
        return {name: t.detach().numpy().copy() for name, t in forward.items()} | _gradients(way, mean)


def _twin(case: Case, way: _Pass) -> _Pass:
    """The modules on absolute values, with the masks of the ReLUs and the winners of the pools as they are."""

    def apply(i: int, module: Module, h: Tensor, own: Sequence[Tensor]) -> Tensor:
        if module.kind == "ReLU":
            return h * (way.inputs[i] > 0)
        if module.kind == "MaxPooling":
            kernel, stride = module.arguments
            at = F.max_pool2d(way.inputs[i], kernel, stride, return_indices=True)[1]
            return h.flatten(2).gather(2, at.flatten(2)).reshape(at.shape)
        return _apply(module, h, own)

    return _through(case, apply, torch.abs)


def _terms(module: Module, rows: int) -> tuple[int, int]:
    """How many products are added up at most in an output, and in a gradient; ``rows`` is what a weight sums over."""
    if module.kind == "Conv2D":
        inputs, outputs, kernel, _, _ = module.arguments
        return inputs * kernel**2 + 1, max(outputs * kernel**2, rows)
    if module.kind == "Linear":
        return module.arguments[0] + 1, max(module.arguments[1], rows)
    return (0, module.arguments[0] ** 2) if module.kind == "MaxPooling" else (0, 0)


def _sums(case: Case, way: _Pass) -> tuple[list[int], int]:
    """Terms of the sums before each module and the last output, and those of the whole way there and back."""
    after = [*way.inputs[1:], way.logits]
    terms = [_terms(m, y.shape[0] * prod(y.shape[2:])) for m, y in zip(modules_of(case), after, strict=True)]
    before = [sum(there for there, _ in terms[:i]) for i in range(len(terms) + 1)]
    return before, before[-1] + sum(back for _, back in terms)


def bound(case: Case, expected: Outputs, u: float) -> Outputs:
    """Sums of products on absolute values, carried through the softmax and back."""
    with one_thread():
        way = _forward(case)
        twin = _twin(case, way)
        before, whole = _sums(case, way)
        logits, n = way.logits.detach().numpy(), len(way.logits)
        z = gamma(before[-1], u) * twin.logits.detach().numpy()
        p, labels = expected["probs"], case.arrays["labels"]
        carried = p * (z + (p * z).sum(1, keepdims=True))
        own_case = Case({"x": logits, "labels": labels, "dy": np.array(1.0)}, {"reduction": "mean"})
        own = loss.bound(own_case, {"y": np.array(0.0)}, u)
        start = own["x.grad"] + carried / n
        steep = np.abs(p - np.eye(p.shape[1])[labels]) / n
        error = _gradients(twin, twin.logits, tensor(start + gamma(whole, u) * steep))
    mean = (z[np.arange(n), labels] + (p * z).sum(1)).mean()
    return {"probs": n * own["x.grad"] + carried, "loss": own["y"] + mean} | error


def kinks(case: Case) -> Outputs:
    """Cells of windows whose maximum is attained twice: the pool may choose."""
    with one_thread():
        inputs = _forward(case).inputs
    marked: Outputs = {}
    for i, module in enumerate(modules_of(case)):
        if module.kind == "MaxPooling":
            kernel, stride = module.arguments
            options: dict[str, Option] = {"kernel": (kernel, kernel), "stride": stride, "padding": 0}
            marked[f"x.grad[{i}]"] = pooling.kinks(Case({"x": inputs[i].detach().numpy()}, options))["x.grad"]
    return marked


def is_clear(case: Case) -> bool:
    """Whether no ReLU and no maximum can be decided by rounding, ties of zeros behind a ReLU aside."""
    modules = modules_of(case)
    with one_thread():
        way = _forward(case)
        twin = _twin(case, way)
        before, _ = _sums(case, way)
        for i, module in enumerate(modules):
            x = way.inputs[i].detach()
            error = 2 * K * gamma(before[i], FLOAT32) * float(twin.inputs[i].detach().max())
            if module.kind == "ReLU" and bool((x.abs() <= error).any()):
                return False
            if module.kind == "MaxPooling" and module.arguments[0] > 1:
                kernel, stride = module.arguments
                best = x.unfold(2, kernel, stride).unfold(3, kernel, stride).flatten(4).topk(2, 4)[0]
                tied = best[..., 0] - best[..., 1] <= error
                if i and modules[i - 1].kind == "ReLU":
                    tied &= best[..., 0] != 0
                if bool(tied.any()):
                    return False
    return True


def logits(case: Case) -> Array:
    """What the last module gives."""
    with one_thread():
        return _forward(case).logits.detach().numpy().copy()


def gradients_from(case: Case, start: Array) -> Outputs:
    """All gradients when backward starts with this array at the logits."""
    with one_thread():
        way = _forward(case)
        return _gradients(way, way.logits, tensor(start))
