"""How part 2 of the convnet homework is called. Runs beside the student's code, with NumPy and torch.

Every function gets the student's module and a case, and yields (name, value), or a tuple of names with the tuple that a
call returned, as soon as it has them. Arguments go by position. Parameters are the case's, laid into the student's by
shape and order, so that names are free.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import torch

Yields = Iterator[tuple[Any, Any]]


def _stand_in(name: str, **contents: Any) -> None:
    """An empty module in the place of one that main.py imports and that is not needed here."""
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    vars(module).update(contents)
    sys.modules.setdefault(name, module)


def _does_nothing(name: str) -> Any:
    """Any function of a stand-in; what Python itself looks for on a module is not there."""
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda *arguments, **named: None


# main.py reads its arguments and configuration in main(), which is not called; some read arguments when imported.
sys.argv[1:] = []
_stand_in("yaml", safe_load=lambda stream: {})
_stand_in("matplotlib", __getattr__=_does_nothing)
_stand_in("matplotlib.pyplot", __getattr__=_does_nothing)
_stand_in("tqdm", tqdm=lambda loader, *arguments, **named: loader)


def _numbers(value: Any) -> Any:
    """A tensor as an array; a list of numbers is as good."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
        return value.astype(np.float64) if value.dtype.kind in "iu" else value
    return np.array(value, dtype=np.float64) if isinstance(value, (list, tuple)) else value


def _number(value: Any) -> Any:
    """An array with a single entry is as good as the number."""
    with suppress(Exception):
        return float(np.asarray(_numbers(value)).item())
    return _numbers(value)


def _in_either_precision(run: Callable[[torch.dtype], Any]) -> Any:
    """In double precision, or in float32 where the code insists on it."""
    try:
        return run(torch.float64)
    except Exception:
        return run(torch.float32)


def _matched(model: Any, arrays: list[Any]) -> list[tuple[Any, bool]] | None:
    """For each array the first parameter of its shape that is left, and whether it lies the other way round."""
    left = list(model.parameters())
    matched = []
    for array in arrays:
        fitting = [(p, False) for p in left if tuple(p.shape) == array.shape]
        if array.ndim == 2:
            fitting += [(p, True) for p in left if tuple(p.shape) == array.shape[::-1]]
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
                    parameter.copy_(torch.from_numpy((array.T if turned else array).copy()))
        return model(torch.from_numpy(case.x.copy()).to(dtype))

    y = _in_either_precision(run)
    if matched is None and isinstance(y, torch.Tensor) and tuple(y.shape) == case.dy.shape:
        shapes = [tuple(p.shape) for p in model.parameters()]
        raise ValueError(f"the parameters have shapes {shapes}, expected {[getattr(case, n).shape for n in names]}")
    yield "y", _numbers(y)
    if matched is None:
        raise ValueError(f"the output has shape {tuple(y.shape)}, expected {case.dy.shape}")
    model.zero_grad()
    y.backward(torch.from_numpy(case.dy.copy()).to(y.dtype))
    for (parameter, turned), name in zip(matched, names, strict=True):
        if name in gradients:
            if parameter.grad is None:
                raise ValueError(f"no gradient reaches the parameter of shape {tuple(parameter.shape)}")
            gradient = parameter.grad.numpy()
            yield f"gradient[{name}]", gradient.T.copy() if turned else gradient


def twolayer(module: Any, case: Any) -> Yields:
    """TwoLayerNet."""
    names = ("weight1", "bias1", "weight2", "bias2")
    yield from _compared(lambda: module.TwoLayerNet(*case.sizes), case, names, names)


def cnn(module: Any, case: Any) -> Yields:
    """VanillaCNN."""
    names = ("weight", "bias", "fc_weight", "fc_bias")
    yield from _compared(module.VanillaCNN, case, names, names[1:])


# MyModel: whether it can learn a handful of pictures by heart; that asks little of any network, but not nothing.

STEPS, LOOK_EVERY, ENOUGH = 150, 10, 0.05
VANILLA = [(10,), (10, 5408), (32,), (32, 3, 7, 7)]


def my_model(module: Any, case: Any) -> Yields:
    """MyModel: its output's form, and what it says of the pictures that it was trained on."""
    model = module.MyModel()
    x, labels = (torch.from_numpy(case.x).float() / 255 - 0.5) / 0.25, torch.from_numpy(case.labels)
    model.train()
    with torch.no_grad():
        logits = model(x)
    if not isinstance(logits, torch.Tensor):
        raise TypeError(f"MyModel gives {type(logits).__name__} where a tensor of logits (N, 10) is expected")
    yield "columns", float(logits.shape[1]) if logits.ndim == 2 and len(logits) == len(x) else _numbers(logits)
    probabilities = bool((logits >= 0).all()) and bool((logits.sum(1) - 1).abs().max() < 1e-3)
    logarithms = bool((logits <= 0).all()) and bool((logits.exp().sum(1) - 1).abs().max() < 1e-3)
    yield "raw logits", 0.0 if probabilities or logarithms else 1.0
    yield "unlike VanillaCNN", float(sorted(tuple(p.shape) for p in model.parameters()) != VANILLA)

    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses: list[float] = []
    while len(losses) < STEPS and not (len(losses) % LOOK_EVERY == 0 and np.mean(losses[-3:] or [np.inf]) < ENOUGH):
        loss = torch.nn.functional.cross_entropy(model(x), labels)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(loss.item())
    yield "curve loss", np.array(losses)
    _settle(model, x)
    model.eval()
    with torch.no_grad():
        yield "predictions", model(x).argmax(1).numpy()


def _settle(model: Any, x: torch.Tensor) -> None:
    """Running means of a few steps only lag behind: take them afresh."""
    norms = [layer for layer in model.modules() if isinstance(layer, torch.nn.modules.batchnorm._BatchNorm)]
    if norms:
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None
        with torch.no_grad():
            model(x)


# train and validate: a model of one layer that notes how it is called.


class _Noting(torch.nn.Module):
    """A linear layer, or without a weight the identity."""

    def __init__(self, weight: Any = None, bias: Any = None) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1, 1) if weight is None else torch.from_numpy(weight.copy()))
        self.bias = torch.nn.Parameter(torch.zeros(1) if bias is None else torch.from_numpy(bias.copy()))
        self.linear = weight is not None
        self.modes: list[bool] = []
        self.recording: list[bool] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.modes.append(self.training)
        self.recording.append(torch.is_grad_enabled())
        return torch.nn.functional.linear(x, self.weight, self.bias) if self.linear else x * self.weight + self.bias


def _loader(case: Any, dtype: torch.dtype) -> Any:
    data = torch.utils.data.TensorDataset(
        torch.from_numpy(case.x.copy()).to(dtype), torch.from_numpy(case.labels.copy())
    )
    return torch.utils.data.DataLoader(data, batch_size=case.batch_size)


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _prepare(main: Any) -> None:
    """Scripts whose functions read parsed arguments from a global find some."""
    if not hasattr(main, "args"):
        main.args = SimpleNamespace(batch_size=4, epochs=1, learning_rate=0.1, reg=0.0, momentum=0.0, warmup=0)


def train(main: Any, case: Any) -> Yields:
    """train: the parameters after one epoch of plain SGD."""
    _prepare(main)

    def run(dtype: torch.dtype) -> _Noting:
        model = _Noting(case.weight, case.bias).to(dtype)
        if case.used_before:
            model.eval()
        optimizer = torch.optim.SGD(model.parameters(), lr=case.learning_rate)
        main.train(0, _loader(case, dtype), model, optimizer, torch.nn.CrossEntropyLoss())
        return model

    model = _in_either_precision(run)
    yield "weight", model.weight.detach().numpy()
    yield "bias", model.bias.detach().numpy()
    yield "train mode", _share(model.modes)


def validate(main: Any, case: Any) -> Yields:
    """validate: the logits are the samples themselves."""
    _prepare(main)

    def run(dtype: torch.dtype) -> tuple[_Noting, Any]:
        model = _Noting().to(dtype).train()
        return model, main.validate(0, _loader(case, dtype), model, torch.nn.CrossEntropyLoss())

    model, result = _in_either_precision(run)
    both = isinstance(result, (tuple, list)) and len(result) == 2
    yield ("accuracy", "confusion"), (_number(result[0]), _numbers(result[1])) if both else result
    yield "evaluation mode", 1 - _share(model.modes) if model.modes else 0.0
    yield "without gradients", 1 - _share(model.recording) if model.modes else 0.0


def reweight(focal_loss: Any, case: Any) -> Yields:
    """reweight of a list of ints."""
    yield "weights", _numbers(focal_loss.reweight(case.counts.tolist(), case.beta))


def focal(focal_loss: Any, case: Any) -> Yields:
    """FocalLoss and its gradient for the logits."""

    def run(dtype: torch.dtype) -> tuple[Any, Any]:
        weight = torch.from_numpy(case.weight.copy()).to(dtype) if hasattr(case, "weight") else None
        x = torch.from_numpy(case.x.copy()).to(dtype).requires_grad_()
        criterion = focal_loss.FocalLoss(weight=weight, gamma=case.gamma)
        return x, criterion(x, torch.from_numpy(case.labels.copy()))

    x, y = _in_either_precision(run)
    yield "y", _number(y) if isinstance(y, torch.Tensor) and y.numel() == 1 else _numbers(y)
    y.sum().backward()
    if x.grad is None:
        raise ValueError("no gradient reaches the logits")
    yield "x.grad", x.grad.numpy()
