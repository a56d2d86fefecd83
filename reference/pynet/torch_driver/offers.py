"""What a script offers: its model and its optimizer, as functions, as global names, or when it runs by itself."""

from __future__ import annotations

import copy
import gc
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from . import seeds
from .following import follow
from .given import CLASSES
from .runs import Now, Run

_born: dict[int, tuple[Any, list[dict[str, Any]], list[Any]]] = {}
_owners: dict[int, Any] = {}


def _held(optimizer: Any) -> set[int]:
    return {id(p) for group in getattr(optimizer, "param_groups", ()) for p in group["params"]}


def steered() -> set[int]:
    """The parameters that any optimizer has."""
    return {part for optimizer, *_ in _born.values() for part in _held(optimizer)}


def _owner(optimizer: Any) -> Any:
    """The outermost module that has all parameters of an optimizer, however it is named; None if none has."""
    wanted = _held(optimizer)
    modules = [thing for thing in gc.get_objects() if issubclass(type(thing), torch.nn.Module)]
    owners = [module for module in modules if wanted <= {id(p) for p in module.parameters()}]
    return max(owners, key=lambda module: sum(1 for _ in module.modules()), default=None)


def _remember(optimizer: Any) -> None:
    """What an optimizer and its parameters were before any training, and whose they are."""
    if any(torch.nn.parameter.is_lazy(p) for group in optimizer.param_groups for p in group["params"]):
        # Layers that are made by their first pass have no values yet.
        return
    if Now.run.script:
        _owners[id(optimizer)] = _owner(optimizer)
    settings = [{name: value for name, value in group.items() if name != "params"} for group in optimizer.param_groups]
    values = [p.detach().clone() for group in optimizer.param_groups for p in group["params"]]
    _born[id(optimizer)] = optimizer, copy.deepcopy(settings), values


follow(torch.optim.Optimizer, "__init__", _remember)


def _names(module: Any, kind: Any) -> list[Any]:
    return [value for value in vars(module).values() if isinstance(value, kind)]


def _is_classifier(model: Any) -> bool:
    with torch.no_grad():
        return tuple(copy.deepcopy(model).eval()(torch.zeros(2, 3, 32, 32)).shape) == (2, CLASSES)


def _model(module: Any) -> Any:
    """From ``make_model()``, else the global ``model``, any other, or the last class that makes one; None if none."""
    if callable(getattr(module, "make_model", None)):
        return module.make_model()
    if isinstance(getattr(module, "model", None), torch.nn.Module):
        return module.model
    for model in reversed(_names(module, torch.nn.Module)):
        with suppress(Exception):
            if _is_classifier(model):
                return model
    for made in reversed([value for value in _names(module, type) if value.__module__ == module.__name__]):
        with suppress(Exception):
            if issubclass(made, torch.nn.Module) and _is_classifier(model := made()):
                return model
    return None


def _optimizer(module: Any, model: Any) -> Any:
    """From ``make_optimizer(model)``, else the global ``optimizer``, or any other; None if none."""
    if callable(getattr(module, "make_optimizer", None)):
        return module.make_optimizer(model)
    return getattr(module, "optimizer", None) or next(reversed(_names(module, torch.optim.Optimizer)), None)


def _trained(model: Any, optimizer: Any) -> Any:
    """The model that an optimizer has moved, where that model's name was given to another one later."""
    owner = _owners.get(id(optimizer))
    if owner is None or not _held(optimizer).isdisjoint(map(id, model.parameters())):
        return model
    now = [p for group in optimizer.param_groups for p in group["params"]]
    return model if all(map(torch.equal, _born[id(optimizer)][2], now)) else owner


def as_script(module: Any) -> Any:
    """The global names of the script after it has run by itself, on a few images."""
    if Now.names is None:
        Now.main = Now.run = Run()
        seeds.seed(0)
        # It stays in its place, so that what is of a class of the script's can be saved later, too.
        Now.names = sys.modules["__main__"] = ModuleType("__main__")
        Now.names.__file__ = module.__file__
        exec(compile(Path(module.__file__).read_bytes(), module.__file__, "exec"), vars(Now.names))
    return Now.names


def made_by(module: Any) -> tuple[Any, Any]:
    """The model and its optimizer: of the module as it is imported, else of the script as it runs by itself."""
    seeds.seed(0)
    pair = None
    for by_itself in (False, True):
        place = as_script(module) if by_itself else module
        model = _model(place)
        optimizer = None if model is None else _optimizer(place, model)
        if optimizer is not None:
            return _trained(model, optimizer), optimizer
        pair = pair or model
    missing = "model: make_model()" if pair is None else "optimizer: make_optimizer(model)"
    raise AttributeError(f"there is no {missing}, or a global name {missing.split(':')[0]}")


def untrained(module: Any) -> tuple[Any, Any]:
    """A model and its optimizer as they were before any training; those of the script stay as they are."""
    original, given = made_by(module)
    if all(callable(getattr(module, name, None)) for name in ("make_model", "make_optimizer")):
        return original.train(), given
    model, optimizer = copy.deepcopy((original, given))
    if id(given) in _born and isinstance(optimizer, torch.optim.Optimizer):
        _, settings, values = _born[id(given)]
        for group, before in zip(optimizer.param_groups, settings, strict=False):
            group.update(copy.deepcopy(before))
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        with torch.no_grad():
            for parameter, value in zip(parameters, values, strict=False):
                parameter.copy_(value)
        optimizer.state.clear()
        for layer in model.modules():
            if isinstance(layer, torch.nn.modules.batchnorm._NormBase):
                layer.reset_running_stats()
    return model.train(), optimizer
